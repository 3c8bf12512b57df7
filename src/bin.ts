#!/usr/bin/env node
import { openProgram, usageExitCode } from './cli/program.ts'
import { exitCode, NetlabError } from './errors.ts'
import { renderError } from './view/error.ts'
import { openTerminal } from './view/terminal.ts'

try {
  const program = await openProgram(process.argv[2])
  await program.parseAsync()
} catch (error) {
  process.exitCode = tell(error)
}

/** Tells what went wrong and returns the exit code for it. */
function tell(error: unknown): number {
  const usage = usageExitCode(error)
  if (usage !== undefined) return usage
  const { err } = openTerminal()
  err.write(renderError(err, error))
  return error instanceof NetlabError ? error.exitCode : exitCode.failed
}
