import { createHash } from 'node:crypto'

/** What the first entry of a record has before it. */
export const nothingBefore = '0'.repeat(64)

/** An entry of a record as a line of JSON, and the SHA-256 of its text, which the next entry repeats. */
export interface Sealed {
  line: string
  sha256: string
}

/** Seals an entry: it names the hash of the one before, and ends with that of its own text up to there. */
export function seal(entry: object, before: string): Sealed {
  const text = JSON.stringify({ ...entry, before }).slice(0, -1)
  const sha256 = hashOf(text)
  return { line: `${text},"sha256":"${sha256}"}`, sha256 }
}

/** What is wrong with a sealed line: it was changed, or what stood before it was; undefined: nothing. */
export type BrokenSeal = 'changed' | 'not after the one before'

/** Reads a line that was sealed. Throws SyntaxError where it is no JSON. */
export function unseal(
  line: string,
  before: string,
): { value: unknown; sha256: string; broken?: BrokenSeal } {
  const value: unknown = JSON.parse(line)
  const [, text, said] = /^(.*),"sha256":"([0-9a-f]{64})"\}$/s.exec(line) ?? []
  const sha256 = hashOf(text ?? line)
  if (text === undefined || said !== sha256) return { value, sha256: said ?? sha256, broken: 'changed' }
  const named = (value as { before?: unknown } | null)?.before
  return { value, sha256, ...(named === before ? {} : { broken: 'not after the one before' as const }) }
}

/** The SHA-256 of a text, in hexadecimal. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
