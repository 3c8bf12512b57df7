import type { Chain, Rule, Table, TableName } from './rules.ts'

/** Collects a table's chains in the order in which they are declared. */
export class TableBuilder {
  readonly #chains = new Map<string, Chain & { rules: Rule[] }>()

  /** Declares a chain; `service` is the `namespace/name` of the service that it serves, if it is one service's own. */
  declare(name: string, service?: string, explain?: string): void {
    this.#chains.set(name, { name, rules: [], service, explain })
  }

  /** Appends a rule to a declared chain; `service`: of a chain that all services share, the one that the rule is for. */
  add(chain: string, explain: string, argv: readonly string[], service?: string): void {
    const found = this.#chains.get(chain)
    if (found === undefined) throw new Error(`chain ${chain} was not declared`)
    found.rules.push({ argv, explain, service: found.service ?? service })
  }

  /** The table as it stands. */
  table(name: TableName): Table {
    const chains: Chain[] = [...this.#chains.values()]
    return { name, chains }
  }
}

/** The words of a rule's comment. */
export function comment(text: string): readonly string[] {
  return ['-m', 'comment', '--comment', text]
}

/** The words of a rule without spaces inside them. */
export function words(text: string): readonly string[] {
  return text.split(' ')
}
