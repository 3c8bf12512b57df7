import { withoutComment } from '../../trace/texts.ts'
import type { ManyReport } from '../../trace/trace-many.ts'
import type { Branch, ChainTree } from '../../trace/tree.ts'
import { percentage, plural, thousands } from '../format.ts'
import { hanging } from '../layout.ts'
import { px, svgDocument, svgText, textWidth } from '../svg.ts'
import { pictureStyle } from './picture-style.ts'
import { chainName } from './words.ts'

/** Pixels: around all, of a whole bar, from a line of text to the next, and that a rule of a chain stands further in than the chain. */
const margin = 24
const barWidth = 120
const lineHeight = 16
const step = 18
/** Characters of a line; a longer word is not broken. */
const lineWidth = 84

/** A line of the tree; with a bar where requests are counted. */
interface Line {
  kind: 'name' | 'detail' | 'rule' | 'off' | 'came' | 'wanted'
  text: string
  depth: number
  count?: number
  /** How many there should be. */
  expected?: number
  /** Stands off from what is above. */
  gap?: true
}

/** The ways of many requests as a picture: the chains with how many requests each branch took, beside how many it should have taken. */
export function renderTreePicture(report: ManyReport): string {
  const { from, request, requests, chains, lab } = report
  const title = `${lab}, ${from}: ${plural(requests, 'time')} ${request}`
  const lines = [...chains.flatMap((chain, at) => chainLines(chain, chains[at - 1])), ...endLines(report)]
  const textLeft = margin + textWidth(thousands(requests), 'small') + 10 + barWidth + 14
  const left = (line: Line) => textLeft + line.depth * step
  const width = Math.max(
    margin + textWidth(title, 'normal'),
    ...lines.map(line => left(line) + textWidth(line.text, line.kind === 'name' ? 'normal' : 'small')),
  )
  let y = 44
  const parts = lines.flatMap(line => {
    y += lineHeight + (line.gap === true ? 10 : 0)
    return [...barParts(line, requests, textLeft, y), svgText(line.kind, line.text, left(line), y)]
  })
  return svgDocument({ title, width: width + margin, height: y + margin }, pictureStyle, [
    svgText('name', title, margin, 26),
    ...parts,
  ])
}

function chainLines(tree: ChainTree, before: ChainTree | undefined): Line[] {
  const { place, chain, count, dropped, branches } = tree
  const lost = dropped === 0 ? '' : `, ${thousands(dropped)} dropped`
  return [
    ...(before?.place === place ? [] : [{ kind: 'name', text: place, depth: 0, gap: true } as const]),
    { kind: 'name', text: `${chainName(tree, chain)}${lost}`, depth: 1, count },
    ...branches.flatMap(branch => branchLines(branch, count, 2)),
  ]
}

/** Jumps to chains where nothing takes a packet are left out. */
function branchLines(
  { number, text = '', explain, to, count, expected, inside }: Branch,
  came: number,
  depth: number,
): Line[] {
  if (to !== undefined && inside.length === 0) return []
  // One rule with a map leads to several chains.
  const shown = to !== undefined && / vmap /.test(text) ? `${text} → ${to}` : text
  const [first = '', ...more] = hanging('', `${number ?? '?'}  ${withoutComment(shown)}`, lineWidth, 3)
  const share =
    expected === undefined ? [] : [`${percentage(count / came)}, should be ${percentage(expected / came)}`]
  return [
    { kind: 'rule', text: first, depth, count, ...(expected === undefined ? {} : { expected }) },
    ...more.map(line => ({ kind: 'rule', text: line, depth: depth + 1 }) as const),
    ...share.map(line => ({ kind: 'wanted', text: line, depth: depth + 1 }) as const),
    ...(explain === undefined ? [] : hanging('', explain, lineWidth)).map(
      line => ({ kind: 'detail', text: line, depth: depth + 1 }) as const,
    ),
    ...inside.flatMap(branch => branchLines(branch, count, depth + 1)),
  ]
}

function endLines({ requests, failed, answers, notes }: ManyReport): Line[] {
  const off = failed === 0 ? '' : `; ${plural(failed, 'request')} failed`
  const kind = failed === 0 ? 'came' : 'off'
  return [
    { kind, text: `${failed === 0 ? '✔' : '✘'} ${plural(requests, 'request')}${off}`, depth: 0, gap: true },
    ...Object.entries(answers).map(
      ([pod, count]): Line => ({
        kind: 'rule',
        text: `${pod} ${percentage(count / requests)}`,
        depth: 1,
        count,
      }),
    ),
    ...notes
      .flatMap(note => hanging('! ', note, lineWidth))
      .map(text => ({ kind: 'detail', text, depth: 0 }) as const),
  ]
}

/** How many, as a number and as a bar, with a mark where there should be how many. */
function barParts({ count, expected }: Line, requests: number, textLeft: number, y: number): string[] {
  if (count === undefined) return []
  const x = textLeft - 14 - barWidth
  const along = (value: number) => px(Math.min(1, value / requests) * barWidth)
  return [
    svgText('detail', thousands(count), x - 10, y, 'end'),
    `<g class="share"><rect class="room" x="${px(x)}" y="${px(y - 9)}" width="${barWidth}" height="10"/>`,
    `<rect x="${px(x)}" y="${px(y - 9)}" width="${along(count)}" height="10"/></g>`,
    ...(expected === undefined
      ? []
      : [`<path class="wanted" d="M${px(x + Number(along(expected)))} ${px(y - 12)} v16"/>`]),
  ]
}
