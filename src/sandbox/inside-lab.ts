import { spawn } from 'node:child_process'
import { host, type Place } from '../command/command.ts'
import { hostArgv } from '../command/command-line.ts'
import { endedBy } from './ending.ts'
import { bundleFolder, insideFolder } from './program-files.ts'
import { notStarted } from './started-program.ts'

/** The lab of whose shell this is, where netlab was started in one; undefined on a machine, which knows where its labs are. */
export function labAround(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return bundleFolder === insideFolder.bundle && !env.NETLAB_STATE_DIR
    ? env.NETLAB_LAB || undefined
    : undefined
}

/** Runs a command in another place of the lab that this process is in, on the same terminal; returns its exit code. Throws NetlabError where it cannot start. */
export function runBeside(argv: readonly string[], place: Place = host): Promise<number> {
  // Process 1 is the host's, and only there `ip netns` finds what it looks for.
  const [file = '', ...args] = [
    'nsenter',
    '--target',
    '1',
    '--net',
    '--mount',
    '--',
    ...hostArgv({ argv, in: place }),
  ]
  const child = spawn(file, args, { stdio: 'inherit' })
  // Ctrl-C is for the command, which may go on.
  const stay = () => {}
  process.on('SIGINT', stay)
  return new Promise<number>((resolve, reject) => {
    child.once('error', cause => reject(notStarted(file, cause)))
    child.once('exit', (code, signal) => resolve(code ?? endedBy(signal)))
  }).finally(() => process.off('SIGINT', stay))
}
