import type { Place } from '../../command/command.ts'
import { canonical } from '../../model/address.ts'
import type { FailureKind } from '../../model/lab.ts'

/** What may come of a request, or of many: an answer to a question of what will happen. */
export type Outcome =
  /** One of these answers; empty: anybody. What is left out may be anything, `status` is 200 then. */
  | { kind: 'answers'; backends: readonly Place[]; client?: string; status?: number; body?: string }
  /** It fails in one of these ways; empty: in any. */
  | { kind: 'fails'; how: readonly FailureKind[] }
  /** Shares of 1. */
  | { kind: 'shares'; shares: Readonly<Record<Place, number>>; failed: number }

/** Shares that differ by less are too much alike to be told apart. */
const leastDifference = 0.1

/** Whether nothing that happens can be both: only then may one of them stand beside the other as a wrong answer. */
export function excludes(one: Outcome, other: Outcome): boolean {
  if (one.kind === 'answers' && other.kind === 'answers') {
    const apart = (of: readonly unknown[], than: readonly unknown[]) =>
      of.length > 0 && than.length > 0 && !of.some(each => than.includes(each))
    return (
      apart(one.backends, other.backends) ||
      (one.status ?? 200) !== (other.status ?? 200) ||
      apart(clients(one), clients(other))
    )
  }
  if (one.kind === 'fails' && other.kind === 'fails')
    return one.how.length > 0 && other.how.length > 0 && !one.how.some(how => other.how.includes(how))
  if (one.kind === 'shares' && other.kind === 'shares') return difference(one, other) >= leastDifference
  // A part of many requests is compared with nothing but parts.
  return one.kind !== 'shares' && other.kind !== 'shares'
}

function clients({ client }: { client?: string }): string[] {
  return client === undefined ? [] : [canonical(client)]
}

/** Who answers which share of many requests. */
export type SharesOutcome = Extract<Outcome, { kind: 'shares' }>

function difference(one: SharesOutcome, other: SharesOutcome): number {
  const pods = new Set([...Object.keys(one.shares), ...Object.keys(other.shares)])
  const apart = [...pods].map(pod => Math.abs((one.shares[pod] ?? 0) - (other.shares[pod] ?? 0)))
  return Math.max(Math.abs(one.failed - other.failed), ...apart)
}
