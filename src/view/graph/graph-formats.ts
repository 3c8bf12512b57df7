import type { Graph } from '../../graph/graph.ts'
import type { PlaceChains } from '../../graph/lab-rules.ts'
import { familyName } from '../../model/address.ts'
import { printableJson } from '../printable.ts'
import type { Style } from '../terminal.ts'
import type { ChainSet } from './chosen-rules.ts'
import { renderDot } from './dot.ts'
import type { Drawing } from './drawing.ts'
import { labDrawing } from './lab-drawing.ts'
import { renderLabTree } from './lab-tree.ts'
import { renderMermaid } from './mermaid.ts'
import { ruleDrawing } from './rule-drawing.ts'
import { renderRuleTree } from './rule-tree.ts'

/** What a graph can be printed as. */
export const graphFormats = ['text', 'svg', 'mermaid', 'dot', 'json'] as const
export type GraphFormat = (typeof graphFormats)[number]

/** A lab's topology in one of the formats. */
export function renderGraph(style: Style, graph: Graph, format: GraphFormat): Promise<string> {
  if (format === 'text') return Promise.resolve(renderLabTree(style, graph))
  if (format === 'json') return Promise.resolve(printableJson(graph))
  return renderDrawing(labDrawing(graph), format)
}

/** A lab's rules in one of the formats; `service`: `namespace/name` of the only one that is told. */
export function renderRules(
  style: Style,
  lab: { name: string; found: readonly PlaceChains[] },
  format: GraphFormat,
  service?: string,
): Promise<string> {
  if (format === 'json') return Promise.resolve(printableJson({ lab: lab.name, places: lab.found }))
  const sets = chainSetsOf(lab.found)
  if (format === 'text') return Promise.resolve(renderRuleTree(style, sets, service))
  const title = service === undefined ? `The rules of ${lab.name}` : `The rules of ${service} in ${lab.name}`
  return renderDrawing(ruleDrawing(title, sets, service), format)
}

/** Chains by network namespace and family, with titles where there are several of either. */
export function chainSetsOf(found: readonly PlaceChains[]): ChainSet[] {
  const several = new Set(found.map(({ place }) => place)).size > 1
  const families = new Set(found.map(({ family }) => family)).size > 1
  return found.map(({ place, family, chains }) => ({
    title: [...(several ? [place] : []), ...(families ? [familyName(family)] : [])].join(', '),
    chains,
  }))
}

/** The layout's code is a thousand times the size of a drawing: it is read where it is needed. */
async function renderDrawing(drawing: Drawing, format: 'svg' | 'mermaid' | 'dot'): Promise<string> {
  if (format === 'mermaid') return renderMermaid(drawing)
  if (format === 'dot') return renderDot(drawing)
  const [{ layoutOf }, { renderSvg }] = await Promise.all([import('./layout.ts'), import('./svg.ts')])
  return renderSvg(await layoutOf(drawing))
}
