import type { ShownRule } from '../../dataplane/dataplane.ts'
import { plural, rate, thousands } from '../format.ts'
import { block, padStart, widest } from '../layout.ts'
import { printable } from '../printable.ts'
import type { Style } from '../terminal.ts'
import {
  type ChainSet,
  type ChosenChain,
  chainKey,
  chosenChains,
  rootsOf,
  shareWords,
  unreached,
} from './chosen-rules.ts'
import { type TreeNode, treeLines } from './tree.ts'

/** The chains of rules for the terminal: each hook with what packets meet from there on, and how many packets have met it. */
export function renderRuleTree(style: Style, sets: readonly ChainSet[], service?: string): string {
  return block(sets.flatMap((set, at) => [...(at === 0 ? [] : ['']), ...setLines(style, set, service)]))
}

function setLines(style: Style, { title, chains }: ChainSet, service: string | undefined): string[] {
  const { color } = style
  const chosen = chosenChains(chains, service)
  const columns = counterColumns(chains)
  const margin = columns.packets + columns.rate
  const page: Page = { style, chosen, told: new Set(), columns }
  const roots = rootsOf(chosen)
  const trees = roots.map(root => ({ table: root.chain.table, tree: rootNode(page, root) }))
  const loose = unreached(chosen)
  const tables = [...new Set(trees.map(({ table }) => table))]
  const head = margin === 0 ? '' : color.dim(`${counterText(columns, packetsHead, rateHead)} `)
  const lines = tables.flatMap((table, at) => [
    ...(at === 0 ? [] : ['']),
    `${at === 0 ? head : ''}${color.bold.cyan(`table ${printable(table)}`)}`,
    ...trees.filter(each => each.table === table).flatMap(({ tree }) => treeLines(style, tree, margin)),
  ])
  const unused = loose.map(({ chain }) => printable(chain.name))
  return [
    ...(title === '' ? [] : [color.bold(printable(title))]),
    ...(lines.length === 0 ? ['no rules'] : lines),
    ...(unused.length === 0 ? [] : ['', color.dim(`No rule leads to: ${unused.join(', ')}`)]),
  ]
}

const packetsHead = 'packets'
const rateHead = '/s'

/** How wide the columns before the tree are, with a blank behind each; 0: nobody has counted, or looked twice. */
interface CounterColumns {
  packets: number
  rate: number
}

function counterColumns(chains: ChainSet['chains']): CounterColumns {
  const rules = chains.flatMap(({ rules }) => rules)
  const packets = rules.flatMap(rule => (rule.packets === undefined ? [] : [thousands(rule.packets)]))
  const rates = rules.flatMap(rule => (rule.perSecond === undefined ? [] : [rate(rule.perSecond)]))
  const columns = (texts: readonly string[], head: string) =>
    texts.length === 0 ? 0 : widest([...texts, head]) + 1
  return { packets: columns(packets, packetsHead), rate: columns(rates, rateHead) }
}

/** What stands before a line of the tree, without the last blank. */
function counterText({ packets, rate }: CounterColumns, count: string, perSecond: string): string {
  return `${padStart(count, packets - 1)}${rate === 0 ? '' : ` ${padStart(perSecond, rate - 1)}`}`
}

/** What the functions below draw on. */
interface Page {
  style: Style
  chosen: ReadonlyMap<string, ChosenChain>
  /** Chains that have been told. */
  told: Set<string>
  columns: CounterColumns
}

function rootNode(page: Page, root: ChosenChain): TreeNode {
  const { color } = page.style
  const { name, policy } = root.chain
  const end =
    policy === undefined || policy === 'ACCEPT' ? [] : [color.yellow(`the rest: ${printable(policy)}`)]
  return { pieces: [color.bold(printable(name)), ...end], children: ruleNodes(page, root) }
}

function ruleNodes(page: Page, { chain, rules, left }: ChosenChain): TreeNode[] {
  const { color } = page.style
  const rest = left === 0 ? [] : [{ pieces: [color.dim(`… ${plural(left, 'more rule')}`)], children: [] }]
  return [...rules.map((rule, at) => ruleNode(page, chain.table, rule, shareWords(rules, at))), ...rest]
}

function ruleNode(page: Page, table: string, rule: ShownRule, share: string): TreeNode {
  const { color } = page.style
  const { match, verdict, to, packets, perSecond } = rule
  const key = to === undefined ? undefined : chainKey({ table, name: to })
  const target = key === undefined ? undefined : page.chosen.get(key)
  const isTold = key !== undefined && page.told.has(key)
  const opens = target !== undefined && !isTold && target.rules.length > 0
  if (opens) page.told.add(key!)
  // Where nothing happens nothing stands, so that the rest is seen.
  const last = perSecond === undefined || perSecond === 0 ? '' : rate(perSecond)
  return {
    ...(packets === undefined ? {} : { margin: counterText(page.columns, thousands(packets), last) }),
    pieces: [
      ...(share === '' ? [] : [color.yellow(share)]),
      ...(match === '' ? (share === '' ? ['all'] : []) : printable(match).split(' ')),
      ...(to === undefined
        ? [color.bold(`→ ${printable(verdict)}`)]
        : [
            `→ ${color.bold(printable(to))}`,
            ...(isTold && target!.rules.length > 0 ? [color.dim('(above)')] : []),
          ]),
    ],
    children: opens ? ruleNodes(page, target) : [],
  }
}
