import { shellLine } from '../../command/command-line.ts'
import type { Check } from '../../model/lab.ts'
import { questionOf, type TracedQuestion } from '../../trace/request-of-check.ts'
import { printable } from '../printable.ts'

/** What people type to have a question traced; `lab`: its name, where it must be said. */
export function traceCommand({ from, url }: TracedQuestion, lab?: string): string {
  return printable(shellLine(['netlab', 'trace', ...(lab === undefined ? [] : [lab]), from, url]))
}

/** The same for the first of some checks that can be traced; empty where none can. */
export function traceCommands(lab: string, checks: readonly Check[]): string[] {
  const questions = checks.flatMap(check => questionOf(check) ?? [])
  return questions.slice(0, 1).map(question => traceCommand(question, lab))
}
