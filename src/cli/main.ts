import { exitCode, NetlabError } from '../errors.ts'
import { renderError } from '../view/error.ts'
import { openTerminal } from '../view/terminal.ts'
import type { Beginning } from './beginning.ts'
import { openProgram, usageExitCode } from './program.ts'

/** Does what the command line asks for, and sets the exit code. */
export async function main(beginning: Beginning): Promise<void> {
  try {
    const program = await openProgram(beginning, process.argv[2])
    await program.parseAsync()
  } catch (error) {
    process.exitCode = tell(error)
  } finally {
    await beginning.giveUp()
  }
  beginning.leave()
}

/** Tells what went wrong and returns the exit code for it. */
function tell(error: unknown): number {
  const usage = usageExitCode(error)
  if (usage !== undefined) return usage
  const { err } = openTerminal()
  err.write(renderError(err, error))
  return error instanceof NetlabError ? error.exitCode : exitCode.failed
}
