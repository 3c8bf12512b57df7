import { own } from '../command/own.ts'
/** The long options of iptables(8) and the short ones that they stand for, which iptables-save prints. */
export const shortOption: Readonly<Record<string, string>> = {
  '--table': '-t',
  '--append': '-A',
  '--insert': '-I',
  '--delete': '-D',
  '--replace': '-R',
  '--flush': '-F',
  '--new': '-N',
  '--new-chain': '-N',
  '--delete-chain': '-X',
  '--policy': '-P',
  '--wait': '-w',
  '--wait-interval': '-W',
  '--protocol': '-p',
  '--proto': '-p',
  '--source': '-s',
  '--src': '-s',
  '--destination': '-d',
  '--dst': '-d',
  '--in-interface': '-i',
  '--out-interface': '-o',
  '--match': '-m',
  '--jump': '-j',
  '--goto': '-g',
  '--destination-port': '--dport',
  '--source-port': '--sport',
}

/** An iptables command taken apart. */
export interface IptablesCommand {
  program: string
  table: string
  operation: string
  chain: string
  /** 1-based place in the chain, where one is given. */
  position: number | undefined
  rule: readonly string[]
}

/** Takes an iptables or ip6tables command apart; undefined where it is neither, or changes nothing that is tracked. */
export function parseIptables(argv: readonly string[]): IptablesCommand | undefined {
  const [program = '', ...given] = argv
  if (program !== 'iptables' && program !== 'ip6tables') return undefined
  const args = given.flatMap(word => /^(--(?:table|wait))=(.*)$/.exec(word)?.slice(1) ?? [word])
  const words = args.map(word => own(shortOption, word) ?? word)
  let table = 'filter'
  let at = 0
  for (;;) {
    if (words[at] === '-t') {
      table = words[at + 1] ?? ''
      at += 2
    } else if (words[at] === '-w' || words[at] === '-W') at += /^\d+$/.test(words[at + 1] ?? '') ? 2 : 1
    else break
  }
  const operation = words[at] ?? ''
  if (!/^-[AIDRFNXP]$/.test(operation)) return undefined
  const chain = words[at + 1] ?? ''
  let rest = args.slice(at + 2)
  // -t may also follow: `iptables -A FORWARD -t nat …` is as good.
  const late = words.indexOf('-t', at + 2)
  if (late !== -1 && table === 'filter') {
    table = words[late + 1] ?? ''
    rest = rest.filter((_, index) => index !== late - at - 2 && index !== late - at - 1)
  }
  const numbered = /^[IDR]$/.test(operation.slice(1)) && /^\d+$/.test(rest[0] ?? '')
  const position = numbered ? Number(rest[0]) : undefined
  return { program, table, operation, chain, position, rule: numbered ? rest.slice(1) : rest }
}

interface Rule {
  /** As it was given. */
  words: readonly string[]
  /** In the one spelling by which equal rules are found. */
  key: string
}

/** A user's chain and the kernel's own look the same; a chain that is not known yet is one of the kernel's. */
interface Chain {
  name: string
  rules: Rule[]
  own: boolean
}

/** What a lab's commands have put into the tables of its namespaces so far, from which their undo commands follow. */
export class IptablesState {
  readonly #tables = new Map<string, Map<string, Chain>>()
  readonly #policies = new Map<string, string>()

  /** Takes note of a command that runs in a place, and returns the commands that take it back. */
  note(place: string, argv: readonly string[]): readonly (readonly string[])[] {
    const command = parseIptables(argv)
    if (command === undefined) return []
    const { program, table, operation, chain: name, position, rule } = command
    const prefix = table === 'filter' ? [program] : [program, '-t', table]
    const chains = this.#chains(`${place} ${program} ${table}`)
    if (name === '')
      return operation === '-F' ? flushAll(prefix, chains) : deleteAll(prefix, chains, operation)
    const known = chains.get(name)
    const chain = known ?? { name, rules: [], own: operation === '-N' }
    chains.set(name, chain)
    const { rules } = chain
    const noted: Rule = { words: rule, key: ruleKey(rule) }
    switch (operation) {
      case '-N':
        return [[...prefix, '-X', name]]
      case '-X':
        chains.delete(name)
        return [[...prefix, '-N', name]]
      case '-P': {
        const key = `${place} ${program} ${table} ${name}`
        const before = this.#policies.get(key) ?? 'ACCEPT'
        this.#policies.set(key, rule[0] ?? '')
        return [[...prefix, '-P', name, before]]
      }
      case '-F':
        return flush(prefix, chain)
      case '-A':
        rules.push(noted)
        return [[...prefix, '-D', name, ...(isAlone(rules, noted) ? rule : [`${rules.length}`])]]
      case '-I': {
        const at = position ?? 1
        rules.splice(at - 1, 0, noted)
        return [[...prefix, '-D', name, ...(at === 1 || isAlone(rules, noted) ? rule : [`${at}`])]]
      }
      case '-R': {
        const old = rules[(position ?? 1) - 1]
        if (old === undefined) return []
        rules[(position ?? 1) - 1] = noted
        return [[...prefix, '-R', name, `${position}`, ...old.words]]
      }
      default: {
        const at = position ?? rules.findIndex(old => old.key === noted.key) + 1
        const [old = noted] = at === 0 ? [] : rules.splice(at - 1, 1)
        const back = at === 0 || at > rules.length ? ['-A', name] : ['-I', name, `${at}`]
        return [[...prefix, ...back, ...old.words]]
      }
    }
  }

  #chains(table: string): Map<string, Chain> {
    const chains = this.#tables.get(table) ?? new Map<string, Chain>()
    this.#tables.set(table, chains)
    return chains
  }
}

type Commands = readonly (readonly string[])[]

function flush(prefix: readonly string[], { name, rules }: Chain): Commands {
  return rules.splice(0).map(old => [...prefix, '-A', name, ...old.words])
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

/** A rule's words as iptables takes them, however they were spelled: short options, hosts without /32, no implied match. */
function ruleKey(rule: readonly string[]): string {
  const words = rule.map(word => own(shortOption, word) ?? word.replace(/^([\d.]+)\/32$/, '$1'))
  const protocol = words[words.indexOf('-p') + 1]
  const implied = words.findIndex((word, at) => word === '-m' && words[at + 1] === protocol)
  if (words.includes('-p') && implied !== -1) words.splice(implied, 2)
  return JSON.stringify(words)
}

/** Deleting by a rule's text takes the first that is equal, so its text names it only where it is alone. */
function isAlone(rules: readonly Rule[], rule: Rule): boolean {
  return rules.filter(other => other.key === rule.key).length === 1
}
