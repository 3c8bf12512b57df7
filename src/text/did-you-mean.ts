import { distance } from 'fastest-levenshtein'

/** The candidate that a person most likely meant, or undefined where none is near. */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = tolerance(written) + 1
  const simple = simplify(written)
  for (const candidate of candidates) {
    const far = simplify(candidate) === simple ? 0 : slips(written.toLowerCase(), candidate.toLowerCase())
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

/** How many slips still leave a word recognisable. */
function tolerance(written: string): number {
  if (written.length <= 2) return 0
  return written.length <= 5 ? 1 : Math.floor(Math.min(written.length, 24) / 3)
}

/** The edits between two words; two letters that changed places are one slip. */
function slips(a: string, b: string): number {
  const edits = distance(a, b)
  const sameLetters = edits === 2 && [...a].sort().join('') === [...b].sort().join('')
  return sameLetters ? 1 : edits
}

function simplify(name: string): string {
  return name.toLowerCase().replace(/[-_ .]/g, '')
}
