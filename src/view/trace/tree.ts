import { withoutComment } from '../../trace/texts.ts'
import type { ManyReport } from '../../trace/trace-many.ts'
import type { Branch, ChainTree } from '../../trace/tree.ts'
import { percentage, plural, thousands } from '../format.ts'
import { block, flow, hanging, padStart } from '../layout.ts'
import { printable } from '../printable.ts'
import type { Style } from '../terminal.ts'
import { chainName } from './words.ts'

/** The ways of many requests, laid over each other: how many each branch took, and how many it should have taken. */
export function renderTree(style: Style, report: ManyReport): string {
  const { color, width } = style
  const { from, request, requests, failed, answers, chains, notes, lab } = report
  const columns = thousands(requests).length
  const mark = failed === 0 ? color.green('✔') : color.red('✘')
  const told = Object.entries(answers).map(
    ([pod, count]) => `${printable(pod)} ${thousands(count)} (${percentage(count / requests)})`,
  )
  const off = failed === 0 ? '' : `; ${plural(failed, 'request')} failed`
  return block([
    ...hanging(
      '',
      `${color.bold(printable(from))}: ${plural(requests, 'time')} ${printable(request)}`,
      width,
    ),
    '',
    ...chains.flatMap((chain, at) => chainLines(style, chain, chains[at - 1], columns)),
    '',
    ...hanging(`${mark} `, `${plural(requests, 'request')}${off}`, width),
    ...told.flatMap(line => hanging('  ', line, width)),
    ...notes.flatMap(note => hanging(`${color.yellow('!')} `, printable(note), width)),
    '',
    ...flow(
      [`Try:  ${color.cyan(printable(`netlab verify ${lab}`))}`, color.cyan('netlab trace --help')],
      width,
      6,
      ' · ',
    ),
  ])
}

function chainLines(
  style: Style,
  { place, family, table, chain, count, dropped, branches }: ChainTree,
  before: ChainTree | undefined,
  columns: number,
): string[] {
  const { color, width } = style
  const named = chainName({ family, table }, chain)
  const lost = dropped === 0 ? '' : color.red(`, ${thousands(dropped)} dropped`)
  return [
    ...(before?.place === place ? [] : [color.cyan.bold(printable(place))]),
    ...hanging(
      `${color.dim(padStart(thousands(count), columns))}  `,
      `${color.bold(printable(named))}${lost}`,
      width,
      columns + 2,
    ),
    ...branches.flatMap(branch => branchLines(style, branch, count, columns, 2)),
  ]
}

/** Jumps to chains where nothing takes a packet are left out. */
function branchLines(
  style: Style,
  { number, text = '', explain, to, count, expected, inside }: Branch,
  came: number,
  columns: number,
  indent: number,
): string[] {
  const { color, width } = style
  if (to !== undefined && inside.length === 0) return []
  const margin = ' '.repeat(Math.min(indent, Math.floor(width / 4)))
  const lead = `${padStart(thousands(count), columns)}  ${margin}${number ?? '?'}  `
  const share =
    expected === undefined
      ? ''
      : color.yellow(`  ${percentage(count / came)}, should be ${percentage(expected / came)}`)
  // One rule with a map leads to several chains.
  const shown = to !== undefined && / vmap /.test(text) ? `${text} → ${to}` : text
  return [
    ...hanging(lead, `${printable(withoutComment(shown))}${share}`, width),
    ...(explain === undefined ? [] : hanging(' '.repeat(lead.length), color.dim(printable(explain)), width)),
    ...inside.flatMap(branch => branchLines(style, branch, count, columns, indent + 2)),
  ]
}
