import type { Action } from '../command/command.ts'
import { commandLine } from '../command/command-line.ts'
import type { StepQuestion } from '../model/lab.ts'
import type { Plan, Step, Task } from '../plan/plan.ts'
import { actionsOf, checksOf } from '../plan/task-steps.ts'
import { describeCheck } from './describe-check.ts'
import { plural } from './format.ts'
import { block, commentLines, hanging, wrapParagraphs } from './layout.ts'
import { printable } from './printable.ts'
import { quotedCommands } from './quoted-commands.ts'
import type { Style } from './terminal.ts'

/** A plan to read: every step with why it is there, its commands and its checks. `explain`: with a line in plain words before each command of kube-proxy. Commands are never broken, so that they paste. */
export function renderPlan(style: Style, plan: Plan, explain = false): string {
  const { color, width } = style
  const commands = plan.steps.flatMap(actionsOf).length
  const checks = plan.steps.flatMap(checksOf).length
  const tasks = plan.steps.filter(({ task }) => task !== undefined).length
  const size = [
    ...[plural(plan.steps.length, 'step'), plural(commands, 'command'), plural(checks, 'check')],
    ...(tasks === 0 ? [] : [plural(tasks, 'task')]),
  ].join(', ')
  const title = plan.title === plan.lab ? '' : `: ${printable(plan.title)}`
  const lines = hanging('', `${color.bold(plan.lab)}${title}`, width, 2)
  lines.push(color.dim(size), ...chosenLines(style, plan))
  for (const [index, step] of plan.steps.entries())
    lines.push('', ...stepLines(style, step, index, plan.steps.length, explain))
  return block(lines)
}

function chosenLines({ color, width }: Style, { chosen = [] }: Plan): string[] {
  if (chosen.length === 0) return []
  const lines = chosen.flatMap(({ of, value }) => hanging(`    ${printable(of)}  `, printable(value), width))
  return ['', color.dim('What the lab file leaves to netlab:'), ...lines]
}

function stepLines(style: Style, step: Step, index: number, total: number, explain: boolean): string[] {
  const { color, width } = style
  const lines = hanging(`${color.cyan(`${index + 1}/${total}`)} `, color.bold(printable(step.title)), width)
  if (step.why.trim() !== '') lines.push(...wrapParagraphs(printable(step.why), width, 4))
  if (step.actions.length > 0)
    lines.push('', ...step.actions.flatMap(action => promptLines(style, action, explain)))
  if (step.checks.length > 0) lines.push('')
  lines.push(...step.checks.flatMap(check => termLines(style, 'check', describeCheck(check))))
  if (step.question !== undefined) lines.push('', ...questionLines(style, step.question))
  if (step.because !== undefined) lines.push(...termLines(style, 'because', step.because))
  if (step.task !== undefined) lines.push('', ...taskLines(style, step.task, explain))
  return lines
}

function questionLines(style: Style, { ask, answers }: StepQuestion): string[] {
  const [right = '', ...others] = answers
  return [
    ...termLines(style, 'ask', ask),
    ...termLines(style, 'right', right),
    ...others.flatMap(answer => termLines(style, 'wrong', answer)),
  ]
}

/** All of a task: what it begins with and how it is solved, too. */
function taskLines(style: Style, { text, start, goal, hints, solution }: Task, explains: boolean): string[] {
  const shown = (actions: readonly Action[]) =>
    actions.flatMap(action => promptLines(style, action, explains))
  return [
    ...termLines(style, 'task', text),
    ...goal.flatMap(check => termLines(style, 'goal', describeCheck(check))),
    ...hints.flatMap(hint => hintLines(style, hint)),
    ...(start.length === 0 ? [] : ['', '    start', ...shown(start)]),
    ...['', '    solution', ...shown(solution)],
  ]
}

function hintLines(style: Style, hint: string): string[] {
  const commands = quotedCommands(printable(hint))
  return [
    ...termLines(style, 'hint', hint),
    ...commands.map(command => `            ${style.color.cyan(command)}`),
  ]
}

function termLines({ width }: Style, term: string, text: string): string[] {
  return hanging(`    ${term}  `, printable(text), width)
}

function promptLines({ color, width }: Style, { command, explain }: Action, explains: boolean): string[] {
  const why = explains && explain !== undefined ? commentLines(printable(explain), width, 4) : []
  const [first, ...more] = printable(commandLine(command)).split('\n')
  // A here-document's lines stand at the margin, where a shell wants its end word.
  return [...why, `    ${color.dim('$')} ${first}`, ...more]
}
