import { endsText } from '../../trace/ends.ts'
import type {
  ChainMet,
  ConnectionNoted,
  Ends,
  Passage,
  RouteTaken,
  RuleMet,
  TraceItem,
  TraceReport,
  Translation,
  Visit,
  Way,
} from '../../trace/report.ts'
import { evidenceLines } from '../failure.ts'
import { duration, listing, plural } from '../format.ts'
import { block, flow, hanging, padEnd } from '../layout.ts'
import { printable } from '../printable.ts'
import type { Style } from '../terminal.ts'
import { ladderLines } from './ladder.ts'

/** Columns from which on the way is drawn as a ladder, before it is told. */
const ladderWidth = 100

/** A request's way, what the client saw, and what to do next. */
export function renderTrace(style: Style, report: TraceReport): string {
  const { color, width } = style
  const { from, request, ways, notes } = report
  return block([
    ...hanging('', `${color.bold(printable(from))}: ${printable(request)}`, width),
    '',
    ...(width >= ladderWidth ? ladderLines(style, ways) : []),
    ...ways.flatMap(way => [...wayLines(style, way), '']),
    ...endLines(style, report),
    ...notes.flatMap(note => hanging(`${color.yellow('!')} `, printable(note), width)),
    ...nextLines(style, report),
  ])
}

const titles: Record<Way['direction'], string> = {
  out: 'The request',
  back: 'The answer',
  error: 'The error that is sent back',
}

function wayLines(style: Style, { direction, visits }: Way): string[] {
  const { color, width } = style
  const ends = endsAtFirst(visits)
  const title = color.bold(titles[direction])
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
      return labelled(style, 'NAT', translationWords(item), style.color.yellow)
    case 'connection':
      return labelled(style, 'entry', connectionWords(item))
    case 'chain':
      return chainLines(style, item)
  }
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

function passageWords({ link, portOf, wrapped }: Passage): string {
  const port = portOf === undefined ? '' : `, a port of ${portOf}`
  const inside = wrapped === undefined ? '' : `, inside ${endsText(wrapped)}`
  return `${link}${port}${inside}`
}

function routeWords(route: RouteTaken): string {
  if (route.kind === 'bridged') return `${route.bridge} passes it on from port to port, without a route`
  const text = route.text.replace(/ (?:uid|metric|pref|proto|table) \S+| cache| from ::(?= )/g, '').trim()
  return /^local /.test(text) ? `its own address (${text})` : text
}

/** `destination 10.100.100.100:8080 → 10.0.0.11:8080` */
function translationWords({ what, before, after, by }: Translation): string {
  const why = by === 'rule' ? '' : ', as the entry of the connection says'
  return `${what} ${before} → ${after}${why}`
}

function connectionWords({ what, original, reply, state }: ConnectionNoted): string {
  const words =
    what === 'made'
      ? `made for ${endsText(original)}; an answer is expected as ${endsText(reply)}`
      : `of ${endsText(original)} is used: the answer has come`
  return state === undefined ? words : `${words} (${state})`
}

const verdictWords: Partial<Record<ChainMet['verdict'], string>> = {
  drop: 'dropped',
  accept: 'passed',
  queue: 'given to a program',
  stolen: 'taken away',
}

function chainLines(style: Style, { table, chain, family, rules, verdict, byPolicy }: ChainMet): string[] {
  const { color, width } = style
  const named = /^ip6?$/.test(family) ? `${table} ${chain}` : `${family} ${table} ${chain}`
  const word = `${verdictWords[verdict] ?? printable(verdict)}${byPolicy ? ' by the policy' : ''}`
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

/** What a comment says, the sentence below the rule says as well. */
export function withoutComment(text: string): string {
  return text.replace(/-m comment --comment (?:"(?:[^"\\]|\\.)*"|\S+) ?/g, '').trim()
}

function endLines(style: Style, { saw, end, from, evidence, repeats }: TraceReport): string[] {
  const { color, width } = style
  if (saw.ok)
    return hanging(
      `${color.green('✔')} `,
      `${printable(saw.words)} ${color.dim(`(${duration(saw.ms)})`)}`,
      width,
    )
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
