import { endsText } from '../../trace/ends.ts'
import type {
  ChainMet,
  Ends,
  RuleMet,
  TraceItem,
  TraceReport,
  Translation,
  Visit,
  Way,
} from '../../trace/report.ts'
import { withoutComment } from '../../trace/texts.ts'
import { evidenceLines } from '../failure.ts'
import { duration, listing, plural } from '../format.ts'
import { block, flow, hanging, padEnd } from '../layout.ts'
import { printable } from '../printable.ts'
import { whyNotLines } from '../task-lines.ts'
import type { Style } from '../terminal.ts'
import { ladderLines } from './ladder.ts'
import {
  byConnection,
  chainName,
  connectionWords,
  passageWords,
  routeWords,
  translationWords,
  verdictText,
  wayTitles,
} from './words.ts'

/** Columns from which on the way is drawn as a ladder, before it is told. */
const ladderWidth = 100

/** A request's way, what the client saw, and what to do next. */
export function renderTrace(style: Style, report: TraceReport): string {
  const { lab, unexplained } = report
  return block([
    ...traceLines(style, report),
    ...(unexplained === true ? ['', ...whyNotLines(style, lab)] : []),
    ...nextLines(style, report),
  ])
}

/** A request's way, and what the client saw. */
export function traceLines(style: Style, report: TraceReport): string[] {
  const { color, width } = style
  const { from, request, ways, notes } = report
  return [
    ...hanging('', `${color.bold(printable(from))}: ${printable(request)}`, width),
    '',
    ...(width >= ladderWidth ? ladderLines(style, ways) : []),
    ...ways.flatMap(way => [...wayLines(style, way), '']),
    ...endLines(style, report),
    ...notes.flatMap(note => hanging(`${color.yellow('!')} `, printable(note), width)),
  ]
}

function wayLines(style: Style, { direction, visits }: Way): string[] {
  const { color, width } = style
  const ends = endsAtFirst(visits)
  const title = color.bold(wayTitles[direction])
  return [
    ...hanging('', ends === undefined ? title : `${title}: ${printable(endsText(ends))}`, width, 2),
    ...visits.flatMap(visit => visitLines(style, visit)),
  ]
}

function endsAtFirst(visits: readonly Visit[]): Ends | undefined {
  for (const { items } of visits)
    for (const item of items)
      if (item.kind === 'in' || item.kind === 'out' || item.kind === 'chain') return item.ends
  return undefined
}

function visitLines(style: Style, { place, items }: Visit): string[] {
  return [style.color.cyan.bold(printable(place)), ...items.flatMap(item => itemLines(style, item))]
}

function itemLines(style: Style, item: TraceItem): string[] {
  switch (item.kind) {
    case 'in':
    case 'out':
      return labelled(style, item.kind, passageWords(item))
    case 'route':
    case 'bridged':
      return labelled(style, item.kind === 'route' ? 'route' : 'bridge', routeWords(item))
    case 'translation':
      return labelled(style, 'NAT', natWords(item), style.color.yellow)
    case 'connection':
      return labelled(style, 'entry', connectionWords(item))
    case 'chain':
      return chainLines(style, item)
  }
}

function natWords(change: Translation): string {
  const words = translationWords(change)
  return change.by === 'rule' ? words : `${words}, ${byConnection}`
}

/** Columns of the longest label, with what stands before and behind it. */
const labelWidth = 10

function labelled(
  { color, width }: Style,
  label: string,
  words: string,
  paint = (text: string) => text,
): string[] {
  const lead = `  ${color.dim(padEnd(label, labelWidth - 2))}`
  return hanging(lead, paint(printable(words)), width, labelWidth)
}

function chainLines(style: Style, met: ChainMet): string[] {
  const { color, width } = style
  const { chain, rules, verdict } = met
  const named = chainName(met, chain)
  const word = printable(verdictText(met))
  const shown = verdict === 'drop' ? color.red(word) : color.dim(word)
  return [
    ...hanging('  ', `${color.bold(printable(named))}: ${shown}`, width, 4),
    ...ruleLines(style, rules, 4),
  ]
}

/** A jump to a chain where nothing takes the packet says little: such ones are told together. */
function ruleLines(style: Style, rules: readonly RuleMet[], indent: number): string[] {
  const { color, width } = style
  const isVain = ({ to, inside = [] }: RuleMet) => to !== undefined && inside.length === 0
  const vain = rules.filter(isVain)
  const told = rules.filter(rule => !isVain(rule))
  const names = listing(
    vain.map(({ to = '' }) => printable(to)),
    'and',
  )
  const margin = ' '.repeat(Math.min(indent, Math.floor(width / 4)))
  return [
    ...(vain.length === 0 ? [] : hanging(margin, color.dim(`in ${names} no rule takes it`), width)),
    ...told.flatMap(rule => oneRuleLines(style, rule, indent)),
  ]
}

function oneRuleLines(
  style: Style,
  { number, text, explain, verdict, inside = [] }: RuleMet,
  indent: number,
): string[] {
  const { color, width } = style
  const margin = ' '.repeat(Math.min(indent, Math.floor(width / 4)))
  const lead = `${margin}${number ?? '?'}  `
  const words = text === undefined ? 'a rule that is not there any more' : printable(withoutComment(text))
  const isDropped = verdict === 'drop'
  return [
    ...hanging(lead, isDropped ? color.red(words) : words, width),
    ...(explain === undefined ? [] : hanging(' '.repeat(lead.length), color.dim(printable(explain)), width)),
    ...ruleLines(style, inside, indent + 2),
  ]
}

function endLines(style: Style, { saw, end, from, evidence, repeats }: TraceReport): string[] {
  const { color, width } = style
  if (saw.ok)
    return [
      ...hanging(
        `${color.green('✔')} `,
        `${printable(saw.words)} ${color.dim(`(${duration(saw.ms)})`)}`,
        width,
      ),
      ...(evidence === undefined ? [] : hanging('  ', 'but not as it should be:', width)),
      ...evidenceLines(style, evidence, 2),
    ]
  const again =
    repeats === 0 ? '' : `; ${printable(from)} sends its first packet ${plural(repeats, 'more time')}`
  return [
    ...hanging(`${color.red('✘')} `, color.bold(printable(end.words)), width),
    ...hanging('  ', `what ${printable(from)} sees: ${printable(saw.words)}${again}`, width),
    ...evidenceLines(style, evidence, 2),
  ]
}

function nextLines({ color, width }: Style, { from, request, saw, lab }: TraceReport): string[] {
  const curl = /^curl (.*)$/.exec(request)?.[1]
  const again = curl === undefined ? [] : [`netlab exec ${lab} --in ${from} -- curl ${curl}`]
  const next = saw.ok
    ? [...again, `netlab verify ${lab}`]
    : [`netlab verify ${lab}`, `netlab shell ${lab} ${from}`]
  const [first = '', ...rest] = next.map(command => color.cyan(printable(command)))
  return ['', ...flow([`Try:  ${first}`, ...rest], width, 6, ' · ')]
}
