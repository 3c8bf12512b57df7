/** The word on a kernel's command line that says: this machine is a lab's own, and is thrown away with it. */
export const disposableWord = 'netlab.disposable'

/** The name under which a virtual machine finds the files that it shares. */
export const sharedFiles = 'netlab'

/**
 * Process 1 of a virtual machine, for busybox. Its root file system is made like that of a sandbox (../holder.ts): /usr and the like are
 * those of the sandbox that the machine runs in, and can only be read; /etc and netlab are copies, so that a newer netlab out there does
 * not get among the files of this one; all else is empty and lies in memory. Nothing
 * is laid over the shared files with overlayfs: it opens files with O_NOATIME, which is only their owner's to do.
 *
 * This shell keeps the initramfs as its root, and so do the kernel's own threads: it is there that the kernel finds modprobe. It loads
 * most modules itself when they are asked for. iptables-legacy cannot ask for ip_tables in a user namespace, so that is loaded here.
 */
export const initScript = `#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
$b mount -t devtmpfs devtmpfs /dev
for module in virtio_pci virtio_console virtiofs overlay br_netfilter nf_conntrack_netlink tun ip_vs ip_tables ip6_tables; do
  $b modprobe -q "$module"
done
give_up() { echo "netlab: $1"; $b poweroff -f; }
$b mount -t virtiofs -o ro,nosuid,nodev ${sharedFiles} /shared || give_up 'the shared files cannot be mounted'
$b mount -t tmpfs -o mode=755,size=75% root /root || give_up 'there is no memory for files'
cd /shared
for name in usr bin sbin lib lib32 lib64 libx32 opt nix gnu; do
  if [ -L "$name" ]; then $b cp -P "$name" /root
  elif [ -d "$name" ]; then $b mkdir "/root/$name" && $b mount --bind "/shared/$name" "/root/$name"
  fi
done
cd /root
$b mkdir -p proc sys dev home mnt root tmp run/sandbox/bin var/cache var/lib var/log var/tmp
$b chmod 1777 tmp var/tmp
$b cp -a /shared/etc . 2> /dev/null
$b chown -R 0:0 etc
$b cp -a /shared/run/sandbox/netlab run/sandbox
$b cp -a /shared/run/sandbox/bin/netlab run/sandbox/bin
: > run/sandbox/bin/node
$b mount --bind /shared/run/sandbox/bin/node run/sandbox/bin/node
for name in proc sys dev; do $b mount --bind "/$name" "$name"; done
$b ln -s /proc/self/fd dev/fd
$b ln -s fd/0 dev/stdin
$b ln -s fd/1 dev/stdout
$b ln -s fd/2 dev/stderr
$b mkdir -p dev/pts dev/shm
$b mount -t devpts -o ptmxmode=666,mode=620,gid=5 devpts dev/pts
$b mount -t tmpfs -o mode=1777 shm dev/shm
$b mount -t cgroup2 cgroup2 sys/fs/cgroup
echo '+memory +pids' > sys/fs/cgroup/cgroup.subtree_control
echo netlab > proc/sys/kernel/hostname
$b ip link set lo up
$b mount --move . /
UV_THREADPOOL_SIZE=24 $b chroot . /run/sandbox/bin/node /run/sandbox/netlab/dist/vm-agent.js || echo "netlab: its agent ended with exit code $?"
$b poweroff -f
`

/** The kernel calls it without stdin, stdout and stderr, and busybox takes the first file that it opens for one of them. */
export const modprobeScript = `#!/bin/busybox sh
exec /bin/busybox modprobe "$@" < /dev/null > /dev/null 2>&1
`
