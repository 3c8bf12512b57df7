import { exitCode, explained, NetlabError } from '../errors.ts'
import { RunsInVm } from '../run/lab-state.ts'
import { renderError } from '../view/error.ts'
import { onOutputTrouble, openTerminal } from '../view/terminal.ts'
import type { EarlyStart } from './early-start.ts'
import { openProgram, usageExitCode } from './program.ts'

/** Does what the command line asks for, and sets the exit code. */
export async function main(earlyStart: EarlyStart): Promise<void> {
  onOutputTrouble({
    // Nobody is there to be told. What goes on ends as on a signal, and what is being taken down is.
    nobodyReads: () => process.emit('SIGTERM'),
    cannotBeWritten: error => {
      process.exitCode = exitCode.failed
      const { err } = openTerminal()
      err.write(renderError(err, new NetlabError({ what: 'the output could not be written', cause: error })))
    },
  })
  // What nobody waits for fails here: its words are told all the same, and nothing is left behind.
  process.once('uncaughtException', async error => {
    process.exitCode = tell(error)
    await earlyStart.giveUp().catch(() => {})
    process.exit()
  })
  try {
    const program = await openProgram(earlyStart, process.argv[2])
    await program.parseAsync()
  } catch (error) {
    process.exitCode = await followed(error)
  } finally {
    await earlyStart.giveUp()
  }
  earlyStart.leave()
}

/** What was asked for is done where the lab is; or what went wrong is told. Returns the exit code. */
async function followed(error: unknown): Promise<number> {
  if (!(error instanceof RunsInVm)) return tell(error)
  try {
    const { runWhereLabIs } = await import('../run/vm.ts')
    return await runWhereLabIs(error, process.argv.slice(2))
  } catch (error) {
    return tell(error)
  }
}

/** Tells what went wrong and returns the exit code for it. */
function tell(error: unknown): number {
  const usage = usageExitCode(error)
  if (usage !== undefined) return usage
  const { err } = openTerminal()
  const known = explained(error)
  err.write(renderError(err, known))
  return known instanceof NetlabError ? known.exitCode : exitCode.failed
}
