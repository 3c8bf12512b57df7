import type { Limits } from '../model/lab.ts'
import type { LabIdentity } from './identity.ts'
import { firstToGo, namespaceLimitLines, tmpfsOptions, ulimitLines } from './limit-lines.ts'
import type { ProgramFiles } from './program-files.ts'

/**
 * The shell scripts that open a sandbox. They are data here: the first is given to `sh -c`, the others to it as its arguments.
 * A shell, not Node, because process 1 must reap orphans and stay small: Kubernetes' pause container, for real.
 *
 * Every script has the same arguments: $1 the furnishing script, $2 the cell's, $3 what process 1 ends up as, $4 node, $5 netlab's
 * bundle, $6 koffi, $7 the folder of its binaries, $8 the lab's id outside, $9 the folders of its cgroups, a line each.
 */

/**
 * Takes the sandbox into its cgroups before there is anything of it. It does so itself: netlab, which is reading the lab's file, would
 * find the time for it too late.
 */
const joinCgroups = `
set -f
IFS='
'
for folder in $9; do echo $$ > "$folder/cgroup.procs" || exit; done
unset IFS
set +f
`

/** The files that a sandbox needs of this machine's, opened before anything is mounted over where they lie. */
const openProgram = 'exec 5< "$4" 6< "$5" 7< "$6" 8< "$7"'
const closeProgram = 'exec 5<&- 6<&- 7<&- 8<&-'

/** Where the sandbox's own programs lie while it is furnished, and their packages below. */
const inside = '/tmp/root/run/sandbox'
const modules = 'netlab/node_modules'

/**
 * Lines of an fstab that put the program's files into their places. With `-c` mount(8) leaves the links to the kernel; resolved by
 * itself they would lead to what has been mounted over the file that the descriptor holds.
 */
function programMounts(
  places: readonly [node: string, bundle: string, koffi: string, binaries: string],
): string {
  return places.map((place, at) => `echo '/proc/self/fd/${at + 5} ${place} none bind,ro 0 0'`).join('\n  ')
}

/**
 * Run by real root only, in a mount namespace of its own: brings the program's files, which may lie below /root, where
 * the lab's id can reach them, and becomes that id. From there on root's sandbox is like everybody's.
 */
const collectScript = `
set -e
${firstToGo.join('\n')}
${openProgram}
mount -t tmpfs -o mode=755,nosuid,nodev netlab /run
cd /run
mkdir dist koffi koromix
: > node
{
  ${programMounts(['/run/node', '/run/dist', '/run/koffi', '/run/koromix'])}
} > fstab
mount -a -c -T fstab
${closeProgram}
cd /
exec setpriv --reuid "$8" --regid "$8" --clear-groups -- \\
  unshare --user --map-root-user --mount --pid --net --fork --kill-child -- \\
  sh -c "$1" netlab-furnish "$1" "$2" "$3" /run/node /run/dist /run/koffi /run/koromix "$8"
`

/** $0 is `collectScript`. */
const collectFirst = `
${joinCgroups}
exec unshare --mount -- sh -c "$0" netlab-collect "$@"
`

const openScript = (apart: string) => `
${joinCgroups}
${firstToGo.join('\n')}
exec unshare ${apart} --mount --pid --net --fork --kill-child -- sh -c "$1" netlab-furnish "$@"
`

/** What takes a lab into a user namespace; nothing on a machine that is the lab's own. */
const apartWords = (ownsMachine: boolean) => (ownsMachine ? '' : '--user --map-root-user')

/**
 * For process 1, in a user namespace that only furnishes: it makes a root file system of its own from a list of what a lab may see,
 * and leaves this machine's behind. Everything is then taken into one more user namespace, for which the kernel locks each of
 * these mounts: not even the lab's root can change them, or look below them (mount_namespaces(7)).
 *
 * What can be written lies on one tmpfs of limited size, what pods print on another. Of /proc/sys only net can be written, and that
 * belongs to the network namespace; the limits on namespaces are set through a descriptor of this machine's /proc. The fresh
 * /sys is that of a network namespace that nobody uses; `ip netns exec` lays a pod's own over it, which the kernel allows only
 * where nothing of the old one is hidden (iproute2, lib/namespace.c). For the same reason there is a second proc with nothing over it
 * that can only be read: a container with processes of its own can then mount another such one (`mount_too_revealing`, fs/namespace.c).
 */
const furnishScript = ({ limits, vm, ownsMachine }: Opening) => `
set -e
umask 022
${openProgram}
mount --all -o remount,bind,ro -t noproc 2> /dev/null || true
exec 9< /proc/sys/user
mount -t tmpfs -o mode=755,nosuid,nodev,${tmpfsOptions(limits)} netlab /tmp
cd /tmp
mkdir -p root/usr root/opt root/etc root/proc root/sys root/dev root/run root/tmp root/var root/home root/root root/mnt \\
  sandbox/bin sandbox/netlab/dist sandbox/netlab/node_modules/koffi sandbox/netlab/node_modules/@koromix \\
  run/netns run/lock run/sandbox run/netlab var/log/pods var/log/nginx var/lib/nginx var/lib/cni var/cache var/tmp \\
  dev/pts dev/net dev/shm tmp upper work net sandbox/proc
cp -P /dev/fd /dev/stdin /dev/stdout /dev/stderr dev
: > sandbox/bin/node
: > dev/ptmx
for name in ${ownFolders.join(' ')}; do [ ! -d "/etc/$name" ] || mkdir upper/$name; done
printf '#!/bin/sh\\nexec /run/sandbox/bin/node /run/sandbox/netlab/dist/bin.js "$@"\\n' > sandbox/bin/netlab
printf '#!/bin/sh\\nexec /run/sandbox/bin/node /run/sandbox/netlab/dist/without-groups.js tcpdump -Z root "$@"\\n' > sandbox/bin/tcpdump
chmod 755 sandbox/bin/netlab sandbox/bin/tcpdump
chmod 1777 tmp var/tmp dev/shm
{
  echo '/tmp/root /tmp/root none bind,ro,nosuid,nodev 0 0'
  for name in usr bin sbin lib lib32 lib64 libx32 opt nix gnu; do
    [ ! -L "/$name" ] || { cp -P "/$name" root; continue; }
    [ -d "/$name" ] || continue
    [ -d "root/$name" ] || mkdir "root/$name"
    echo "/$name /tmp/root/$name none rbind 0 0"
  done
  for node in null zero full random urandom tty net/tun${vm ? ' kvm' : ''}; do
    [ -e "/dev/$node" ] || continue
    : > "dev/$node"
    echo "/dev/$node /tmp/dev/$node none bind 0 0"
  done
  echo 'netlab /tmp/dev/pts devpts newinstance,ptmxmode=0666,mode=620,nosuid,noexec 0 0'
  echo '/tmp/dev/pts/ptmx /tmp/dev/ptmx none bind 0 0'
  echo 'overlay /tmp/root/etc overlay lowerdir=/etc,upperdir=/tmp/upper,workdir=/tmp/work,nosuid,nodev 0 0'
  for name in tmp var dev run; do echo "/tmp/$name /tmp/root/$name none rbind 0 0"; done
  echo '/tmp/sandbox /tmp/root/run/sandbox none bind,ro,nosuid,nodev 0 0'
  ${programMounts([`${inside}/bin/node`, `${inside}/netlab/dist`, `${inside}/${modules}/koffi`, `${inside}/${modules}/@koromix`])}
  echo 'netlab /tmp/root/var/log/pods tmpfs mode=755,nosuid,nodev,noexec,${tmpfsOptions({ files: limits.logs })} 0 0'
  echo 'proc /tmp/root/proc proc nosuid,nodev,noexec 0 0'
  echo 'proc /tmp/root/run/sandbox/proc proc ro,nosuid,nodev,noexec 0 0'
  echo '/tmp/root/proc/sys/net /tmp/net none bind 0 0'
  for path in sys sysrq-trigger bus fs irq acpi scsi; do
    [ ! -e "/proc/$path" ] || echo "/tmp/root/proc/$path /tmp/root/proc/$path none bind,ro 0 0"
  done
  echo '/tmp/net /tmp/root/proc/sys/net none bind 0 0'
} > fstab
mount -a -c -T fstab
${closeProgram}
mount -t sysfs -o ro,nosuid,nodev,noexec netlab root/sys 2> /dev/null || mount --rbind /sys root/sys
cd root
pivot_root . .
umount -l .
cd /
${[...namespaceLimitLines(limits, namespaceLimits), ...ulimitLines(limits)].join('\n')}
exec 9<&- unshare ${apartWords(ownsMachine)} --mount --net --uts --ipc -- sh -c "$2" netlab-cell "$3"
`

/** Folders of /etc in which a lab makes files of its own: where this machine has such ones, they would be nobody's in there, and not to be written to. */
const ownFolders = ['netns', 'cni', 'cni/net.d', 'cni/networks', 'flannel']

/** The folder through which a sandbox that is furnished, and nothing more yet, sets limits on namespaces. */
const namespaceLimits = '/proc/self/fd/9'

/** What an open sandbox reads on stdin, so that it stays: with the lab's name. */
export function stayWords(lab: string): string {
  return `stay ${lab}\n`
}

/**
 * The lab's own namespaces: $1 what process 1 ends up as. A pod server starts first, since Node takes longer to start than the first
 * pods to be made; it talks with netlab through file descriptor 3, and ends where that is closed.
 */
const cellScript = `
set -e
/run/sandbox/bin/node /run/sandbox/netlab/dist/pod-server.js <&3 >&3 2> /var/log/pods/server.log 3<&- &
exec 3<&-
ip link set lo up
echo open
read -r word lab
[ "$word" = stay ]
hostname "$lab"
echo staying
exec sh -c "$1" netlab-pause "$lab"
`

/** What process 1 is from then on; a short text, because `ps` shows it. */
const pauseScript = (onTerm: string) =>
  `exec > /dev/null 2>&1 < /dev/null; trap '' HUP INT; trap ${onTerm} TERM; while :; do sleep 2147483647 & wait $!; done`

/** What a sandbox is opened with. */
export interface Opening {
  program: ProgramFiles
  /** Who the lab is outside, where that is somebody else than who runs netlab. */
  identity: LabIdentity | undefined
  limits: Limits
  /** Folders of cgroups. */
  cgroups: readonly string[]
  /** A virtual machine is to run in it. */
  vm: boolean
  /** The machine is the lab's own: no user namespace is needed. */
  ownsMachine: boolean
}

/**
 * The argv that opens a sandbox. It says so, and waits on stdin for `stayWords`: if netlab dies before it has noted the
 * holder, all ends with the holder. A pod server's stdin and stdout are its file descriptor 3.
 */
export function holderArgv(opening: Opening): readonly string[] {
  const { program, identity, cgroups, vm, ownsMachine } = opening
  const { node, bundle, koffi, binaries } = program
  // One in which a virtual machine runs ends when it is told to, which is when the machine has ended.
  const scripts = [furnishScript(opening), cellScript, pauseScript(vm ? 'exit' : "''")]
  const args = [...scripts, node, bundle, koffi, binaries, `${identity?.uid ?? ''}`, cgroups.join('\n')]
  // A shell, so that the log says it where unshare is missing.
  return identity === undefined
    ? ['sh', '-c', openScript(apartWords(ownsMachine)), 'netlab-open', ...args]
    : ['sh', '-c', collectFirst, collectScript, ...args]
}
