import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { execa } from 'execa'
import { afterEach, describe, expect, it } from 'vitest'
import { defaultLimits } from '../../src/model/limits.ts'
import {
  abandonedCgroups,
  cgroupParents,
  joinCgroup,
  limitCgroup,
  makeCgroup,
  removeCgroup,
} from '../../src/sandbox/cgroup.ts'
import { cgroupPlaces } from '../../src/sandbox/cgroup-places.ts'
import { firstToGo, namespaceLimitLines, tmpfsOptions, ulimitLines } from '../../src/sandbox/limit-lines.ts'
import { childrenOf } from '../../src/sandbox/proc.ts'

const isRoot = process.getuid?.() === 0
// An id that nobody else uses: its processes are counted. The machine's root is bounded by no RLIMIT_NPROC.
const asUser = isRoot ? ['setpriv', '--reuid=64999', '--regid=64999', '--clear-groups', '--'] : []
const few = { ...defaultLimits, processes: 64 }
/** Prints how many it has started, until one more is refused. */
const bomb =
  'trap "kill -9 \\$all" EXIT; n=0; while [ $n -lt 200 ]; do sleep 60 > /dev/null & all="$all $!" n=$((n+1)); echo $n; done'

/** Shell lines around a lab's user namespace, and that namespace's first program, which prints "ready" and lives on. */
async function openNamespace(shell: string, lines: readonly string[], first = '') {
  const inner = `mount -t tmpfs tmpfs /run; ${first}\necho ready; while :; do sleep 60 & wait $!; done`
  const opened = `exec unshare --user --map-root-user --net --mount --pid --fork --mount-proc --kill-child sh -c '${inner}'`
  const script = ['set -e', ...lines, opened].join('\n')
  const [file = '', ...argv] = [
    ...asUser,
    'unshare',
    '--user',
    '--map-root-user',
    '--mount',
    shell,
    '-c',
    script,
  ]
  const child = spawn(file, argv, { stdio: ['ignore', 'pipe', 'pipe'] })
  ends.push(() => child.kill('SIGKILL'))
  const said: string[] = []
  child.stderr.on('data', data => said.push(String(data)))
  for await (const line of createInterface(child.stdout)) {
    if (line === 'ready') break
    said.push(line)
  }
  const [init] = childrenOf(child.pid ?? 0)
  if (init === undefined) throw new Error(`not opened: ${said.join('\n')}`)
  return {
    said,
    init,
    /** From a process outside, which has no limits of its own. */
    enter: async (line: string, ...wrapper: string[]) => {
      const into = ['nsenter', '-t', String(init), '-U', '-n', '-m', '-p', '--preserve-credentials', '--']
      const [file = '', ...argv] = [...asUser, ...into, ...wrapper, 'sh', '-c', line]
      const { stdout, exitCode } = await execa(file, argv, { reject: false, all: true })
      return { stdout, exitCode }
    },
  }
}

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

describe.each(['sh', 'bash'])('in a user namespace that %s opened within the limits', shell => {
  it('a fork bomb is stopped, also from a program that entered without limits and opens one more namespace', async () => {
    const { enter, init } = await openNamespace(shell, ulimitLines(few))
    expect(readFileSync(`/proc/${init}/limits`, 'utf8')).toMatch(/^Max processes +64 +64 /m)
    for (const wrapper of [[], ['unshare', '--user', '--map-root-user']]) {
      const { stdout } = await enter(`(${bomb}) 2> /dev/null`, ...wrapper)
      const started = Number(stdout.split('\n').at(-1))
      expect(started).toBeGreaterThan(20)
      expect(started).toBeLessThan(64)
    }
  })
})

it("no core is dumped, few files are open, and the lab's programs are the first to go", async () => {
  const { init } = await openNamespace('sh', [...firstToGo, ...ulimitLines(few)])
  const limits = readFileSync(`/proc/${init}/limits`, 'utf8')
  expect(limits).toMatch(/^Max core file size +0 +0 /m)
  const [, soft = '', hard = ''] = /^Max open files +(\d+) +(\d+)/m.exec(limits) ?? []
  expect(Number(soft)).toBeLessThanOrEqual(1024)
  expect(Number(hard)).toBeLessThanOrEqual(65_536)
  expect(readFileSync(`/proc/${init}/oom_score_adj`, 'utf8').trim()).toBe('1000')
})

it("where the person's own limit is lower that one stays, and the shell goes on", async () => {
  const own = ['ulimit -p 40', 'ulimit -n 30']
  const { init } = await openNamespace('sh', [...own, ...ulimitLines(few)])
  const limits = readFileSync(`/proc/${init}/limits`, 'utf8')
  expect(limits).toMatch(/^Max processes +40 +40 /m)
  expect(limits).toMatch(/^Max open files +30 +30 /m)
})

it('namespaces are counted from outside: its root can raise no number, and gets no cgroup namespace at all', async () => {
  const { enter } = await openNamespace('sh', namespaceLimitLines(few))
  const raise = 'for file in /proc/sys/user/max_*_namespaces; do echo 100000 > $file; done'
  const added = 'n=0; while [ $n -lt 50 ] && ip netns add x$n; do n=$((n+1)); done; echo $n'
  const { stdout } = await enter(`${raise}; ${added} 2> /dev/null`)
  // 64 / 4, one of which the lab's own is.
  expect(stdout).toBe('15')
  expect((await enter(`${raise}; unshare --cgroup true`)).exitCode).not.toBe(0)
  expect((await enter('unshare --user --map-root-user unshare --cgroup true')).exitCode).not.toBe(0)
  expect((await enter('unshare --uts --ipc --mount --pid --fork true')).exitCode).toBe(0)
})

it('the default numbers are enough for a thousand pods and `ip netns exec` in each', async () => {
  const { enter } = await openNamespace('sh', [
    ...namespaceLimitLines(defaultLimits),
    ...ulimitLines(defaultLimits),
  ])
  const { stdout } = await enter(
    'mkdir -p /run/netns; seq 1000 | sed "s/^/netns add x/" | ip -batch - && ip netns exec x1000 echo in a pod; ip netns list | wc -l',
  )
  expect(stdout).toBe('in a pod\n1000')
})

it('a tmpfs of that size takes no more bytes and no more files', async () => {
  const { enter } = await openNamespace('sh', [])
  const options = tmpfsOptions({ ...few, files: 1024 ** 2 })
  const { stdout } = await enter(
    `mount -t tmpfs -o ${options} tmpfs /mnt; cd /mnt; head -c 3000000 /dev/zero > full; stat -c %s full; rm full
     n=0; while [ $n -lt 400 ] && mkdir $n; do n=$((n+1)); done; echo $n`,
  )
  expect(stdout).toBe('1048576\n255')
})

describe.runIf(cgroupParents().length > 0)('a cgroup of a lab', () => {
  const made = () => {
    const cgroup = makeCgroup(() => {})
    expect(cgroup).toBeDefined()
    ends.push(() => removeCgroup(cgroup!.folders))
    limitCgroup(cgroup!, { ...few, memory: 128 * 1024 ** 2 })
    return cgroup!
  }
  /** A program that is in it before it starts anything. */
  const within = (folders: readonly string[], line: string) => {
    const join = folders.map(folder => `echo $$ > ${folder}/cgroup.procs`)
    return execa('sh', ['-c', [...join, line].join('\n')], { reject: false })
  }

  it('is noted before it is there', () => {
    let noted: readonly string[] = []
    const cgroup = makeCgroup(folders => {
      noted = folders
      expect(folders.filter(existsSync)).toEqual([])
    })
    ends.push(() => removeCgroup(noted))
    expect(cgroup?.folders).toEqual(noted)
  })

  it('is abandoned where its netlab has died and nobody is in it', async () => {
    const [parent] = cgroupParents()
    const { pid: dead } = spawnSync('true')
    const cgroupOf = (pid: number) => join(parent!.folder, `netlab-${process.getuid!()}-${pid}-${suffix}`)
    const suffix = process.pid.toString(36).padStart(6, '0')
    const [left, living] = [cgroupOf(dead), cgroupOf(process.pid)]
    for (const folder of [left, living]) mkdirSync(folder)
    ends.push(() => removeCgroup([left, living]))
    // Another test may have removed it.
    expect(abandonedCgroups()).not.toContain(living)
    expect(await removeCgroup(abandonedCgroups().filter(path => path === left))).toEqual([])
    expect([left, living].filter(existsSync)).toEqual([living])
  })

  it('is named after the user and its netlab, and is gone when it is removed, also a second time', async () => {
    const { folders, bounds } = made()
    for (const folder of folders)
      expect(basename(folder)).toBe(`netlab-${process.getuid!()}-${process.pid}-${folder.slice(-6)}`)
    expect(bounds).toContain('processes')
    expect(await removeCgroup(folders)).toEqual([])
    expect(folders.filter(existsSync)).toEqual([])
    expect(await removeCgroup(folders)).toEqual([])
  })

  it('stops a fork bomb, of root too', async () => {
    const { folders } = made()
    const { stdout } = await within(folders, bomb)
    const started = Number(stdout.split('\n').at(-1))
    expect(started).toBeGreaterThan(20)
    expect(started).toBeLessThan(64)
  })

  it('ends a program that takes more memory, and no other', async () => {
    const { folders, bounds } = made()
    if (!bounds.includes('memory')) return
    const hog = 'head -c 300000000 /dev/zero | tail > /dev/null'
    const { stdout } = await within(folders, `${hog}; echo $?`)
    expect(stdout).toBe('137')
  })

  it('lets those who entered go back when it is removed', async () => {
    const { folders } = made()
    const before = readFileSync('/proc/self/cgroup', 'utf8')
    await joinCgroup(folders)
    expect(readFileSync('/proc/self/cgroup', 'utf8')).toContain(basename(folders[0] ?? ''))
    expect(await removeCgroup(folders)).toEqual([])
    expect(readFileSync('/proc/self/cgroup', 'utf8')).toBe(before)
  })

  it('is joined by nobody once it is gone, without a word', async () => {
    const { folders } = made()
    await removeCgroup(folders)
    await expect(joinCgroup(folders)).resolves.toBeUndefined()
  })

  it('is neither joined nor removed where the path is not that of a lab', async () => {
    const folder = join(dirname(made().folders[0] ?? ''), `other-${process.pid}`)
    mkdirSync(folder)
    ends.push(() => rmdirSync(folder))
    const before = readFileSync('/proc/self/cgroup', 'utf8')
    await joinCgroup([folder])
    expect(readFileSync('/proc/self/cgroup', 'utf8')).toBe(before)
    expect(await removeCgroup([folder, `${folder}/../netlab-0-x-aaaaaa`])).toEqual([])
    expect(existsSync(folder)).toBe(true)
  })
})

// Without controllers too, as the tree of version 2 stands beside version 1 on some machines.
const unified = cgroupPlaces(
  readFileSync('/proc/self/cgroup', 'utf8'),
  readFileSync('/proc/self/mountinfo', 'utf8'),
).unified[0]

it.runIf(isRoot && unified !== undefined)(
  'what lives of a lab in a cgroup of version 2 is ended with it',
  async () => {
    const folder = join(unified ?? '', `netlab-0-${process.pid}-aaaaaa`)
    mkdirSync(folder)
    ends.push(() => existsSync(folder) && rmdirSync(folder))
    const { init } = await openNamespace('sh', [])
    writeFileSync(join(folder, 'cgroup.procs'), String(init))
    expect(await removeCgroup([folder])).toEqual([])
    expect(existsSync(folder)).toBe(false)
    expect(existsSync(`/proc/${init}/root`) && readFileSync(`/proc/${init}/cmdline`, 'utf8')).toBeFalsy()
  },
)
