import { spawn } from 'node:child_process'
import type { LabIdentity } from './identity.ts'
import { shedCaller } from './native.ts'

/** Debian keeps ip, iptables and sysctl where an ordinary user's PATH does not look. */
export const toolPath = [
  ...new Set([
    ...(process.env.PATH ?? '').split(':'),
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
    '/usr/bin',
    '/bin',
  ]),
]
  .filter(folder => folder !== '')
  .join(':')

/** Starts a program that outlives netlab, in a session of its own, its output going to an open file, or nowhere. */
export function startDetached(
  argv: readonly string[],
  options: {
    output: number | 'ignore'
    /** The whole environment; left out: this machine's tools on the PATH, and nothing of the caller's. */
    env?: Readonly<Record<string, string>>
    identity?: LabIdentity | undefined
    stdin?: 'ignore' | 'pipe'
    stdout?: 'pipe'
    /** One more, file descriptor 3: a socket that goes both ways. */
    extra?: 'pipe'
  },
) {
  shedCaller()
  const [file = '', ...args] = argv
  return spawn(file, args, {
    detached: true,
    stdio: [
      options.stdin ?? 'ignore',
      options.stdout ?? options.output,
      options.output,
      ...(options.extra === undefined ? [] : [options.extra]),
    ],
    env: options.env ?? { LC_ALL: 'C.UTF-8', PATH: toolPath },
    cwd: '/',
    ...options.identity,
  })
}
