import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { exitCode, NetlabError } from '../../errors.ts'
import { CommandError, run } from '../process.ts'
import { initScript, modprobeScript } from './init-script.ts'
import { debianRelease, type Kernel, type KernelName, kernelAt, kernelFolder } from './kernels.ts'

/**
 * Brings a kernel: $1 the folder to make, $2 the release of Debian, $3 `init`, $4 modprobe. apt gets lists and a cache of its own, so that
 * nobody needs to be root and this machine's packages stay as they are; that the files are Debian's it knows by this machine's
 * keys. Only modules that networks or a virtual machine need go into the initramfs.
 */
const fetchScript = `
set -e
umask 022
work=$(mktemp -d "$1.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
cd "$work"
mirror=$(apt-get indextargets --format '$(ORIGIN)/$(LABEL)/$(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
  sed -n 's|^Debian/Debian/main ||p' | head -n 1)
[ -n "$mirror" ] || { echo 'apt knows no mirror of Debian here' >&2; exit 1; }
echo "deb $mirror $2 main" > sources.list
mkdir -p lists/partial archives/partial unpacked kernel root/bin root/sbin root/proc root/sys root/dev root/shared root/root
cat > apt.conf << END
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "-";
Dir::State::Lists "$work/lists";
Dir::Cache "$work";
APT::Architecture "amd64";
APT::Sandbox::User "$(id -un)";
Acquire::Retries "2";
Acquire::http::Timeout "30";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
END
APT_CONFIG="$work/apt.conf"
export APT_CONFIG
apt-get -qq update
image=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \\(linux-image-[0-9].*\\)/\\1/p' | head -n 1)
apt-get -qq download "$image" busybox-static
for package in *.deb; do dpkg-deb --extract "$package" unpacked; done
busybox=$(find "$work/unpacked" -type f -name busybox -perm -100 | head -n 1)
modules=$(find "$work/unpacked" -type d -path '*lib/modules/*' -prune | head -n 1)
release=\${modules##*/}
"$busybox" true
cd "$modules/kernel"
mkdir -p "$work/root/lib/modules/$release/kernel"
find net lib crypto arch/*/crypto drivers/virtio drivers/char/virtio_console.* fs/fuse fs/overlayfs drivers/net/*.ko* \\
  drivers/net/bonding drivers/net/ipvlan drivers/net/team drivers/net/vxlan drivers/net/wireguard -name '*.ko*' 2> /dev/null |
  "$busybox" cpio -o -H newc | (cd "$work/root/lib/modules/$release/kernel" && "$busybox" cpio -i -d -m)
cp ../modules.builtin ../modules.order "$work/root/lib/modules/$release"
cd "$work/root"
find lib -name '*.ko.xz' -exec "$busybox" unxz '{}' +
"$busybox" depmod -b "$work/root" "$release"
cp "$busybox" bin/busybox
printf '%s' "$3" > init
printf '%s' "$4" > sbin/modprobe
chmod 755 init bin/busybox sbin/modprobe
find . | "$busybox" cpio -o -H newc -R 0:0 | "$busybox" gzip > "$work/kernel/initramfs.gz"
cp "$work"/unpacked/boot/vmlinuz-* "$work/kernel/linux"
chmod 644 "$work/kernel/linux"
echo "$release" > "$work/kernel/release"
cd "$work"
[ -e "$1" ] || mv -T kernel "$1"
`

/** Milliseconds in which 40 MB come over a slow line. */
const patience = 900_000

/** A kernel, brought here from Debian's packages where it is not here yet. `begun` is called then. Throws NetlabError where that cannot be. */
export async function bringKernel(name: KernelName, begun: () => void, signal: AbortSignal): Promise<Kernel> {
  const folder = kernelFolder(name)
  const here = kernelAt(folder, name)
  if (here !== undefined) return here
  begun()
  mkdirSync(dirname(folder), { recursive: true })
  const why = `the kernel ${name} comes from Debian's packages`
  const argv = [
    'sh',
    '-c',
    fetchScript,
    'netlab-kernel',
    folder,
    debianRelease(name),
    initScript,
    modprobeScript,
  ]
  const shownAs = `apt-get download linux-image-cloud-amd64 busybox-static, of Debian ${debianRelease(name)}`
  try {
    await run(argv, { why, shownAs, deadline: patience, signal })
  } catch (cause) {
    if (!(cause instanceof CommandError)) throw cause
    throw new NetlabError({
      what: `the kernel ${name} could not be brought here`,
      why,
      details: cause.stderr,
      fix: 'this needs apt-get and dpkg-deb, an apt that knows a mirror of Debian, and a way to it',
      exitCode: exitCode.machineLacks,
      cause,
    })
  }
  const kernel = kernelAt(folder, name)
  if (kernel === undefined) throw new Error(`${folder} was not made`)
  return kernel
}
