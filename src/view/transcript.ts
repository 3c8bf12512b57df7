import { commandLine } from '../plan/command-line.ts'
import type { Command } from '../plan/plan.ts'
import type { CheckResult } from '../run/report.ts'
import { describeAttempt, describeExpectation } from './describe-check.ts'
import { plural } from './format.ts'
import { printable } from './printable.ts'

/** A step as it was walked through. */
export interface RecordedStep {
  title: string
  why: string
  commands: readonly { command: Command; output: string }[]
  checks: readonly CheckResult[]
}

/** A lesson as it was walked through. */
export interface LessonRecord {
  lab: string
  title: string
  /** As it shall stand there: `2025-03-01`. */
  date: string
  steps: readonly RecordedStep[]
}

/** A recorded lesson as Markdown that reads well on its own: a hand-out, or homework. */
export function renderTranscript(record: LessonRecord): string {
  const checks = record.steps.flatMap(step => step.checks)
  const held = checks.filter(check => check.ok).length
  const verdict = checks.length === 0 ? '' : `, ${held} of ${plural(checks.length, 'check')} held`
  const parts = [
    `# ${inline(record.title === '' ? record.lab : record.title)}`,
    `Lab \`${record.lab}\`, ${record.date}: ${plural(record.steps.length, 'step')}${verdict}.`,
    ...record.steps.flatMap((step, index) => stepParts(step, index)),
  ]
  return `${parts.join('\n\n')}\n`
}

function stepParts(step: RecordedStep, index: number): string[] {
  return [
    `## ${index + 1}. ${inline(step.title)}`,
    ...(step.why.trim() === '' ? [] : [printable(step.why.trim())]),
    ...(step.commands.length === 0 ? [] : [consoleBlock(step.commands)]),
    ...(step.checks.length === 0 ? [] : [step.checks.map(checkItem).join('\n')]),
  ]
}

function consoleBlock(commands: RecordedStep['commands']): string {
  const text = commands
    .flatMap(({ command, output }) => [
      `$ ${commandLine(command)}`,
      ...(output.trim() === '' ? [] : [output.trimEnd()]),
    ])
    .map(printable)
    .join('\n')
  const fence = fenceFor(text, 3)
  return `${fence}console\n${text}\n${fence}`
}

function checkItem(result: CheckResult): string {
  const attempt = `- ${result.ok ? '✔' : '✘'} ${code(describeAttempt(result.check))}`
  if (result.ok) return `${attempt}: ${inline(result.observed)}`
  const evidence = result.evidence === undefined ? '' : ` (${inline(result.evidence.headline)})`
  return `${attempt}: expected ${inline(describeExpectation(result.check))}, observed ${inline(result.observed)}${evidence}`
}

/** Code that may itself hold backticks. */
function code(text: string): string {
  const shown = printable(text).replaceAll('\n', ' ')
  return shown.includes('`') ? `\`\` ${shown} \`\`` : `\`${shown}\``
}

/** Words of others in a line of Markdown: nothing in them makes a link, an image or HTML. */
function inline(text: string): string {
  return printable(text)
    .replaceAll('\n', ' ')
    .replace(/[\\`*[\]<>#|]/g, '\\$&')
}

/** A fence longer than any run of backticks in the text. */
function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(run => run[0].length))
  return '`'.repeat(Math.max(least, longest + 1))
}
