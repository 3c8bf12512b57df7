import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { closeSandbox } from '../../src/sandbox/close.ts'
import { runAt } from '../../src/sandbox/enter.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { StartedSandbox } from '../../src/sandbox/start.ts'
import { removeFolder } from './package-copy.ts'

/** A sandbox with nothing in it yet. */
export interface EmptySandbox {
  opened: Sandbox
  /** For logs. */
  folder: string
  /** Runs a command inside and returns what it prints. Throws where it ends with another exit code than 0. */
  run(argv: readonly string[], input?: string): Promise<string>
}

/** Opens a sandbox without a lab; it is closed after the test. */
export async function openEmptySandbox(name = 'test'): Promise<EmptySandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'netlab-sandbox-'))
  const log = join(folder, 'sandbox.log')
  const { sandbox: opened } = await new StartedSandbox(log).keep({ lab: name, serves: false, logFile: log })
  const sandbox: EmptySandbox = {
    opened,
    folder,
    async run(argv, input) {
      const options = input === undefined ? {} : { input }
      return (await runAt(opened, argv, options)).stdout
    },
  }
  onTestFinished(async () => {
    await closeSandbox(opened.holder, opened)
    removeFolder(folder)
  })
  return sandbox
}
