import { commandLine } from '../command/command-line.ts'
import type { Change } from '../plan/change.ts'
import type { ApplyReport } from '../run/apply.ts'
import type { PlannedApply } from '../run/events.ts'
import { duration, plural } from './format.ts'
import { block, hanging, wrapParagraphs } from './layout.ts'
import { printable, printableJson } from './printable.ts'
import type { Style } from './terminal.ts'

/** What an apply is going to do: in words, then as commands that can be pasted into the lab's shell. */
export function renderDifference(style: Style, { lab, difference, stages }: PlannedApply): string {
  const { color, width } = style
  const lines = hanging('', `${color.bold(lab)}: ${plural(difference.changes.length, 'change')}`, width, 2)
  lines.push(...difference.changes.flatMap(change => changeLines(style, change)))
  for (const [index, { step, ends, rules }] of stages.entries()) {
    lines.push(
      '',
      ...hanging(`${color.cyan(`${index + 1}/${stages.length}`)} `, color.bold(printable(step.title)), width),
    )
    lines.push(...wrapParagraphs(printable(step.why), width, 4), '')
    lines.push(...ends.map(pod => `    ${color.dim('#')} ${color.dim(`the programs of ${pod} end`)}`))
    const commands = [...step.actions.map(action => action.command), ...(rules?.flushes ?? [])]
    for (const command of commands) {
      const [first, ...more] = printable(commandLine(command)).split('\n')
      lines.push(`    ${color.dim('$')} ${first}`, ...more)
    }
  }
  return block(lines)
}

/** What came of an apply, in a line. */
export function renderApplied(style: Style, report: ApplyReport, file: string): string {
  const { color, width } = style
  const name = color.green.bold(report.lab)
  const source = printable(file)
  const count = plural(report.difference.changes.length, 'change')
  const words =
    report.stages.length === 0 && report.difference.changes.length === 0
      ? `${name} is as ${source} says; nothing to do`
      : report.dryRun
        ? `${color.bold(report.lab)} would get ${count}; nothing has been done`
        : `${name} is as ${source} says now: ${count} in ${duration(report.ms)}`
  const flushed = report.flushed.filter(({ connections }) => connections > 0)
  const told = flushed.flatMap(({ command, connections }) =>
    hanging('', `${plural(connections, 'UDP connection')} flushed: ${printable(command)}`, width, 2),
  )
  return block([...told, ...hanging('', words, width, 2)])
}

/** `apply --json`: keys that scripts rely on. */
export function renderApplyJson(report: ApplyReport): string {
  const { lab, ok, dryRun, ms, difference, stages, steps, flushed } = report
  const told = stages.map(({ step, ends, rules }, index) => ({
    title: step.title,
    ...(steps[index] === undefined ? {} : { ok: steps[index].ok }),
    ends,
    commands: [...step.actions.map(action => action.command), ...(rules?.flushes ?? [])].map(commandLine),
  }))
  const json = {
    lab,
    ok,
    dryRun,
    ms: Math.round(ms * 10) / 10,
    changes: difference.changes,
    steps: told,
    flushed,
  }
  return printableJson(json)
}

function changeLines({ color, width }: Style, { kind, name, change, details }: Change): string[] {
  const marks = {
    added: color.green('+'),
    removed: color.red('-'),
    changed: color.yellow('~'),
    replaced: color.yellow('±'),
    restarted: color.yellow('↻'),
  }
  const what = kind === 'lab' ? 'the lab' : `${kind} ${name}`
  const word = change === 'replaced' || change === 'restarted' ? ` is ${change}` : ''
  const about = details.length === 0 ? '' : `: ${details.join('; ')}`
  return hanging(`  ${marks[change]} `, printable(`${what}${word}${about}`), width, 6)
}
