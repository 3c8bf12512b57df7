/** Tables → chains → rules, and what iptables would do to them: enough to find a command out of order. */
export class SimulatedIptables {
  readonly tables: Record<string, Map<string, string[]>> = {
    filter: new Map(['INPUT', 'FORWARD', 'OUTPUT'].map(chain => [chain, []])),
    nat: new Map(['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'].map(chain => [chain, []])),
  }

  /** The names of each table's chains. */
  get chains(): Record<'filter' | 'nat', string[]> {
    return { filter: [...this.tables.filter!.keys()], nat: [...this.tables.nat!.keys()] }
  }

  /** `iptables-restore --noflush`. */
  restore(text: string): void {
    let table = ''
    for (const line of text.split('\n')) {
      if (line === '' || line.startsWith('#')) continue
      if (line.startsWith('*')) table = line.slice(1)
      else if (line === 'COMMIT') this.#checkJumps(table)
      else if (line.startsWith(':')) this.#table(table).set(line.slice(1).split(' ')[0]!, [])
      else this.#apply(table, words(line))
    }
  }

  /** One `iptables` command. */
  run([, , table = '', ...command]: readonly string[]): void {
    this.#apply(table, command)
    this.#checkJumps(table)
  }

  /** What the rules of KUBE-SERVICES match, of those that lead to an endpoint. */
  served(): Set<string> {
    const chain = (name = '') => this.#table('nat').get(name) ?? []
    const target = (rule: string) => / ?-j (\S+)/.exec(rule)?.[1]
    const leads = (rule: string): boolean => target(rule) === 'DNAT' || chain(target(rule)).some(leads)
    const all = chain('KUBE-SERVICES').flatMap(rule => (rule.startsWith('-j') ? chain(target(rule)) : [rule]))
    return new Set(all.filter(leads).map(rule => rule.replace(/ -j .*/, '')))
  }

  #table(name: string): Map<string, string[]> {
    const table = this.tables[name]
    if (!table) throw new Error(`no table ${name}`)
    return table
  }

  #apply(name: string, [action = '', chain = '', ...rest]: readonly string[]): void {
    const table = this.#table(name)
    if (action === '-N') {
      if (table.has(chain)) throw new Error(`${chain} is there already`)
      table.set(chain, [])
      return
    }
    const rules = table.get(chain)
    if (!rules) throw new Error(`${action}: no chain ${chain}`)
    const isNumbered = /^[0-9]+$/.test(rest[0] ?? '')
    const index = Number(rest[0]) - 1
    const rule = rest.slice(isNumbered ? 1 : 0).join(' ')
    const present = (at: number) => {
      if (at < 0 || at >= rules.length) throw new Error(`${action} ${chain}: no rule ${at + 1}`)
      return at
    }
    if (action === '-A') rules.push(rule)
    else if (action === '-I' && index <= rules.length) rules.splice(index, 0, rule)
    else if (action === '-R') rules[present(index)] = rule
    else if (action === '-D') rules.splice(present(isNumbered ? index : rules.indexOf(rule)), 1)
    else if (action === '-F') rules.length = 0
    else if (action === '-X') this.#delete(table, chain, rules)
    else throw new Error(`cannot ${action} ${chain} ${rest.join(' ')}`)
  }

  #delete(table: Map<string, string[]>, chain: string, rules: readonly string[]): void {
    const user = [...table.values()].flat().find(rule => rule.endsWith(`-j ${chain}`))
    if (rules.length > 0 || user) throw new Error(`${chain} is in use: ${user ?? rules[0]}`)
    table.delete(chain)
  }

  #checkJumps(name: string): void {
    const table = this.#table(name)
    for (const rule of [...table.values()].flat()) {
      const target = rule.match(/-j (KUBE-\S+)$/)?.[1]
      if (target !== undefined && !table.has(target)) throw new Error(`no chain ${target}: ${rule}`)
    }
  }
}

function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}
