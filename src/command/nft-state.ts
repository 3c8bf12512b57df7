import { hookIn, type ListedNftChain, type ListedNftSet, type ListedNftTable } from './nft-list.ts'

interface Table {
  chains: Map<string, ListedNftChain>
  sets: Map<string, ListedNftSet & { elements: Map<string, string> }>
}

/** What commands have put into a table of nftables so far. */
export class NftState {
  readonly #table: string
  #made: Table | undefined

  /** `ip kube-proxy` */
  constructor(table: string) {
    this.#table = table
  }

  /** What is in the table; undefined: it is not there. */
  get table(): ListedNftTable | undefined {
    return this.#made
  }

  /** Takes note of a command, if it is about this table. */
  note(argv: readonly string[]): void {
    const [program, ...words] = argv
    const line = words.join(' ')
    const [, verb = '', object = '', rest = ''] = /^(\w+) (\w+) (.*)$/.exec(line) ?? []
    if (program !== 'nft' || !`${rest} `.startsWith(`${this.#table} `)) return
    const body = rest.slice(this.#table.length + 1)
    const [name = ''] = body.split(' ', 1)
    const said = body.slice(name.length).trim()
    if (verb === 'add' && object === 'table') this.#made ??= { chains: new Map(), sets: new Map() }
    const made = this.#made
    if (made === undefined) return
    switch (`${verb} ${object}`) {
      case 'delete table':
        this.#made = undefined
        return
      case 'flush table':
        for (const { rules } of made.chains.values()) rules.splice(0)
        return
      case 'add chain':
        if (!made.chains.has(name)) made.chains.set(name, chainMade(name, said))
        return
      case 'flush chain':
        made.chains.get(name)?.rules.splice(0)
        return
      case 'delete chain':
        made.chains.delete(name)
        return
      case 'add rule':
        made.chains.get(name)?.rules.push(said)
        return
      case 'add set':
      case 'add map':
        if (!made.sets.has(name))
          made.sets.set(name, { kind: object === 'set' ? 'set' : 'map', name, elements: new Map() })
        return
      case 'delete set':
      case 'delete map':
        made.sets.delete(name)
        return
      case 'add element':
      case 'delete element':
        this.#changeElement(made, name, said, verb === 'add')
    }
  }

  #changeElement({ sets }: Table, name: string, said: string, isAdded: boolean): void {
    const [, key = '', rest = ''] = /^\{ ?(.*?)((?: (?:comment|:) .*?)?) ?\}$/.exec(said) ?? []
    if (isAdded) sets.get(name)?.elements.set(key, rest)
    else sets.get(name)?.elements.delete(key)
  }
}

function chainMade(name: string, said: string): ListedNftChain {
  const hook = hookIn(said)
  return { name, ...(hook === undefined ? {} : { hook }), rules: [] }
}
