import { fnv1a } from '../model/fnv.ts'

/** A student, and what their Pod is called: a DNS label (RFC 1123). */
export interface Student {
  /** As the list has it. */
  name: string
  label: string
}

/** What stands in place of a name of which nothing is left. */
const nameless = 'student'
/** Characters: with a lab's name before it, and its hash behind, still a DNS label of 63. */
const longestLabel = 24

/**
 * A label for each name, the same each time. A name in ASCII is its own label; what a label cannot say, Chinese for one, leaves a hash of
 * the name, and so do two names that would have one label.
 */
export function studentLabels(names: readonly string[]): Student[] {
  const plain = names.map(plainLabel)
  const uses = new Map<string, number>()
  for (const label of plain) if (label !== undefined) uses.set(label, (uses.get(label) ?? 0) + 1)
  const taken = new Set([...uses].filter(([, count]) => count === 1).map(([label]) => label))
  return names.map((name, at) => {
    const own = plain[at]
    if (own !== undefined && taken.has(own)) return { name, label: own }
    const label = freeLabel(name, taken)
    taken.add(label)
    return { name, label }
  })
}

/** The label of a name that loses nothing by it but capitals and what stands between words. */
function plainLabel(name: string): string | undefined {
  const label = folded(name)
  const isPlain = /^[A-Za-z0-9 ._@-]+$/.test(name) && label !== '' && label.length <= longestLabel
  return isPlain ? label : undefined
}

function folded(name: string): string {
  return (
    name
      .normalize('NFKD')
      // What is left of é is an e.
      .replaceAll(/\p{M}+/gu, '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
  )
}

/** Two students may have the very same name. */
function freeLabel(name: string, taken: ReadonlySet<string>): string {
  const words = folded(name).slice(0, longestLabel).replace(/-+$/, '') || nameless
  for (let salt = 0; ; salt++) {
    const hash = fnv1a(`${name.normalize('NFC')}\0${salt}`)
      .toString(32)
      .padStart(7, '0')
    const label = `${words}-${hash}`
    if (!taken.has(label)) return label
  }
}
