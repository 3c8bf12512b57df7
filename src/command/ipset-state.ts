import type { Place } from './command.ts'
import { entryKey, type ListedSets } from './ipset-list.ts'

/** A set as it was made, and its entries. */
interface KnownSet {
  create: readonly string[]
  /** Entry → the command that added it. */
  entries: Map<string, readonly string[]>
}

/** The sets of ip_set that commands have made so far. */
export class IpsetState {
  readonly #sets = new Map<string, KnownSet>()

  /** Those of a place, as the kernel lists them. */
  sets(place: Place): ListedSets {
    const prefix = `${place} `
    const own = [...this.#sets].filter(([key]) => key.startsWith(prefix))
    return new Map(
      own.map(([key, { entries }]) => [key.slice(prefix.length), new Set([...entries.keys()].map(entryKey))]),
    )
  }

  /** Notes a command, and returns those that take it back. */
  note(place: Place, argv: readonly string[]): readonly (readonly string[])[] {
    const [, verb = '', name = '', entry = ''] = argv.filter(word => word !== '-exist' && word !== '-!')
    const key = `${place} ${name}`
    const set = this.#sets.get(key)
    switch (verb) {
      case 'create':
      case '-N':
        if (set !== undefined) return []
        this.#sets.set(key, { create: argv, entries: new Map() })
        return [['ipset', 'destroy', name]]
      case 'add':
      case '-A':
        if (set?.entries.has(entry)) return []
        set?.entries.set(entry, argv)
        return [['ipset', 'del', name, entry]]
      case 'del':
      case '-D': {
        const added = set?.entries.get(entry) ?? ['ipset', 'add', name, entry]
        set?.entries.delete(entry)
        return [added]
      }
      case 'flush':
      case '-F': {
        const entries = [...(set?.entries.values() ?? [])]
        set?.entries.clear()
        return entries
      }
      case 'destroy':
      case '-X':
        this.#sets.delete(key)
        return set === undefined ? [] : [set.create, ...set.entries.values()]
      default:
        return []
    }
  }
}
