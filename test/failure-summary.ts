import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from 'vitest/node'

/** As many lines as a log shows of its end, with room for what the shell adds. */
const room = 50
const width = 200

/** Prints which tests failed, with the first lines of why, below all that vitest prints: the end of a log is what one sees. */
export class FailureSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const failures = [...modules.flatMap(failuresOf), ...unhandled.map(one => failure('(no test)', [one]))]
    if (failures.length > 0) process.stdout.write(`\n${summaryOf(failures).join('\n')}\n`)
  }
}

export interface Failure {
  name: string
  reasons: readonly string[]
}

function failuresOf(module: TestModule): Failure[] {
  const file = relative('', module.moduleId)
  const inside = (one: TestSuite | TestCase, errors: readonly SerializedError[]) =>
    failure(`${file} > ${one.fullName}`, errors)
  return [
    failure(file, module.errors()),
    ...[...module.children.allSuites()].map(suite => inside(suite, suite.errors())),
    ...[...module.children.allTests('failed')].map(test => inside(test, test.result().errors ?? [])),
  ].filter(({ reasons }) => reasons.length > 0)
}

function failure(name: string, errors: readonly SerializedError[]): Failure {
  return { name, reasons: errors.flatMap(reasonsOf) }
}

/** What an assertion says, then the lines in which what came differs from what was expected. */
function reasonsOf({ message, diff }: SerializedError): string[] {
  const changed = linesOf(diff).filter(line => /^[-+] (?! *(Expected|Received)$)/.test(line))
  return [...linesOf(message || 'no message'), ...changed].filter(line => line.trim() !== '')
}

function linesOf(text: unknown): string[] {
  return stripVTControlCharacters(String(text ?? '')).split('\n')
}

/** The lines that tell failures, no more than 60. */
export function summaryOf(failures: readonly Failure[]): string[] {
  const told = failures.slice(0, room / 2)
  const each = Math.min(6, Math.floor(room / told.length) - 1)
  const left = failures.length - told.length
  return [
    `${failures.length} failed:`,
    ...told.flatMap(({ name, reasons }) => [
      `✘ ${name}`,
      ...reasons.slice(0, each).map(line => `    ${line}`),
    ]),
    ...(left > 0 ? [`and ${left} more`] : []),
  ].map(line => (line.length > width ? `${line.slice(0, width - 1)}…` : line))
}
