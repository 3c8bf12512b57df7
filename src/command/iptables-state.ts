import type { Place } from './command.ts'
import { type IptablesCommand, parseIptables, ruleGist } from './iptables-argv.ts'
import { type Rule, ruleKey } from './iptables-rule.ts'
import type { ListedChain, Tables } from './iptables-save.ts'

/** A rule with the text by which an equal one is found. */
interface NotedRule extends Rule {
  readonly key: string
  /** Equal rules have the same. */
  readonly gist: string
}

/** A user's chain and the kernel's own look the same; a chain that is not known yet is one of the kernel's. */
interface Chain {
  name: string
  rules: RuleList
  own: boolean
  policy?: string
}

/** The rules of a chain, in which equal ones are found without comparing each with each. */
class RuleList {
  #rules: NotedRule[] = []
  /** Gist → rules; most are the only ones of theirs. */
  readonly #alike = new Map<string, Set<NotedRule>>()

  get all(): readonly NotedRule[] {
    return this.#rules
  }

  /** Takes away as many rules as it says at a 0-based place, puts others there, and returns what went. */
  splice(at: number, gone: number, ...added: readonly NotedRule[]): readonly NotedRule[] {
    for (const rule of added) {
      const alike = this.#alike.get(rule.gist)
      if (alike === undefined) this.#alike.set(rule.gist, new Set([rule]))
      else alike.add(rule)
    }
    if (at === this.#rules.length) {
      this.#rules.push(...added)
      return []
    }
    const removed = this.#rules.splice(at, gone, ...added)
    for (const rule of removed) this.#alike.get(rule.gist)?.delete(rule)
    return removed
  }

  /** The 0-based place of the first rule that is equal; -1 where there is none. */
  placeOf(rule: NotedRule): number {
    const alike = this.#alike.get(rule.gist)
    if (alike === undefined || alike.size === 0) return -1
    return this.#rules.findIndex(other => alike.has(other) && other.key === rule.key)
  }

  /** Deleting by a rule's text takes the first that is equal, so its text names it only where it is alone. */
  isAlone(rule: NotedRule): boolean {
    const alike = this.#alike.get(rule.gist)
    if (alike === undefined || alike.size === 1) return true
    return ![...alike].some(other => other !== rule && other.key === rule.key)
  }
}

/** Table → chain, of one program in one place. */
type ChainsByTable = Map<string, Map<string, Chain>>

/** What commands have put into the tables of their namespaces so far, and with that the commands that take each one back. */
export class IptablesState {
  readonly #places = new Map<string, ChainsByTable>()

  /** Takes note of a command that runs in a place, and returns the commands that take it back. */
  note(place: Place, argv: readonly string[]): readonly (readonly string[])[] {
    const command = parseIptables(argv)
    if (command === undefined) return []
    const { program, table, operation, chain: name, argument } = command
    const prefix = table === 'filter' ? [program] : [program, '-t', table]
    const chains = this.#chains(place, program, table)
    if (name === '')
      return operation === '-F' ? flushAll(prefix, chains) : deleteAll(prefix, chains, operation)
    const known = chains.get(name)
    const chain = known ?? { name, rules: new RuleList(), own: operation === '-N' }
    if (/^-[AIDRFNP]$/.test(operation)) chains.set(name, chain)
    switch (operation) {
      case '-N':
        return [[...prefix, '-X', name]]
      case '-X':
        chains.delete(name)
        return [[...prefix, '-N', name]]
      case '-E':
        return argument === undefined ? [] : rename(prefix, chains, chain, argument)
      case '-P': {
        const before = chain.policy ?? 'ACCEPT'
        chain.policy = argument ?? ''
        return [[...prefix, '-P', name, before]]
      }
      case '-F':
        return flush(prefix, chain)
      case '-A':
      case '-I':
      case '-R':
      case '-D':
        return eachRule(command.rule)
          .map(rule => change(prefix, chain, command, rule))
          .toReversed()
          .flat()
      default:
        return []
    }
  }

  /** What a program's tables in a place hold, with counters at zero. */
  tables(place: Place, program: IptablesCommand['program']): Tables {
    const listed = (table: string, { name, rules, policy }: Chain): ListedChain => ({
      name,
      ...(policy === undefined ? {} : { policy }),
      packets: 0,
      rules: rules.all.map(({ argv }, at) => ({ table, chain: name, number: at + 1, argv, packets: 0 })),
    })
    const tables = this.#places.get(`${place} ${program}`) ?? []
    return new Map(
      [...tables].map(([table, chains]) => [
        table,
        new Map([...chains].map(([name, chain]) => [name, listed(table, chain)])),
      ]),
    )
  }

  #chains(place: Place, program: string, table: string): Map<string, Chain> {
    const key = `${place} ${program}`
    const tables = this.#places.get(key) ?? new Map<string, Map<string, Chain>>()
    this.#places.set(key, tables)
    const chains = tables.get(table) ?? new Map<string, Chain>()
    tables.set(table, chains)
    return chains
  }
}

type Commands = readonly (readonly string[])[]

/** Makes, replaces or deletes one rule. */
function change(
  prefix: readonly string[],
  { name, rules }: Chain,
  { operation, position, gist }: IptablesCommand,
  argv: readonly string[],
): Commands {
  const noted = note(argv, gist)
  switch (operation) {
    case '-A':
      rules.splice(rules.all.length, 0, noted)
      return [[...prefix, '-D', name, ...(rules.isAlone(noted) ? argv : [`${rules.all.length}`])]]
    case '-I': {
      const at = position ?? 1
      rules.splice(at - 1, 0, noted)
      return [[...prefix, '-D', name, ...(at === 1 || rules.isAlone(noted) ? argv : [`${at}`])]]
    }
    case '-R': {
      const at = (position ?? 1) - 1
      const old = rules.all[at]
      if (old === undefined) return []
      rules.splice(at, 1, noted)
      return [[...prefix, '-R', name, `${position}`, ...old.argv]]
    }
    default: {
      const at = position ?? rules.placeOf(noted) + 1
      const [old = noted] = at === 0 ? [] : rules.splice(at - 1, 1)
      const back = at === 0 || at > rules.all.length ? ['-A', name] : ['-I', name, `${at}`]
      return [[...prefix, ...back, ...old.argv]]
    }
  }
}

/** The rules that iptables makes of one command: one for each pair of its sources and destinations, `-s A,B`. */
function eachRule(words: readonly string[]): readonly (readonly string[])[] {
  const at = words.findIndex((word, index) => word.includes(',') && isAddressOption(words[index - 1]))
  if (at === -1) return [words]
  return words[at]!.split(',').flatMap(address => eachRule(words.with(at, address)))
}

function isAddressOption(word: string | undefined): boolean {
  return word !== undefined && /^(-[sd]|--(source|src|destination|dst))$/.test(word)
}

/** The key is worked out where it is asked for: most rules are never compared. */
function note(argv: readonly string[], gist: string): NotedRule {
  let key: string | undefined
  return {
    argv,
    gist,
    get key() {
      key ??= ruleKey({ argv })
      return key
    },
  }
}

/** Jumps to a chain go along when it is renamed. */
function rename(prefix: readonly string[], chains: Map<string, Chain>, chain: Chain, to: string): Commands {
  const renamed = (argv: readonly string[]) =>
    argv.map((word, at) =>
      word === chain.name && /^(-[jg]|--jump|--goto)$/.test(argv[at - 1] ?? '') ? to : word,
    )
  chains.delete(chain.name)
  chains.set(to, { ...chain, name: to })
  for (const other of chains.values()) {
    for (const [at, { argv }] of other.rules.all.entries()) {
      if (!argv.includes(chain.name)) continue
      const words = renamed(argv)
      other.rules.splice(at, 1, note(words, ruleGist(words)))
    }
  }
  return [[...prefix, '-E', to, chain.name]]
}

function flush(prefix: readonly string[], { name, rules }: Chain): Commands {
  return rules.splice(0, rules.all.length).map(old => [...prefix, '-A', name, ...old.argv])
}

function flushAll(prefix: readonly string[], chains: ReadonlyMap<string, Chain>): Commands {
  return [...chains.values()].flatMap(chain => flush(prefix, chain))
}

/** `-X` without a name deletes every chain of the user's. */
function deleteAll(prefix: readonly string[], chains: Map<string, Chain>, operation: string): Commands {
  if (operation !== '-X') return []
  const gone = [...chains.values()].filter(chain => chain.own)
  for (const { name } of gone) chains.delete(name)
  return gone.map(({ name }) => [...prefix, '-N', name])
}
