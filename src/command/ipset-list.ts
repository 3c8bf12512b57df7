/** A set's name → its entries, as the kernel writes them. */
export type ListedSets = ReadonlyMap<string, ReadonlySet<string>>

/** Reads what `ipset save` prints. */
export function parseSets(text: string): ListedSets {
  const sets = new Map<string, Set<string>>()
  for (const line of text.split('\n')) {
    const [verb, name = '', ...rest] = line.split(' ')
    if (verb === 'create') sets.set(name, new Set())
    else if (verb === 'add') sets.get(name)?.add(entryKey(rest.join(' ')))
  }
  return sets
}

/** `ipset` leaves out the length of a network that is one address. */
export function entryKey(entry: string): string {
  return entry.replace(/\/(?:32|128)$/, '')
}
