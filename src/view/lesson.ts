import type { Command } from '../command/command.ts'
import { commandLine } from '../command/command-line.ts'
import type { WalkedStep } from '../lesson/lesson-record.ts'
import { joinHostPort } from '../model/address.ts'
import { addressesOf } from '../model/families.ts'
import type { LabMachine, OutsideMachine, Pod } from '../model/lab.ts'
import { machineAddresses } from '../model/places.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { Plan, Step } from '../plan/plan.ts'
import { isReached } from '../run/goal.ts'
import type { CommandFailure } from '../run/report.ts'
import type { CheckResult } from '../verify/report.ts'
import { describeAttempt, describeExpectation } from './describe-check.ts'
import { displayWidth } from './display-width.ts'
import { checkFailureLines, commandEndingLines, labelled, observedWords } from './failure.ts'
import { foldsIn, foldWords, shownCommands } from './folded-commands.ts'
import { block, commentLines, flow, hanging, padEnd, widest, wrapParagraphs } from './layout.ts'
import { printable } from './printable.ts'
import type { Style } from './terminal.ts'
import { tryLine, whatToTry } from './up-summary.ts'
import { en, type Words } from './words/en.ts'

/** Prose reads badly in lines longer than this. */
const proseWidth = 80

/** The first screen: what the lab is about, and who is in it. */
export function lessonTitle(style: Style, lesson: LabInCondition): string {
  const { color, width, words } = style
  const { lab, title, steps } = lesson.plan
  return block([
    ...hanging('', color.bold(printable(title)), width),
    color.dim(words.stepsOf(lab, steps.length)),
    '',
    ...castLines(style, lesson),
  ])
}

/** Who is in the lab, with addresses; of a large lab how many. */
function castLines({ color, width, words }: Style, { lab, services }: LabInCondition): string[] {
  const groups = [
    { name: words.cast.nodes, members: lab.nodes.map(machineWords) },
    { name: words.cast.pods, members: lab.pods.map(addressWords) },
    { name: words.cast.outside, members: lab.outside.map(addressWords) },
    { name: words.cast.machines, members: lab.machines.map(machineWords) },
    {
      name: words.cast.services,
      members: services.map(({ service, clusterIP, port }) => `${service} ${joinHostPort(clusterIP, port)}`),
    },
  ].filter(({ members }) => members.length > 0)
  const column = widest(groups.map(({ name }) => name)) + 2
  return groups.flatMap(({ name, members }) => {
    const shown = members.length > 8 ? [...members.slice(0, 6), words.andMore(members.length - 6)] : members
    const isNarrow = column + widest(shown) > width
    const pieces = shown.map(printable).flatMap(member => (isNarrow ? member.split(' ') : [member]))
    const lines = flow(pieces, width, column, isNarrow ? ' ' : color.dim(' · '), column)
    return lines.map((line, index) => (index === 0 ? color.dim(padEnd(name, column)) + line : line))
  })
}

function machineWords(machine: LabMachine): string {
  return `${machine.name} ${machineAddresses(machine).join(' ')}`
}

function addressWords(one: Pod | OutsideMachine): string {
  return [one.name, ...addressesOf(one).map(({ address }) => address)].join(' ')
}

/** `── 5/9  A virtual IP with one DNAT rule ─────`; `index` is 0-based. */
export function stepHeading(style: Style, index: number, total: number, title: string): string {
  const { color, width } = style
  const columns = Math.min(width, proseWidth)
  const lines = hanging(`── ${index + 1}/${total}  `, printable(title), columns)
  const last = lines.pop() ?? ''
  const rule = '─'.repeat(Math.max(0, columns - widest([last]) - 1))
  const ruled = rule === '' ? last : `${last} ${rule}`
  return block([...lines, ruled].map(line => color.bold.cyan(line)))
}

/** Why the step is there. */
export function stepWhy(style: Style, why: string): string {
  return why.trim() === '' ? '' : block(wrapParagraphs(printable(why), Math.min(style.width, proseWidth)))
}

/** What its checks have shown and why, set off from them; empty where nobody says so. */
export function stepBecause(style: Style, because = ''): string {
  return because === '' ? '' : `\n${stepWhy(style, because)}`
}

/** What a step is about to do, on at most so many rows of the screen: its commands, and what its checks will ask. */
export function lessonPreview(style: Style, step: Step, rows: number): string {
  const { color, width, words } = style
  const pieces = shownCommands(step.actions)
  const commands = pieces.map(piece => {
    if ('words' in piece) return hanging('… ', foldWords(piece, words), width)
    const [first, ...more] = commandLines(piece.command, words)
    return [`${color.dim('$')} ${first}`, ...more]
  })
  const checks = step.checks.map((check, index) => [
    ...(index === 0 && commands.length > 0 ? ['', color.dim(words.thenChecked)] : []),
    ...hanging(color.dim('? '), printable(describeAttempt(check, words)), width),
  ])
  const units = [...commands, ...checks]
  let shown = fitting(units, rows, width)
  if (shown < units.length) shown = fitting(units, rows - 1, width)
  const lines = units.slice(0, shown).flat()
  const commandsLeft = commandsOf(pieces.slice(shown))
  const checksLeft = units.length - Math.max(shown, commands.length)
  if (commandsLeft + checksLeft === 0) return lines.length === 0 ? '' : block(lines)
  return block([...lines, color.dim(`… ${words.notShown(commandsLeft, checksLeft)}`)])
}

/** All that a step is about to do, with what each command is for. */
export function lessonAhead(style: Style, step: Step): string {
  const { color, width, words } = style
  const checks = step.checks.flatMap(check =>
    hanging(color.dim('? '), printable(describeAttempt(check, words)), width),
  )
  return [
    ...shownCommands(step.actions).map(piece =>
      'words' in piece
        ? block(hanging('… ', foldWords(piece, words), width))
        : lessonCommand(style, piece.command, piece.explain),
    ),
    ...(checks.length === 0 ? [] : [block(['', color.dim(words.thenChecked), ...checks])]),
  ].join('')
}

function commandsOf(pieces: ReturnType<typeof shownCommands>): number {
  return pieces.reduce((sum, piece) => sum + ('words' in piece ? piece.actions.length : 1), 0)
}

/** How many of the units, from the first, fit on so many rows. */
function fitting(units: readonly (readonly string[])[], rows: number, width: number): number {
  let taken = 0
  for (const [index, unit] of units.entries()) {
    taken += rowsOf(unit, width)
    if (taken > rows) return index
  }
  return units.length
}

/** Rows that lines take on a terminal that breaks what is too long for it. */
export function rowsOf(lines: readonly string[], width: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(columnsOf(line) / width)), 0)
}

/** Columns of a line with its tabs, each of which goes to the next multiple of eight. */
function columnsOf(line: string): number {
  return line
    .split('\t')
    .reduce((sum, piece, index) => (index === 0 ? 0 : Math.floor(sum / 8 + 1) * 8) + displayWidth(piece), 0)
}

/** A command as it runs, behind a prompt; never broken, so that it can be copied, but for the middle of a long text that it reads. Above it what it is for, where that is known. */
export function lessonCommand({ color, width, words }: Style, command: Command, explain?: string): string {
  const [first, ...more] = commandLines(command, words)
  const why = explain === undefined ? [] : commentLines(printable(explain), Math.min(width, proseWidth))
  return block([
    ...why.map(line => color.cyan(line)),
    `${color.green('$')} ${color.bold(first)}`,
    ...more.map(line => color.bold(line)),
  ])
}

/** A command as it can be pasted, but for the middle of a long text that it reads. */
export function commandLines(command: Command, words: Words = en): string[] {
  const [first = '', ...more] = printable(commandLine(command)).split('\n')
  return [first, ...withoutMiddle(more, shownLines.read, words)]
}

/** All that a step's folds hold, each command with what it is for. */
export function lessonFolds(style: Style, step: Step): string {
  return foldsIn(step.actions)
    .flatMap(fold => [
      block(['', ...hanging('', style.color.bold(foldWords(fold, style.words)), style.width)]),
      ...fold.actions.map(({ command, explain }) => lessonCommand(style, command, explain)),
    ])
    .join('')
}

/** What commands printed; empty where they printed nothing. The answer of a CNI plugin is the lesson, and stands there whole. */
export function lessonOutput(
  { color, words }: Style,
  output: string,
  commands: readonly Command[] = [],
): string {
  const lines = outputLines(output, commands, words)
  return lines.length === 0 ? '' : block(lines.map(line => (line === '' ? '' : color.dim(`  ${line}`))))
}

/** The lines of it that are shown. */
export function outputLines(output: string, commands: readonly Command[] = [], words: Words = en): string[] {
  const text = printable(output).trimEnd()
  if (text === '') return []
  return commands.some(({ plugin }) => plugin !== undefined) ? answerLines(text, words) : excerpt(text, words)
}

/** Lines of a plugin's answer that are shown; what a plugin is told it may answer is shorter. */
const longestAnswer = 60

/** The lines of a plugin's answer; of one that is no result, an excerpt. */
export function answerLines(text: string, words: Words = en): string[] {
  const lines = text.split('\n')
  return lines.length > longestAnswer ? excerpt(text, words) : lines
}

/** Lines that are shown from the start of something long and from its end: of what a command prints, and of what it reads. */
const shownLines = { printed: { first: 8, last: 4 }, read: { first: 20, last: 4 } }

/** The lines of a long output, without its middle. */
export function excerpt(text: string, words: Words = en): string[] {
  return withoutMiddle(text.split('\n'), shownLines.printed, words)
}

function withoutMiddle(
  lines: readonly string[],
  { first, last }: { first: number; last: number },
  words: Words,
): string[] {
  const left = lines.length - first - last
  if (left <= 1) return [...lines]
  return [...lines.slice(0, first), `… ${words.moreLines(left)} …`, ...lines.slice(-last)]
}

/** How a command failed, below the command itself, and what was left out because of it. */
export function lessonFailure(style: Style, failure: CommandFailure, left: number): string {
  return block([
    ...commandEndingLines(style, failure, 2),
    ...hanging('  ', style.color.yellow(leftOutWords(left, style.words)), style.width),
  ])
}

/** What was left out of a step because a command of it failed: so many other commands, and its checks. */
export function leftOutWords(left: number, words: Words = en): string {
  return words.leftOut(left)
}

/** A check with what was expected and what came. */
export function lessonCheck(style: Style, result: CheckResult): string {
  const { color, width, words } = style
  if (!result.ok) {
    const [first, ...rest] = checkFailureLines(style, result, 2)
    return block([`${color.red('✘')} ${first!.slice(2)}`, ...rest])
  }
  const { expected, observed, so } = labelled(words)
  return block([
    ...hanging(`${color.green('✔')} `, printable(describeAttempt(result.check, words)), width),
    ...hanging(`    ${expected}`, printable(describeExpectation(result.check, words)), width),
    ...hanging(`    ${observed}`, color.green(printable(observedWords(result, words))), width),
    ...(result.means === undefined
      ? []
      : hanging(`    ${so}`, printable(result.means), Math.min(width, proseWidth))),
  ])
}

/** What the steps have come to, at the end or where somebody leaves. */
export function lessonSummary(style: Style, plan: Plan, walked: readonly WalkedStep[]): string {
  const { color, width, words } = style
  const name = color.bold(plan.lab)
  if (walked.length === 0) return block([words.noStepRun(name)])
  const failed = walked.flatMap(({ ok, step }, index) =>
    ok ? [] : [{ number: index + 1, title: step.title }],
  )
  const commands = walked.reduce((sum, step) => sum + step.commands.length, 0)
  const checks = walked.reduce((sum, step) => sum + step.checks.length, 0)
  const unseen = walked.filter(step => step.unseen).length
  const task = walked.at(-1)?.task
  const isOpen = task !== undefined && !isReached(task.goal)
  const sums = { walked: walked.length, unseen, steps: plan.steps.length, isOpen, commands, checks }
  const verdict =
    failed.length > 0
      ? color.red(words.stepsFailed(failed.length))
      : isOpen
        ? color.yellow(words.taskOpen(task.goal.filter(({ ok }) => ok).length, task.goal.length))
        : color.green(words.allAsExpected)
  return block([
    ...hanging('', words.summary(name, sums, verdict), width, 2),
    ...failed.flatMap(({ number, title }) =>
      hanging(`${color.red('✘')} ${words.step(number)}  `, printable(title), width),
    ),
  ])
}

/** That a lab stands after its lesson, and what to do with it. */
export function renderKept(
  style: Style,
  lesson: LabInCondition,
  walked: readonly WalkedStep[],
  several: boolean,
): string {
  const { plan } = lesson
  const isWhole = walked.length === plan.steps.length
  const kept = style.words.kept(style.color.green.bold(plan.lab), isWhole ? undefined : walked.length)
  return block([
    ...hanging('', kept, style.width, 2),
    ...(isWhole ? whatToTry(style, lesson, several) : whatToDo(style, plan, several)),
  ])
}

/** Half-way through a lesson the services are not what they will be: there is nothing to verify yet. */
function whatToDo(style: Style, { lab }: Plan, several: boolean): string[] {
  const name = several ? ` ${lab}` : ''
  return tryLine(style, [`shell${name}`, `status${name}`, `down${name}`])
}

/** What a key does where the lesson waits. */
export interface LessonKey {
  key: string
  does: string
}

/** `Enter go on · b back · q quit`, without a line break behind it. */
export function keyLine({ color, width }: Style, keys: readonly LessonKey[]): string {
  const pieces = keys.map(({ key, does }) => `${color.bold(key)} ${color.dim(does)}`)
  return flow(pieces, width, 0, color.dim(' · ')).join('\n')
}
