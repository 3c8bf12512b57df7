import { distance } from 'fastest-levenshtein'

/** The candidate that a person most likely meant, or undefined where none is near. */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(1, Math.floor(Math.min(written.length, 40) / 3)) + 1
  const simple = simplify(written)
  for (const candidate of candidates) {
    const far = simplify(candidate) === simple ? 0 : distance(written.toLowerCase(), candidate.toLowerCase())
    if (far < least) [best, least] = [candidate, far]
  }
  return best
}

/** What to write instead of a name that does not exist: the nearest one, else all there are. */
export function didYouMean(
  written: string,
  candidates: Iterable<string>,
  noun = 'there is',
): string | undefined {
  const known = [...candidates]
  const near = nearest(written, known)
  if (near !== undefined) return `did you mean "${near}"?`
  if (known.length === 0) return undefined
  const shown = known.slice(0, 12).join(', ')
  return `${noun}: ${shown}${known.length > 12 ? `, … (${known.length} in all)` : ''}`
}

function simplify(name: string): string {
  return name.toLowerCase().replace(/[-_ .]/g, '')
}
