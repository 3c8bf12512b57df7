import { spawn } from 'node:child_process'

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

/** Starts a program that outlives netlab, in a session of its own, its output going to an open file. */
export function startDetached(
  argv: readonly string[],
  options: {
    output: number
    env?: Readonly<Record<string, string>>
    stdin?: 'ignore' | 'pipe'
    stdout?: 'pipe'
    /** One more, file descriptor 3: a socket that goes both ways. */
    extra?: 'pipe'
  },
) {
  const [file = '', ...args] = argv
  return spawn(file, args, {
    detached: true,
    stdio: [
      options.stdin ?? 'ignore',
      options.stdout ?? options.output,
      options.output,
      ...(options.extra === undefined ? [] : [options.extra]),
    ],
    env: { ...process.env, LC_ALL: 'C.UTF-8', PATH: toolPath, ...options.env },
    cwd: '/',
  })
}
