import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { labIdentity } from '../identity.ts'
import { disposableWord, sharedFiles } from './init-script.ts'
import { portCount, portName } from './ports.ts'

/** How a virtual machine is to be. */
export interface VmShape {
  /** MiB of memory; what it does not touch costs nothing. */
  memory: number
  /** It is thrown away with the one lab that it runs, whose root may be the machine's. */
  disposable: boolean
}

/** Where a virtual machine's own files lie in its sandbox. */
const vmFolder = '/tmp/vm'
export const consoleFile = `${vmFolder}/console.log`

/** Descriptors that QEMU finds open: the kernel, what it starts with, the ports. */
const [imageAt, initramfsAt, firstPortAt] = [3, 4, 5]

/** What shares files with the machine: where Debian 12 has it, and where newer ones do, in a package of its own. */
export const virtiofsds = ['/usr/lib/qemu/virtiofsd', '/usr/libexec/virtiofsd'] as const

/** The script, for a shell in the sandbox, that is the machine's life: when it ends the sandbox ends. $@ is QEMU's argv. */
export const vmScript = `
mkdir ${vmFolder}
cd ${vmFolder}
for virtiofsd in ${virtiofsds.join(' ')}; do [ ! -x "$virtiofsd" ] || break; done
"$virtiofsd" -f --socket-path=${vmFolder}/files -o source=/ -o sandbox=chroot -o cache=always -o log_level=warn --rlimit-nofile=0 &
while [ ! -S ${vmFolder}/files ]; do
  kill -0 $! || break
  sleep 0.02
done
"$@"
kill $!
kill -TERM 1
`

/** A processor that can run another machine's kernel by itself. A /dev/kvm without one promises more than it can keep. */
function hasKvm(): boolean {
  try {
    // Root's labs are nobody's.
    if (labIdentity() === undefined) accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    else if ((statSync('/dev/kvm').mode & 0o6) !== 0o6) return false
    return /^flags\s*:.* (?:vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))
  } catch {
    return false
  }
}

/** QEMU's argv for a machine with two processors, the sandbox's files and ports to talk through, and nothing else: no network, no disk. */
export function qemuArgv({ memory, disposable }: VmShape): readonly string[] {
  const kvm = hasKvm()
  const words = [
    'console=ttyS0',
    'quiet',
    'panic=-1',
    'mitigations=off',
    ...(disposable ? [disposableWord] : []),
  ]
  return [
    'qemu-system-x86_64',
    ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-nic', 'none'],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ...['-M', 'pc', '-accel', kvm ? 'kvm' : 'tcg,thread=multi', '-cpu', kvm ? 'host' : 'max', '-smp', '2'],
    ...['-m', `${memory}`, '-numa', 'node,memdev=memory'],
    ...['-object', `memory-backend-memfd,id=memory,size=${memory}M,share=on`],
    ...['-chardev', `socket,id=files,path=${vmFolder}/files`],
    ...['-device', `vhost-user-fs-pci,chardev=files,tag=${sharedFiles}`],
    ...['-chardev', `file,id=console,path=${consoleFile}`, '-serial', 'chardev:console'],
    ...['-device', 'virtio-serial-pci'],
    ...Array.from({ length: portCount }, (_, port) => [
      ...['-chardev', `socket,id=port${port},fd=${firstPortAt + port},server=on,wait=off`],
      ...['-device', `virtserialport,chardev=port${port},name=${portName(port)}`],
    ]).flat(),
    ...['-kernel', `/proc/self/fd/${imageAt}`, '-initrd', `/proc/self/fd/${initramfsAt}`],
    ...['-append', words.join(' ')],
  ]
}
