import { NetlabError } from '../../errors.ts'
import { runAnyway } from '../process.ts'

/** What came of trying a command. */
export interface Attempt {
  /** False: there is no such program. */
  found: boolean
  ok: boolean
  /** What it printed, stderr last. */
  output: string
}

/** Runs a command to see whether it works here. */
export async function attempt(argv: readonly string[]): Promise<Attempt> {
  try {
    // The lock file of legacy iptables lies in /run, which is the machine's: a throw-away namespace needs none.
    const { exitCode, stdout, stderr } = await runAnyway(argv, { env: { XTABLES_LOCKFILE: '/dev/null' } })
    return { found: true, ok: exitCode === 0, output: `${stdout}${stderr}`.trim() }
  } catch (error) {
    if (error instanceof NetlabError) return { found: false, ok: false, output: '' }
    throw error
  }
}

/** The same command in namespaces that end with it: nothing that it does is seen by the machine. */
export function thrownAway(argv: readonly string[]): string[] {
  return ['unshare', '--user', '--map-root-user', '--net', '--mount', '--', ...argv]
}

/** The last line says most: what comes before it are warnings. */
export function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? ''
}
