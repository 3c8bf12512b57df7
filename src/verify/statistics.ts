import gammainc from '@stdlib/math-base-special-gammainc'

/** How often a healthy service may be called off: once in a million samples. */
export const falseAlarmRate = 1e-6

/** How far a share may be off before the sample must show it: a third of what is due, the mistake of a wrong probability. */
const noticedDeviation = 1 / 3

/** Standard normal quantiles for the false-alarm rate, and for missing a real deviation as seldom. */
const quantiles = 4.753 + 4.753

/**
 * How many requests a sample needs: a backend that gets a third less than its share is then found, and a healthy
 * service is called off, each with the false-alarm rate (Cohen's effect size w; N = (z₁ + z₂)² / w²).
 */
export function requestsNeeded(shares: readonly number[]): number {
  const smallest = Math.min(...shares.filter(share => share > 0 && share < 1))
  if (!Number.isFinite(smallest)) return 200
  const effect = smallest * noticedDeviation ** 2 + (smallest * noticedDeviation) ** 2 / (1 - smallest)
  return Math.ceil(quantiles ** 2 / effect / 100) * 100
}

/**
 * The probability that counts as far from their expected shares as these, or farther, come by chance (Pearson's
 * chi-square test). A count where none is expected gives 0. Returns 1 where there is nothing to compare.
 */
export function pValue(counts: readonly number[], shares: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (counts.some((count, index) => count > 0 && (shares[index] ?? 0) === 0)) return 0
  const cells = counts
    .map((count, index) => ({ count, expected: total * (shares[index] ?? 0) }))
    .filter(cell => cell.expected > 0)
  if (total === 0 || cells.length < 2) return 1
  const statistic = cells.reduce((sum, { count, expected }) => sum + (count - expected) ** 2 / expected, 0)
  return gammainc(statistic / 2, (cells.length - 1) / 2, true, true)
}

/** The value below which a part of the sorted numbers lies; undefined for none. */
export function quantile(sorted: readonly number[], part: number): number | undefined {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]
}
