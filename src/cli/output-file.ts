import { accessSync, constants, existsSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Option } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'

/** A run takes its time: what could not be written after it is told before. Throws NetlabError. */
export function mustBeWritable(file: string): void {
  const folder = dirname(file)
  try {
    accessSync(existsSync(file) ? file : folder, constants.W_OK)
    if (!existsSync(file) || !statSync(file).isDirectory()) return
  } catch {
    // Told below.
  }
  throw cannotBeWritten(file)
}

/** `--junit`, of verbs that try checks. */
export function junitOption(): Option {
  return new Option('--junit <file>', 'write the result to a file as JUnit XML, too, for CI servers')
}

/** Writes a file anew. Throws NetlabError where that cannot be. */
export function writeOutput(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (cause) {
    throw cannotBeWritten(file, cause)
  }
}

function cannotBeWritten(file: string, cause?: unknown): NetlabError {
  return new NetlabError({
    what: `${file} cannot be written`,
    fix: 'name a file in a folder that is there, and that you can write to',
    exitCode: exitCode.wrongInput,
    cause,
  })
}
