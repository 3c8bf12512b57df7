/** The long options of iptables(8) and the short ones they stand for. */
const shortOption: Readonly<Record<string, string>> = {
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
  const [program = '', ...args] = argv
  if (program !== 'iptables' && program !== 'ip6tables') return undefined
  const words = args.map(word => shortOption[word] ?? word)
  let table = 'filter'
  let at = 0
  for (;;) {
    if (words[at] === '-t') {
      table = words[at + 1] ?? ''
      at += 2
    } else if (words[at] === '-w') at += 1
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

/** What a lab's commands have put into the tables of its namespaces so far, from which their undo commands follow. */
export class IptablesState {
  readonly #chains = new Map<string, (readonly string[])[]>()
  readonly #policies = new Map<string, string>()

  /** Takes note of a command that runs in a place, and returns the commands that take it back. */
  note(place: string, argv: readonly string[]): readonly (readonly string[])[] {
    const command = parseIptables(argv)
    if (command === undefined) return []
    const { program, table, operation, chain, position, rule } = command
    const prefix = table === 'filter' ? [program] : [program, '-t', table]
    const key = `${place} ${program} ${table} ${chain}`
    const rules = this.#chains.get(key) ?? []
    this.#chains.set(key, rules)
    switch (operation) {
      case '-N':
        return [[...prefix, '-X', chain]]
      case '-X':
        return chain === '' ? [] : [[...prefix, '-N', chain]]
      case '-P': {
        const before = this.#policies.get(key) ?? 'ACCEPT'
        this.#policies.set(key, rule[0] ?? '')
        return [[...prefix, '-P', chain, before]]
      }
      case '-F':
        return rules.splice(0).map(old => [...prefix, '-A', chain, ...old])
      case '-A':
        rules.push(rule)
        return [[...prefix, '-D', chain, ...(isLastOfItsKind(rules, rule) ? rule : [`${rules.length}`])]]
      case '-I': {
        const at = position ?? 1
        rules.splice(at - 1, 0, rule)
        return [[...prefix, '-D', chain, ...(at === 1 ? rule : [`${at}`])]]
      }
      case '-R': {
        const old = rules[(position ?? 1) - 1]
        rules[(position ?? 1) - 1] = rule
        return old === undefined ? [] : [[...prefix, '-R', chain, `${position}`, ...old]]
      }
      default: {
        const at = position ?? rules.findIndex(old => same(old, rule)) + 1
        const [old = rule] = at === 0 ? [] : rules.splice(at - 1, 1)
        return [
          [...prefix, ...(at === 0 || at > rules.length ? ['-A', chain] : ['-I', chain, `${at}`]), ...old],
        ]
      }
    }
  }
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, index) => word === other[index])
}

/** Deleting by the rule's text takes the first that matches, so the text names the last rule only where it is alone. */
function isLastOfItsKind(rules: readonly (readonly string[])[], rule: readonly string[]): boolean {
  return rules.filter(other => same(other, rule)).length === 1
}
