/** A number of a run, with the interval in which the true one lies with at least 95 % confidence. */
export interface Estimate {
  value: number
  /** Left out: there are too few rounds to say. */
  low?: number
  high?: number
}

/** How sure an interval is at least. */
export const confidence = 0.95
/** Rounds of a run at the most: with so many a median's interval leaves out the five farthest on either side. */
export const mostRounds = 20
/** Of fewer numbers the 99th percentile would be the largest. */
export const leastForP99 = 100

/**
 * The median of what the rounds of a run gave, with the interval of order statistics that has it: between the k-th smallest and the k-th
 * largest of n lies the true median with probability 1 − 2·P(X < k), X binomial of n and 1/2, whatever the distribution. Rounds are
 * taken as independent; single requests are not, since what disturbs one mostly disturbs its neighbours.
 */
export function medianOf(values: readonly number[]): Estimate {
  const sorted = ascending(values)
  const value = middleOf(sorted)
  const rank = intervalRank(sorted.length)
  return rank === 0 ? { value } : { value, low: sorted[rank - 1]!, high: sorted[sorted.length - rank]! }
}

/** The largest k, counted from 1, with which the interval is sure enough; 0: none is. */
export function intervalRank(count: number): number {
  let probability = 0.5 ** count
  let below = probability
  let rank = 0
  while (rank < count / 2 && 1 - 2 * below >= confidence) {
    rank += 1
    probability *= (count - rank + 1) / rank
    below += probability
  }
  return rank
}

/** The median of numbers: of an even count what is halfway between the two in the middle. */
export function middleOf(numbers: readonly number[]): number {
  const sorted = ascending(numbers)
  const half = sorted.length / 2
  return Number.isInteger(half) ? (sorted[half - 1]! + sorted[half]!) / 2 : sorted[Math.floor(half)]!
}

/** The least of the numbers that at least 99 % of them do not exceed; undefined: there are too few to have one. */
export function p99Of(numbers: readonly number[]): number | undefined {
  if (numbers.length < leastForP99) return undefined
  return ascending(numbers)[Math.ceil((numbers.length * 99) / 100) - 1]
}

function ascending(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b)
}
