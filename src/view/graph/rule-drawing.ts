import type { ShownRule } from '../../dataplane/dataplane.ts'
import { plural, thousands } from '../format.ts'
import {
  type ChainSet,
  type ChosenChain,
  chainKey,
  chosenChains,
  rootsOf,
  shareWords,
} from './chosen-rules.ts'
import type { Box, Drawing, Line, Row } from './drawing.ts'

/** The chains of rules as boxes, from the kernel's hooks on the left to where packets end; each jump is a line from its rule. */
export function ruleDrawing(title: string, sets: readonly ChainSet[], service?: string): Drawing {
  const parts = sets.map((set, at) => setParts(set, `${at}`, service))
  return {
    ...{ title, direction: 'right' },
    boxes: parts.flatMap(({ boxes }) => boxes),
    lines: parts.flatMap(({ lines }) => lines),
  }
}

function setParts({ title, chains }: ChainSet, set: string, service: string | undefined) {
  const chosen = chosenChains(chains, service)
  const drawn: ChosenChain[] = []
  const visit = (found: ChosenChain | undefined) => {
    if (found === undefined || drawn.includes(found)) return
    drawn.push(found)
    for (const { to } of found.rules)
      if (to !== undefined) visit(chosen.get(chainKey({ table: found.chain.table, name: to })))
  }
  for (const root of rootsOf(chosen)) visit(root)
  const shown = drawn.filter(({ chain, rules }) => chain.isHook || rules.length > 0)
  const said = saidChains(shown)
  const isDrawn = (key: string) => shown.some(({ chain }) => chainKey(chain) === key) && !said.has(key)
  return {
    boxes: shown.map(each => chainBox(each, set, title, isDrawn)),
    lines: shown.flatMap(each => jumpLines(each, set, isDrawn)),
  }
}

/** More lines than this to a chain of one rule say less than its name. */
const mostLines = 2

/** Chains of one rule to which very many lead, KUBE-MARK-MASQ above all: they are named where they are meant. */
function saidChains(shown: readonly ChosenChain[]): ReadonlySet<string> {
  const uses = new Map<string, number>()
  for (const { chain, rules } of shown)
    for (const { to } of rules) {
      const key = chainKey({ table: chain.table, name: to ?? '' })
      uses.set(key, (uses.get(key) ?? 0) + 1)
    }
  return new Set(
    shown
      .filter(({ chain, rules }) => rules.length === 1 && rules[0]!.to === undefined && !chain.isHook)
      .map(({ chain }) => chainKey(chain))
      .filter(key => (uses.get(key) ?? 0) > mostLines),
  )
}

function idOf(set: string, key: string): string {
  return `chain ${set} ${key}`
}

function chainBox(
  { chain, rules, left }: ChosenChain,
  set: string,
  title: string,
  isDrawn: (key: string) => boolean,
): Box {
  const { table, name, isHook, policy = 'ACCEPT' } = chain
  const heading = [name, ...(isHook ? [`(${table})`, ...(title === '' ? [] : [title])] : [])].join(' ')
  return {
    ...{
      id: idOf(set, chainKey(chain)),
      kind: isHook ? 'hook' : 'chain',
      children: [],
      isOff: false,
      hasRowEnds: true,
    },
    rows: [
      { kind: 'name', text: heading },
      ...rules.map(
        (rule, at): Row => ({
          kind: 'detail',
          text: ruleText(rule, shareWords(rules, at), { table, isDrawn }),
        }),
      ),
      ...(left === 0 ? [] : [{ kind: 'detail' as const, text: `… ${plural(left, 'more rule')}` }]),
      ...(policy === 'ACCEPT' ? [] : [{ kind: 'off' as const, text: `the rest: ${policy}` }]),
    ],
  }
}

function ruleText(
  { match, verdict, to, packets }: ShownRule,
  share: string,
  { table, isDrawn }: { table: string; isDrawn: (key: string) => boolean },
): string {
  const hasLine = to !== undefined && isDrawn(chainKey({ table, name: to }))
  const end = to === undefined ? verdict : hasLine ? '' : to
  return [
    ...(packets === undefined ? [] : [`[${thousands(packets)}]`]),
    ...(share === '' ? [] : [share]),
    ...(match === '' ? (share === '' ? ['all'] : []) : [match]),
    ...(end === '' ? [] : [`→ ${end}`]),
  ].join(' ')
}

function jumpLines({ chain, rules }: ChosenChain, set: string, isDrawn: (key: string) => boolean): Line[] {
  const { table } = chain
  return rules.flatMap(({ to }, at) => {
    const key = to === undefined ? undefined : chainKey({ table, name: to })
    if (key === undefined || !isDrawn(key)) return []
    const from = idOf(set, chainKey(chain))
    return [
      {
        ...{ id: `${from} ${at}`, from, fromRow: at + 1, to: idOf(set, key) },
        ...{ kind: 'jump' as const, arrow: 'lower' as const, isOff: false },
      },
    ]
  })
}
