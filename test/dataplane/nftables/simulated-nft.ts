/** A table as nft keeps it; what the kernel would refuse throws. */
export class SimulatedNft {
  #table = ''
  #chains = new Map<string, { head: string; rules: string[] }>()
  #containers = new Map<string, { head: string; elements: Map<string, { verdict: string; line: string }> }>()

  /** Lines of a script for `nft -f`: one transaction. */
  run(lines: readonly string[]): void {
    for (const line of lines) if (line !== '' && !line.startsWith('#')) this.#do(line)
    for (const target of this.#targets()) {
      if (!this.#chains.has(target)) throw new Error(`nothing is called ${target}`)
    }
    for (const name of this.#names()) {
      if (!this.#containers.has(name)) throw new Error(`nothing is called ${name}`)
    }
  }

  /** The lines that make the table, each kind sorted by name, the rules of a chain in their order. */
  dump(): string[] {
    const sorted = <T>(map: Map<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
    return [
      this.#table,
      ...sorted(this.#containers).flatMap(([, { head, elements }]) => [
        head,
        ...sorted(elements).map(([, { line }]) => line),
      ]),
      ...sorted(this.#chains).flatMap(([, { head, rules }]) => [head, ...rules]),
    ]
  }

  /** The rules of a chain; undefined: it is not there. */
  rules(chain: string): readonly string[] | undefined {
    const prefix = `${this.#table.replace(/^add table (\S+ \S+).*/, 'add rule $1')} ${chain} `
    return this.#chains.get(chain)?.rules.map(rule => rule.slice(prefix.length))
  }

  /** The verdict that a map has for a key. */
  verdict(map: string, key: string): string | undefined {
    return this.#containers.get(map)?.elements.get(key)?.verdict
  }

  /** The keys of a set or map. */
  keys(container: string): string[] {
    return [...(this.#containers.get(container)?.elements.keys() ?? [])].sort()
  }

  #do(line: string): void {
    const [, verb = '', kind = '', rest = ''] = /^(\w+) (\w+) ip6? kube-proxy ?(.*)$/.exec(line) ?? []
    const [name = ''] = rest.split(' ')
    switch (`${verb} ${kind}`) {
      case 'add table':
        this.#table = line
        return
      case 'add set':
      case 'add map':
        this.#containers.set(name, {
          head: line,
          elements: this.#containers.get(name)?.elements ?? new Map(),
        })
        return
      case 'add chain':
        this.#chains.set(name, { head: line, rules: this.#chains.get(name)?.rules ?? [] })
        return
      case 'add rule':
        this.#chain(name).rules.push(line)
        return
      case 'add element':
        this.#addElement(line, rest)
        return
      case 'flush chain':
        this.#chain(name).rules = []
        return
      case 'delete chain':
        if (this.#chain(name).rules.length > 0 || this.#targets().has(name)) throw new Error(`busy: ${line}`)
        this.#chains.delete(name)
        return
      case 'delete set':
        if (this.#names().has(name)) throw new Error(`busy: ${line}`)
        if (!this.#containers.delete(name)) throw new Error(`nothing there: ${line}`)
        return
      case 'delete element': {
        const [, key = ''] = /\{ (.*) \}$/.exec(rest) ?? []
        if (this.#containers.get(name)?.elements.delete(key) !== true)
          throw new Error(`nothing there: ${line}`)
        return
      }
      default:
        throw new Error(`nft would not understand: ${line}`)
    }
  }

  #addElement(line: string, rest: string): void {
    const [, name = '', key = '', verdict = ''] =
      /^(\S+) \{ (.*?)(?: comment "[^"]*")?(?: : (.*))? \}$/.exec(rest) ?? []
    const elements = this.#containers.get(name)?.elements
    if (elements === undefined) throw new Error(`nothing there: ${line}`)
    const there = elements.get(key)
    if (there !== undefined && there.verdict !== verdict) throw new Error(`File exists: ${line}`)
    elements.set(key, { verdict, line })
  }

  #chain(name: string): { head: string; rules: string[] } {
    const chain = this.#chains.get(name)
    if (chain === undefined) throw new Error(`nothing is called ${name}`)
    return chain
  }

  /** The chains that rules and elements lead to. */
  #targets(): Set<string> {
    return this.#found(/\b(?:jump|goto) (\S+)/g)
  }

  /** The sets and maps that rules look into. */
  #names(): Set<string> {
    return this.#found(/@(\S+)/g)
  }

  #found(pattern: RegExp): Set<string> {
    const texts = [
      ...[...this.#chains.values()].flatMap(({ rules }) => rules),
      ...[...this.#containers.values()].flatMap(({ elements }) =>
        [...elements.values()].map(({ verdict }) => verdict),
      ),
    ]
    const outsideComments = texts.map(text => text.replace(/ comment "[^"]*"/, ''))
    return new Set(
      outsideComments.flatMap(text => [...text.matchAll(pattern)].map(([, found = '']) => found)),
    )
  }
}
