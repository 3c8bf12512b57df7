import { useMemo, useState } from 'preact/hooks'
import type { ExplainedRule } from '../../graph/explained-rules.ts'
import { familyName } from '../../model/address.ts'
import { withoutComment } from '../../trace/texts.ts'
import { thousands } from '../format.ts'
import { type ChosenChain, chainKey, chosenChains, rootsOf, shareWords } from '../graph/chosen-rules.ts'
import type { RuleNamed } from '../live/orders.ts'
import type { Parts } from '../live/parts.ts'

interface RulesProps {
  rules: Parts['rules']
  packets: Parts['packets']
  /** Whether something goes on that should not be disturbed. */
  isBusy: boolean
  remove(rule: RuleNamed): void
}

/** A rule, and in which chain it stands. */
interface Pointed {
  rule: ExplainedRule
  named: Omit<RuleNamed, 'text'>
}

/** What the trees below draw on. */
interface Trees {
  chosen: ReadonlyMap<string, ChosenChain>
  packetsOf(rule: ExplainedRule): number | null
  point(rule: ExplainedRule, table: string, chain: string): void
}

/** The chains as trees that unfold, with counters that tick; what the rule under the pointer is for stands below. */
export function Rules({ rules, packets, isBusy, remove }: RulesProps) {
  const [pointed, point] = useState<Pointed>()
  const places = useMemo(() => {
    let at = 0
    return rules.map(({ place, family, chains }) => {
      const numbers = new Map(chains.flatMap(chain => chain.rules).map(rule => [rule, at++] as const))
      return { place, family, numbers, chosen: chosenChains(chains) }
    })
  }, [rules])
  if (places.length === 0) return <p>This lab has no rules that could be shown.</p>
  return (
    <>
      <div class="rules">
        {places.map(({ place, family, numbers, chosen }) => (
          <section key={`${place} ${family}`}>
            <h2>
              {place}, {familyName(family)}
            </h2>
            <Hooks
              chosen={chosen}
              packetsOf={rule => packets[numbers.get(rule) ?? -1] ?? null}
              point={(rule, table, chain) => point({ rule, named: { place, family, table, chain } })}
            />
          </section>
        ))}
      </div>
      <Explained pointed={pointed} isBusy={isBusy} remove={remove} />
    </>
  )
}

function Hooks(trees: Trees) {
  return (
    <ul class="tree">
      {rootsOf(trees.chosen).map(root => (
        <li key={chainKey(root.chain)}>
          <details open>
            <summary>
              <strong>
                {root.chain.table} {root.chain.name}
              </strong>
              {(root.chain.policy ?? 'ACCEPT') === 'ACCEPT' ? '' : `, the rest: ${root.chain.policy}`}
            </summary>
            <ChainRules trees={trees} chain={root} above={[]} />
          </details>
        </li>
      ))}
    </ul>
  )
}

/** `above`: the chains in which this one stands; one that leads back to itself is not unfolded again. */
function ChainRules({ trees, chain, above }: { trees: Trees; chain: ChosenChain; above: readonly string[] }) {
  const { rules, left } = chain
  const { table, name } = chain.chain
  return (
    <ul class="tree">
      {rules.map((rule, at) => {
        const target = rule.to === undefined ? undefined : chainKey({ table, name: rule.to })
        const inside = target === undefined || above.includes(target) ? undefined : trees.chosen.get(target)
        const point = () => trees.point(rule, table, name)
        const words = <RuleWords rule={rule} share={shareWords(rules, at)} packets={trees.packetsOf(rule)} />
        const handlers = { onFocus: point, onPointerEnter: point }
        return (
          <li key={at}>
            {inside === undefined || inside.rules.length === 0 ? (
              <button type="button" {...handlers}>
                {words}
              </button>
            ) : (
              <details>
                <summary {...handlers}>{words}</summary>
                <ChainRules trees={trees} chain={inside} above={[...above, chainKey(chain.chain)]} />
              </details>
            )}
          </li>
        )
      })}
      {left === 0 ? null : <li>… {thousands(left)} more</li>}
    </ul>
  )
}

function RuleWords({ rule, share, packets }: { rule: ExplainedRule; share: string; packets: number | null }) {
  const { match, verdict, to } = rule
  const all = match === '' && share === '' ? 'all' : match
  return (
    <>
      {packets === null ? null : (
        <span key={packets} class="packets">
          {thousands(packets)}
        </span>
      )}
      {share === '' ? null : <em>{share} </em>}
      {all} {to === undefined ? `→ ${verdict}` : `→ ${to}`}
    </>
  )
}

function Explained({
  pointed,
  isBusy,
  remove,
}: Pick<RulesProps, 'isBusy' | 'remove'> & { pointed: Pointed | undefined }) {
  if (pointed === undefined)
    return <div class="explained">Point at a rule, or go to it with the Tab key, to see what it is for.</div>
  const { rule, named } = pointed
  const { text, explain } = rule
  return (
    <div class="explained">
      <p>{explain === undefined ? 'No step and no service of the lab has made this rule.' : `${explain}.`}</p>
      {text === undefined ? null : (
        <>
          <p>
            <code>
              -A {named.chain} {withoutComment(text)}
            </code>
          </p>
          <button type="button" disabled={isBusy} onClick={() => remove({ ...named, text })}>
            Delete this rule
          </button>
        </>
      )}
    </div>
  )
}
