/**
 * The shell scripts that open a sandbox. They are data here: the outer one is given to `sh -c`, the inner ones to it as its
 * arguments. A shell, not Node, because process 1 must reap orphans and stay small: Kubernetes' pause container, for real.
 */

/**
 * Runs in a user and a mount namespace of its own and makes every mount read-only. The sandbox's namespaces are opened
 * inside this one, so the kernel locks those mounts: not even the sandbox's root can make them writable again.
 * One call does it for most of them (from util-linux 2.34 on, all); each that it left is done by itself.
 * $1 the holder's script, $2 the script that furnishes, $3 netlab's bundle, $4 node, $5 what process 1 ends up as, $6 whether
 * a pod server is needed.
 */
const lockScript = `
set -e
mount --make-rprivate /
mount --all -o remount,bind,ro -t noproc 2> /dev/null || true
while read -r _ _ _ _ target options _; do
  case $target in /proc | /proc/*) continue ;; esac
  case ",$options," in *,ro,*) continue ;; esac
  target=$(printf %b "$target")
  mount -o remount,bind,ro "$target" || case $target in / | /home | /home/* | /root | /var | /var/*) exit 1 ;; esac
done < /proc/self/mountinfo
exec unshare --user --map-root-user --net --mount --pid --uts --ipc --fork --mount-proc --kill-child -- \\
  sh -c "$1" netlab-holder "$2" "$3" "$4" "$5" "$6"
`

/**
 * Process 1. The pods' server starts while all else goes on, since Node takes longer to start than the first pods to be made.
 * It keeps this machine's files (the checkout may lie in a folder that the sandbox has its own of), which is why the sandbox's
 * are mounted in one more mount namespace. It talks with netlab through file descriptor 3.
 */
const holderScript = `
[ "$5" != serve ] || "$3" "$2/pod-server.js" <&3 >&3 3<&- &
exec 3<&- unshare --mount -- sh -c "$1" netlab-holder "$2" "$3" "$4"
`

/**
 * Makes the sandbox's own /run, /tmp, /etc and /dev, says so, and waits for a line on stdin with the lab's name: if netlab dies
 * before it has noted the holder, all ends with this process. Then it reaps orphans for ever.
 * /sys stays as it is, read-only: `ip netns exec` lays a pod's own over it, which the kernel allows only where it cannot
 * take away what is there (iproute2, lib/namespace.c).
 */
const furnishScript = `
set -e
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/netns /run/lock /run/sandbox/upper /run/sandbox/work /run/sandbox/dev/pts /run/sandbox/dev/net \\
  /run/sandbox/net /run/sandbox/netlab /run/sandbox/bin
cd /run/sandbox/dev
ln -s /proc/self/fd fd
ln -s /proc/self/fd/0 stdin
ln -s /proc/self/fd/1 stdout
ln -s /proc/self/fd/2 stderr
ln -s pts/ptmx ptmx
ln -s /tmp shm
printf '#!/bin/sh\\nexec "%s" /run/sandbox/netlab/bin.js "$@"\\n' "$2" > ../bin/netlab
chmod 755 ../bin/netlab
mount --bind -o ro "$1" /run/sandbox/netlab
{
  echo 'tmpfs /tmp tmpfs mode=1777 0 0'
  echo 'overlay /etc overlay lowerdir=/etc,upperdir=/run/sandbox/upper,workdir=/run/sandbox/work 0 0'
  echo 'devpts /run/sandbox/dev/pts devpts newinstance,ptmxmode=0666,mode=620 0 0'
  for node in null zero full random urandom tty net/tun; do
    [ -e "/dev/$node" ] || continue
    : > "$node"
    echo "/dev/$node /run/sandbox/dev/$node none bind 0 0"
  done
  echo '/run/sandbox/dev /dev none rbind 0 0'
  echo '/proc/sys/net /run/sandbox/net none bind 0 0'
  for path in sys sysrq-trigger bus fs irq acpi scsi; do
    [ ! -e "/proc/$path" ] || echo "/proc/$path /proc/$path none bind,ro 0 0"
  done
  echo '/run/sandbox/net /proc/sys/net none bind 0 0'
} > ../fstab
mount -a -T ../fstab
rm ../fstab
ip link set lo up
cd /
echo ready
read -r word lab
[ "$word" = stay ]
hostname "$lab"
echo staying
exec sh -c "$3" netlab-pause "$lab"
`

/** What process 1 is from then on; a short text, because `ps` shows it. */
const pauseScript = `exec > /dev/null 2>&1 < /dev/null; trap '' HUP INT TERM; while :; do sleep 2147483647 & wait $!; done`

/**
 * The argv that opens a sandbox; `bundle` is the folder of netlab's own program. With `serves` a pod server starts in it, whose
 * stdin and stdout are this process's file descriptor 3.
 */
export function holderArgv(bundle: string, node: string, serves: boolean): readonly string[] {
  // A shell, so that the log says it where unshare is missing.
  const start = ['sh', '-c', 'exec unshare --user --map-root-user --mount -- sh -c "$@"', 'netlab-start']
  const scripts = [holderScript, furnishScript, bundle, node, pauseScript, serves ? 'serve' : '']
  return [...start, lockScript, 'netlab-lock', ...scripts]
}
