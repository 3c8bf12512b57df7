import type { Limits } from '../model/lab.ts'

/** Lines of a POSIX shell that bound a sandbox while it is opened; each holds for what the shell starts after it. */
export type ShellLines = readonly string[]

/** Open files of one process. Node raises its soft limit to the hard one by itself, and select(2) knows no more than 1024. */
const openFiles = { soft: 1024, hard: 65_536 }

/** The first program to be ended where the whole machine has no memory left. No right is needed to offer oneself. */
export const firstToGo: ShellLines = ['echo 1000 > /proc/self/oom_score_adj']

/**
 * Resource limits, for the shell that opens the lab's own user namespace, just before it does. Since Linux 5.14 the kernel keeps the
 * RLIMIT_NPROC that held then with that namespace (`set_userns_rlimit_max`, kernel/fork.c) and counts all processes and
 * threads in it and below it against that: also of those who enter with a limit of their own, and whatever its root sets.
 * It counts for nobody whom the machine itself knows as root. Where a person's own limit is lower that one stays.
 */
export function ulimitLines({ processes }: Limits): ShellLines {
  return [
    'ulimit -c 0',
    `ulimit -S -n ${openFiles.soft} 2> /dev/null || :`,
    `ulimit -H -n ${openFiles.hard} 2> /dev/null || :`,
    // bash's letter, then that of dash and busybox; to bash -p is the size of a pipe, which cannot be set.
    `ulimit -u ${processes} 2> /dev/null || ulimit -p ${processes} 2> /dev/null || :`,
  ]
}

/**
 * How many namespaces the lab may have, for a shell in the user namespace around the lab's; `folder` is /proc/sys/user where that can still be written. The
 * limits of each user namespace hold for all below it, whatever those set for themselves (`inc_ucount`, kernel/ucount.c). No
 * cgroup namespace at all: without one no cgroup can be mounted.
 */
export function namespaceLimitLines({ processes }: Limits, folder = '/proc/sys/user'): ShellLines {
  const most = {
    cgroup: 0,
    user: 32,
    // One for each container of a pod with a pause process, and for pause itself; of the next two one for each such pod.
    pid: 32 + Math.ceil(processes / 8),
    ipc: 64 + Math.ceil(processes / 16),
    uts: 64 + Math.ceil(processes / 16),
    time: 32,
    // `ip netns exec` opens one for each program of a pod.
    mnt: processes,
    // 220 KiB of the kernel's memory each.
    net: Math.ceil(processes / 4),
  }
  return Object.entries(most).map(
    ([kind, count]) =>
      `[ ! -e ${folder}/max_${kind}_namespaces ] || echo ${count} > ${folder}/max_${kind}_namespaces`,
  )
}

/** Options of the one tmpfs that holds all files of the sandbox. Each file and folder takes a kilobyte of the kernel's memory, too. */
export function tmpfsOptions({ files }: Pick<Limits, 'files'>): string {
  return `size=${files},nr_inodes=${Math.ceil(files / 4096)}`
}
