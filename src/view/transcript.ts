import type { Action } from '../command/command.ts'
import { commandLine } from '../command/command-line.ts'
import { joinHostPort } from '../model/address.ts'
import type { Addressed } from '../model/cidr.ts'
import { addressesOf } from '../model/families.ts'
import { machineAddresses } from '../model/places.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { Plan, Step } from '../plan/plan.ts'
import type { WalkedStep } from '../run/lesson-record.ts'
import type { CommandFailure } from '../run/report.ts'
import type { CheckResult } from '../verify/report.ts'
import { describeAttempt, describeExpectation } from './describe-check.ts'
import { foldsIn, foldWords } from './folded-commands.ts'
import { listing, plural } from './format.ts'
import { answerLines, excerpt } from './lesson.ts'
import { printable } from './printable.ts'

/** A lesson as it was walked through. */
export interface LessonRecord {
  lesson: LabInCondition
  /** As it shall stand there: `2025-03-01`. */
  date: string
  walked: readonly WalkedStep[]
}

/** A recorded lesson as Markdown that reads well on its own: a hand-out, or homework. */
export function renderTranscript({ lesson, date, walked }: LessonRecord): string {
  const { plan } = lesson
  const parts = [
    `# ${inline(plan.title)}`,
    `Lab \`${plan.lab}\`, ${date}: ${verdict(plan, walked)}`,
    ...castPart(lesson),
    ...walked.flatMap((step, index) => stepParts(step, index)),
  ]
  return `${parts.join('\n\n')}\n`
}

function verdict(plan: Plan, walked: readonly WalkedStep[]): string {
  const checks = walked.flatMap(step => step.checks)
  const held = checks.filter(check => check.ok).length
  const failed = walked.flatMap((step, index) => (step.ok ? [] : [`${index + 1}`]))
  const isWhole = walked.length === plan.steps.length
  const parts = [
    isWhole
      ? plural(walked.length, 'step')
      : `broken off after ${walked.length} of ${plan.steps.length} steps`,
    ...(checks.length === 0 ? [] : [`${held} of ${plural(checks.length, 'check')} held`]),
    ...(failed.length === 0
      ? []
      : [`**${failed.length === 1 ? 'step' : 'steps'} ${listing(failed, 'and')} failed**`]),
  ]
  return `${parts.join(', ')}.`
}

/** Who is in the lab, so that the addresses in the commands mean something. */
function castPart({ lab, services }: LabInCondition): string[] {
  const rows = [
    ...lab.nodes.map(node => `node \`${node.name}\` ${machineAddresses(node).join(', ')}`),
    ...lab.pods.map(pod => `pod \`${pod.name}\` ${addressWords(pod)}`),
    ...lab.outside.map(machine => `outside machine \`${machine.name}\` ${addressWords(machine)}`),
    ...lab.machines.map(machine => `machine \`${machine.name}\` ${machineAddresses(machine).join(', ')}`),
    ...services.map(
      ({ service, clusterIP, port }) => `service \`${service}\` ${joinHostPort(clusterIP, port)}`,
    ),
  ]
  return rows.length === 0 ? [] : [rows.map(row => `- ${row}`).join('\n')]
}

function stepParts({ step, commands, failure, checks, shell }: WalkedStep, index: number): string[] {
  return [
    `## ${index + 1}. ${inline(step.title)}`,
    ...(step.why.trim() === '' ? [] : [printable(step.why.trim())]),
    ...(commands.length === 0 && failure === undefined
      ? []
      : [consoleBlock(shownLines(step, commands), failure), ...foldedParts(step, commands)]),
    ...(failure === undefined ? [] : [failureNote(failure)]),
    ...(checks.length === 0 ? [] : [checks.map(checkItem).join('\n')]),
    ...(shell ? ['*Here a shell was opened; what was typed in it is not recorded.*'] : []),
  ]
}

/** A command of a step that ran, with what it printed. */
type Ran = WalkedStep['commands'][number]

/** The commands that ran, each with what it is for; in place of a fold a line that counts what follows below. */
function shownLines(step: Step, commands: readonly Ran[]): string[] {
  const told = new Set<string>()
  return commands.flatMap((ran, at) => {
    const words = step.actions[at]?.fold
    if (words === undefined) return commandLines(ran, step.actions[at]?.explain)
    if (told.has(words)) return []
    told.add(words)
    return [`# … ${foldWords({ words, actions: ranOfFold(step, commands, words) })}, below`]
  })
}

/** What is folded: a reader opens it, and where nothing folds it is there to be read. */
function foldedParts(step: Step, commands: readonly Ran[]): string[] {
  const ran = step.actions.slice(0, commands.length)
  return foldsIn(ran).map(fold => {
    const lines = ran.flatMap((action, at) =>
      action.fold === fold.words ? commandLines(commands[at]!, action.explain) : [],
    )
    return `<details><summary>${inline(foldWords(fold))}</summary>\n\n${fenced(lines)}\n\n</details>`
  })
}

function ranOfFold(step: Step, commands: readonly Ran[], words: string): Action[] {
  return step.actions.slice(0, commands.length).filter(({ fold }) => fold === words)
}

function commandLines({ command, output }: Ran, explain: string | undefined): string[] {
  const shown = command.plugin === undefined ? excerpt : answerLines
  return [
    ...(explain === undefined ? [] : [`# ${explain}`]),
    `$ ${commandLine(command)}`,
    ...(output.trim() === '' ? [] : shown(output.trimEnd())),
  ]
}

function consoleBlock(lines: readonly string[], failure: CommandFailure | undefined): string {
  const failed =
    failure === undefined ? [] : commandLines({ command: failure.command, output: failure.stderr }, undefined)
  return fenced([...lines, ...failed])
}

function fenced(lines: readonly string[]): string {
  const text = lines.map(printable).join('\n')
  const fence = fenceFor(text, 3)
  return `${fence}console\n${text}\n${fence}`
}

function failureNote(failure: CommandFailure): string {
  const ending = failure.exitCode === undefined ? '' : ` with exit code ${failure.exitCode}`
  return `✘ The last command failed${ending}, and the step ended there.`
}

function checkItem(result: CheckResult): string {
  const attempt = `- ${result.ok ? '✔' : '✘'} ${code(describeAttempt(result.check))}`
  const expected = `expected: ${inline(describeExpectation(result.check))}`
  const evidence = result.evidence === undefined ? '' : ` (${inline(result.evidence.headline)})`
  const means = result.means === undefined ? '' : `\\\n  ${inline(result.means)}`
  return `${attempt}\\\n  ${expected}; observed: ${inline(result.observed)}${evidence}${means}`
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

function addressWords(addressed: Addressed): string {
  return addressesOf(addressed)
    .map(({ address }) => address)
    .join(' and ')
}
