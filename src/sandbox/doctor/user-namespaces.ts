import { existsSync, readFileSync } from 'node:fs'
import type { Attempt } from './attempt.ts'
import { lastLine } from './attempt.ts'
import type { Finding } from './finding.ts'

/** What a kernel, a distribution or a container may have switched off; undefined where there is no such switch. */
export interface Switches {
  /** kernel.apparmor_restrict_unprivileged_userns: Ubuntu from 23.10 on. */
  apparmorRestricts: string | undefined
  /** kernel.unprivileged_userns_clone: Debian up to 10, and hardened kernels. */
  unprivilegedClone: string | undefined
  /** user.max_user_namespaces */
  maxUserNamespaces: string | undefined
  /** Whether a seccomp filter watches this process, as it does in a container. */
  seccomp: boolean
  container: boolean
}

/** Reads the switches of this machine. */
export function readSwitches(): Switches {
  return {
    apparmorRestricts: read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns'),
    unprivilegedClone: read('/proc/sys/kernel/unprivileged_userns_clone'),
    maxUserNamespaces: read('/proc/sys/user/max_user_namespaces'),
    seccomp: /^Seccomp:\s*2$/m.test(read('/proc/self/status') ?? ''),
    container: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

const topic = 'user namespaces'

/** Whether they really work, and who forbids them where they do not. */
export function userNamespaces(tried: Attempt, switches: Switches): Finding {
  if (tried.ok) return { topic, state: 'ok', found: 'work' }
  if (!tried.found) return { topic, state: 'missing', found: 'not tried: there is no unshare' }
  if (switches.maxUserNamespaces === '0') {
    return forbidden('user.max_user_namespaces is 0', 'No more than 0 of them may exist on this machine.', [
      'user.max_user_namespaces',
      '15000',
    ])
  }
  if (switches.unprivilegedClone === '0') {
    const means = 'This kernel lets only root open a user namespace.'
    return forbidden('kernel.unprivileged_userns_clone is 0', means, [
      'kernel.unprivileged_userns_clone',
      '1',
    ])
  }
  if (switches.apparmorRestricts === '1') {
    const means =
      'AppArmor lets only programs that it knows use a user namespace, as on Ubuntu from 23.10 on.'
    return forbidden('kernel.apparmor_restrict_unprivileged_userns is 1', means, [
      'kernel.apparmor_restrict_unprivileged_userns',
      '0',
    ])
  }
  if (switches.container || switches.seccomp) return inContainer(lastLine(tried.output))
  return {
    topic,
    state: 'missing',
    found: lastLine(tried.output),
    means:
      'A lab lives in a user namespace, and none of the known switches forbids it: the kernel may be built without (CONFIG_USER_NS).',
  }
}

function forbidden(found: string, why: string, [name, value]: readonly [string, string]): Finding {
  return {
    topic,
    state: 'missing',
    found: `forbidden: ${found}`,
    means: `A lab lives in a user namespace, so that it needs no root. ${why} The first line allows it now, the second one after a restart too.`,
    fix: [
      `sudo sysctl -w ${name}=${value}`,
      `echo '${name} = ${value}' | sudo tee /etc/sysctl.d/60-netlab.conf`,
    ],
  }
}

function inContainer(found: string): Finding {
  return {
    topic,
    state: 'missing',
    found,
    means:
      'This is a container, and its seccomp filter forbids namespaces. Start it with more rights, for Docker as below, or use a virtual machine.',
    fix: [
      'docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined …',
    ],
  }
}

/** A lab has process numbers of its own, so it mounts a /proc of its own; a container may forbid that alone. */
export function ownProc(tried: Attempt): Finding {
  if (tried.ok) return { topic: 'own /proc', state: 'ok', found: 'works' }
  return {
    topic: 'own /proc',
    state: 'missing',
    found: lastLine(tried.output),
    means:
      'Docker and its like cover parts of /proc, and the kernel then refuses a fresh one. Start the container with:',
    fix: ['docker run --security-opt systempaths=unconfined …'],
  }
}
