import type { Place } from '../command/command.ts'
import { editScript } from '../command/edit-script.ts'
import { effectKey } from '../command/iptables-rule.ts'
import { type ListedChain, parseSaved, type Tables } from '../command/iptables-save.ts'
import { IptablesState } from '../command/iptables-state.ts'
import { placed } from '../command/undo.ts'
import { iptablesOf } from '../model/families.ts'
import type { DrawnFacts } from '../observe/facts.ts'
import { carriedOut } from '../plan/carried-out.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { isByPlugins } from './marks.ts'

/** What differs in each place's rules from what the lab and its syncs have made, in words; places where nothing does are left out. */
export function ruleDifferences(
  running: LabInCondition,
  facts: ReadonlyMap<Place, DrawnFacts>,
): ReadonlyMap<Place, readonly string[]> {
  const state = expectedRules(running)
  const unknown = unreadPlaces(running)
  const found = new Map<Place, readonly string[]>()
  for (const [place, { rules }] of facts) {
    if (unknown.has(place)) continue
    const words = [...rules].flatMap(([family, text]) => {
      const program = iptablesOf(family)
      const prefix = program === 'iptables' ? '' : 'IPv6 '
      const [actual, expected] = [parseSaved(text), state.tables(place, program)]
      return differences(actual, expected, isByPlugins(place, running.lab)).map(each => prefix + each)
    })
    if (words.length > 0) found.set(place, words)
  }
  return found
}

/** Places where a step has a file or a shell change the rules, so that its words do not tell how. */
function unreadPlaces({ plan }: LabInCondition): ReadonlySet<Place> {
  const changes = (argv: readonly string[]) =>
    /^ip6?tables(-\w+)?-restore$/.test(argv[0] ?? '') ||
    (/^(ba|da)?sh$/.test(argv[0] ?? '') && argv.some(word => /\bip6?tables\b(?!-save)/.test(word)))
  const commands = plan.steps.flatMap(step => step.actions.map(({ command }) => command))
  const placedAll = commands.map(command => placed(command.argv, command.in))
  return new Set(placedAll.filter(({ argv }) => changes(argv)).map(({ in: place }) => place))
}

/** The rules after all steps, and after what syncs have made of them since. */
function expectedRules(running: LabInCondition): IptablesState {
  const state = new IptablesState()
  for (const { in: place, argv } of carriedOut(running)) state.note(place, argv)
  return state
}

function differences(actual: Tables, expected: Tables, mayHaveMore: boolean): string[] {
  const names = new Set([...actual.keys(), ...expected.keys()])
  return [...names].flatMap(table => {
    const [there, wanted] = [actual.get(table), expected.get(table)]
    const chains = new Set([...(wanted?.keys() ?? []), ...(there?.keys() ?? [])])
    return [...chains].flatMap(chain =>
      chainDifference(`${table} ${chain}`, {
        actual: there?.get(chain),
        expected: wanted?.get(chain),
        mayHaveMore,
      }),
    )
  })
}

/** A chain as it is and as it should be; `mayHaveMore`: others may add rules. */
interface ComparedChain {
  actual: ListedChain | undefined
  expected: ListedChain | undefined
  mayHaveMore: boolean
}

function chainDifference(name: string, { actual, expected, mayHaveMore }: ComparedChain): string[] {
  const [there, wanted] = [actual?.rules ?? [], expected?.rules ?? []]
  if (actual === undefined && wanted.length > 0) return [`${name} is gone`]
  const edits = editScript(there.map(effectKey), wanted.map(effectKey))
  const count = (kinds: readonly string[]) => edits.filter(({ kind }) => kinds.includes(kind)).length
  const [missing, extra, changed] = [count(['insert', 'append']), count(['delete']), count(['replace'])]
  const rules = (many: number) => (many === 1 ? '1 rule' : `${many} rules`)
  const policy = expected?.policy ?? 'ACCEPT'
  return [
    ...(missing === 0 ? [] : [`${name} lacks ${rules(missing)}`]),
    ...(extra === 0 || mayHaveMore ? [] : [`${name} has ${rules(extra)} too many`]),
    ...(changed === 0
      ? []
      : [`${name} has ${rules(changed)} that ${changed === 1 ? 'is' : 'are'} not the lab's`]),
    ...(actual?.policy === undefined || actual.policy === policy
      ? []
      : [`${name} has the policy ${actual.policy}`]),
  ]
}
