import { shellLine } from '../../command/command-line.ts'

/** A rule as iptables-save prints it, with its counter. */
export interface Rule {
  table: string
  chain: string
  /** 1-based place in its chain, as `iptables -D CHAIN N` counts. */
  number: number
  /** What follows `-A CHAIN`. */
  words: readonly string[]
  /** Packets that it has matched. */
  packets: number
}

export interface Chain {
  name: string
  /** `ACCEPT` or `DROP`; undefined for a chain that is not built in. */
  policy?: string
  /** Packets that the policy has decided on. */
  packets: number
  rules: Rule[]
}

/** Table → chain → rules. */
export type Tables = ReadonlyMap<string, ReadonlyMap<string, Chain>>

/** Reads what `iptables-save -c` prints. */
export function parseTables(text: string): Tables {
  const tables = new Map<string, Map<string, Chain>>()
  let table = ''
  for (const line of text.split('\n')) {
    const [, packets = '0', name = '', rest = ''] = /^\[(\d+):\d+\] -A (\S+) ?(.*)$/.exec(line) ?? []
    if (line.startsWith('*')) {
      table = line.slice(1)
      tables.set(table, new Map())
    } else if (line.startsWith(':')) {
      const [, chain = '', policy = '-', count = '0'] = /^:(\S+) (\S+) \[(\d+):/.exec(line) ?? []
      const fixed = policy === '-' ? {} : { policy }
      tables.get(table)?.set(chain, { name: chain, ...fixed, packets: Number(count), rules: [] })
    } else if (name !== '') {
      const rules = tables.get(table)?.get(name)?.rules
      const words = splitSaved(rest)
      rules?.push({ table, chain: name, number: rules.length + 1, words, packets: Number(packets) })
    }
  }
  return tables
}

/** iptables-save puts words with blanks into double quotes, with a backslash before quotes and backslashes inside. */
function splitSaved(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '',
  )
}

/** A rule as `iptables-save` lists it, without its counter. */
export function ruleText(rule: Rule): string {
  return shellLine(['-A', rule.chain, ...rule.words]).replaceAll("'!'", '!')
}

/** `iptables`, with `-t TABLE` where it is not the filter table. */
export function iptables(table: string, ...words: readonly string[]): string {
  return shellLine(['iptables', ...(table === 'filter' ? [] : ['-t', table]), ...words]).replaceAll(
    "'!'",
    '!',
  )
}

const emptyChain: Chain = { name: '', packets: 0, rules: [] }

/** A chain by its name; one without rules where there is none of that name. */
export function chainOf(tables: Tables, table: string, chain: string): Chain {
  return tables.get(table)?.get(chain) ?? { ...emptyChain, name: chain }
}
