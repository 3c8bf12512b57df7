import { commandLine } from '../command/command-line.ts'
import type { GoneOn, TaskReport, TaskStanding } from '../lesson/tasks.ts'
import type { Task } from '../plan/plan.ts'
import type { LabProgress, OpenTask } from '../run/report.ts'
import type { CheckResult } from '../verify/report.ts'
import { describeAttempt, describeCheck } from './describe-check.ts'
import { checkFailureLines, observedWords, tryLines } from './failure.ts'
import { plural } from './format.ts'
import { block, hanging, wrapParagraphs } from './layout.ts'
import { printable } from './printable.ts'
import { quotedCommands } from './quoted-commands.ts'
import type { Style } from './terminal.ts'

/** Text to read is easier in lines that are not too long. */
const proseWidth = 80

/** A task that waits: what is to be reached, how far that is, what to type. `lab`: its name, where commands must say it. */
export function openTaskLines(style: Style, open: OpenTask, lab: string | undefined): string[] {
  return [
    ...taskHeadLines(style, open),
    '',
    ...goalLines(style, open.goal),
    '',
    ...tryLines(style, taskCommands(open.task.hints.length, lab)),
  ]
}

/** Which step a task is of, and what is to be reached. */
function taskHeadLines(style: Style, { index, of, step, task }: Omit<OpenTask, 'goal'>): string[] {
  const { color, width } = style
  const heading = `${color.bold(`Task, step ${index + 1} of ${of}:`)} ${printable(step.title)}`
  const { why } = step
  return [
    ...hanging('', heading, width, 2),
    ...(why.trim() === '' ? [] : wrapParagraphs(printable(why), Math.min(width, proseWidth), 2)),
    ...taskTextLines(style, task),
  ]
}

/** What helps with a task of which so many hints are left. */
function taskCommands(hints: number, lab: string | undefined): string[] {
  const name = lab === undefined ? '' : ` ${lab}`
  return [
    `netlab shell${name}`,
    `netlab task check${name}`,
    ...(hints === 0 ? [] : [`netlab task hint${name}`]),
    `netlab task solve${name}`,
  ]
}

/** How the tasks of a lab stand: the open one, what its goal came to when it was last tried, the help that was given, what to type. `several`: as in `renderTask`. */
export function renderTaskStanding(style: Style, standing: TaskStanding, several: boolean): string {
  const { lab, tasks, left, open, lesson } = standing
  if (open === undefined) {
    const done = tasks === 1 ? `the task of ${lab} is done` : `the tasks of ${lab} are done`
    const words =
      left === 0 ? done : `no task of ${lab} is open at this step; ${left} of ${tasks} are to be done`
    return block(hanging('', words, style.width, 2))
  }
  const { task, state } = open
  const helped = [
    ...(task.hints.length === 0 ? [] : [`${state.hints} of ${plural(task.hints.length, 'hint')} given`]),
    ...(state.solved ? ['the solution was shown'] : []),
  ]
  return block([
    ...taskHeadLines(style, open),
    '',
    ...lastTriedLines(style, open),
    ...(helped.length === 0 ? [] : ['', ...hanging('', helped.join(', '), style.width)]),
    '',
    ...(lesson === undefined
      ? tryLines(style, taskCommands(task.hints.length - state.hints, several ? lab : undefined))
      : hanging(
          '',
          `A lesson has it (process ${lesson}): there the keys s, c, h and x open a shell, check, give a hint and solve.`,
          style.width,
        )),
  ])
}

function lastTriedLines(style: Style, { task, state }: NonNullable<TaskStanding['open']>): string[] {
  const { color, width } = style
  const marked = (held: boolean | undefined) =>
    held === undefined ? '· ' : held ? `${color.green('✔')} ` : `${color.red('✘')} `
  return [
    state.held === undefined ? 'The goal, which nobody has tried yet:' : 'The goal, when it was last tried:',
    ...task.goal.flatMap((check, index) =>
      hanging(marked(state.held?.[index]), printable(describeCheck(check)), width),
    ),
  ]
}

/** What is to be reached. */
export function taskTextLines({ color, width }: Style, { text }: Task): string[] {
  return wrapParagraphs(printable(text), Math.min(width, proseWidth), 2).map(line => color.yellow(line))
}

/** How far a goal is: what holds in a line, what does not with what was seen. */
export function goalLines(style: Style, goal: readonly CheckResult[]): string[] {
  return goal.flatMap(result => goalLine(style, result))
}

function goalLine(style: Style, result: CheckResult): string[] {
  const { color, width, words } = style
  if (result.ok)
    return hanging(
      `${color.green('✔')} `,
      printable(words.seen(describeAttempt(result.check, words), observedWords(result, words))),
      width,
    )
  const { evidence: _, ...seen } = result
  const [first = '', ...more] = checkFailureLines(style, seen, 2)
  return [`${color.red('✘')} ${first.slice(2)}`, ...more]
}

/** How far a goal is, in words. */
export function goalWords({ words }: Style, goal: readonly CheckResult[]): string {
  const held = goal.filter(({ ok }) => ok).length
  return held === goal.length ? words.goalReached : words.goalNotReached(held, goal.length)
}

/** What came of a look at a task, and of the steps after it. `several`: other labs run too, so that commands must name this one. */
export function renderTask(style: Style, report: TaskReport, several: boolean): string {
  const { color, width } = style
  const { lab, goal, state, task, after } = report
  const name = several ? ` ${lab}` : ''
  const mark = state.reached ? color.green('✔') : color.red('✘')
  const lines = [
    ...goalLines(style, goal),
    '',
    ...hanging(`${mark} `, color.bold(goalWords(style, goal)), width),
  ]
  if (after === undefined) {
    const hints = task.hints.length - state.hints
    return block([
      ...lines,
      ...tryLines(style, [
        `netlab shell${name}`,
        ...(hints === 0 ? [] : [`netlab task hint${name}`]),
        `netlab task solve${name}`,
      ]),
    ])
  }
  return block([...lines, ...thenLines(style, lab, after, several)])
}

function thenLines(
  style: Style,
  lab: string,
  { steps, task, stopped, plan }: GoneOn,
  several: boolean,
): string[] {
  const { width } = style
  const name = several ? ` ${lab}` : ''
  if (stopped !== undefined) return []
  const ran = steps.length === 0 ? [] : hanging('', `${plural(steps.length, 'more step')} run`, width)
  if (task !== undefined) return [...ran, '', ...openTaskLines(style, task, several ? lab : undefined)]
  return [
    ...ran,
    ...hanging('', `all ${plan.steps.length} steps of ${lab} are done`, width),
    ...tryLines(style, [`netlab verify${name}`, `netlab down${name}`]),
  ]
}

/** `step 5 of 7; its task is open, 1 hint of 2 was given` */
export function progressWords({ steps, of, task }: LabProgress): string {
  const where = steps === 0 ? `none of ${plural(of, 'step')} has run` : `step ${steps} of ${of}`
  if (task === undefined) return where
  if (task.reached) return `${where}, its task is done`
  const used = [
    ...(task.hints === 0 ? [] : [`${plural(task.hints, 'hint')} given`]),
    ...(task.solved ? ['the solution was shown'] : []),
  ]
  return `${where}, its task is open${used.length === 0 ? '' : ` (${used.join(', ')})`}`
}

/** A hint, how many there are, and each command that it quotes on a line of its own, which pastes. */
export function renderHint(
  { color, width, words }: Style,
  { hint, given, of }: { hint: string | undefined; given: number; of: number },
): string {
  if (hint === undefined) return block([words.noHints])
  const lead = color.bold(words.hint(given, of))
  return block([
    ...hanging('', `${lead} ${printable(hint)}`, Math.min(width, proseWidth), 2),
    ...quotedCommands(printable(hint)).map(command => `    ${color.cyan(command)}`),
  ])
}

/** What a shell on the host of a lab whose task is open says first. `hint`: what gives one. */
export function renderTaskShell({ color, width, words }: Style, lab: string, hint: string): string {
  return block(hanging('', words.shellAtTask(lab, color.cyan(hint)), width))
}

/** The commands of a solution, as they can be pasted into a shell in the lab. */
export function renderSolution({ color, words }: Style, { solution }: Task): string {
  return block([
    color.bold(words.solution),
    ...solution.map(({ command }) => `  ${color.dim('$')} ${printable(commandLine(command))}`),
    '',
  ])
}

/** Why nobody says what is wrong with a lab. */
export const whyNot = 'Its task is open: to find out why is a part of it.'

/** Of a lab whose task is open: why nobody says what is wrong with it. */
export function renderWhyNot(style: Style, lab: string): string {
  return block(whyNotLines(style, lab))
}

/** The same, to stand among other lines. */
export function whyNotLines({ color, width }: Style, lab: string): string[] {
  const words = `${whyNot} ${color.cyan(`netlab task hint ${lab}`)} helps.`
  return hanging('', words, width)
}
