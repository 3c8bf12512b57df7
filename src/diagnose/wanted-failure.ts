import type { Tries } from '../observe/facts.ts'
import { type Evidence, finding } from './evidence.ts'
import type { Question } from './question.ts'
import type { Shown } from './show.ts'

/** What is said of a request that was to fail and did not, or not as it should; undefined: what makes it fail in another way is to be looked for. */
export function wantedFailure(
  { from, url, failing }: Question,
  { failed, failures }: Tries,
  answered: () => readonly Shown[],
): Evidence | undefined {
  if (failed === 0)
    return finding(`nothing on the way stops packets from ${from} to ${url}`, undefined, ...answered())
  const isWanted = failures.every(kind => kind !== 'other' && failing?.includes(kind) === true)
  if (failing?.length !== 0 && !isWanted) return undefined
  return finding(`asked again, ${url} failed as it should: something has changed since`, undefined)
}
