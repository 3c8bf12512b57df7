/**
 * What two states differ in, a line each: what only the first has (`+`), what only the second has (`-`), and lists that
 * have the same in another order. Empty where they are alike.
 */
export function differences(actual: unknown, expected: unknown): string[] {
  const [had, wanted] = [linesOf(actual), linesOf(expected)]
  const places = new Set([...wanted.keys(), ...had.keys()])
  return [...places].flatMap(place => differencesAt(place, had.get(place) ?? [], wanted.get(place) ?? []))
}

function differencesAt(place: string, had: readonly string[], wanted: readonly string[]): string[] {
  const lines = [
    ...without(wanted, had).map(line => `- ${place}${line}`),
    ...without(had, wanted).map(line => `+ ${place}${line}`),
  ]
  if (lines.length > 0) return lines
  const at = had.findIndex((line, index) => line !== wanted[index])
  return at < 0 ? [] : [`~ ${place}${had[at]} stands where ${wanted[at]} was`]
}

/** What is left of some lines when each of the others has taken away one that is like it. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others]
  return lines.filter(line => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

/** A state as lists of lines, by the keys that lead to them. */
function linesOf(value: unknown, place = ''): Map<string, string[]> {
  if (typeof value === 'string') return new Map([[place, value.split('\n')]])
  if (typeof value !== 'object' || value === null) return new Map([[place, [String(value)]]])
  if (Array.isArray(value) && !value.some(Array.isArray)) return new Map([[place, value.flatMap(asLines)]])
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...linesOf(inner, `${place}${key}: `)]))
}

function asLines(value: unknown): string[] {
  return typeof value === 'string' ? value.split('\n') : [JSON.stringify(value)]
}
