/** Runs things in turn, A B A B …, after one round that is not counted, and returns the seconds of each, round by round. */
export async function interleaved(rounds, things) {
  const seconds = things.map(() => [])
  for (let round = rounds > 1 ? -1 : 0; round < rounds; round += 1) {
    for (const [index, thing] of things.entries()) {
      const took = await thing()
      if (round >= 0) seconds[index].push(took)
    }
  }
  return seconds
}

/** Seconds that something takes; what it returns is left alone. */
export async function timed(work) {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

export function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** A figure that must not be above its bound. */
export function atMost(what, value, bound, unit = '', detail = {}) {
  return { what, value, unit, bound, holds: value <= bound, ...detail }
}

/** The median of A beside that of B. */
export function ratio(what, [a, b], bound, names) {
  const seconds = { [names[0]]: median(a), [names[1]]: median(b) }
  return atMost(what, median(a) / median(b), bound, '×', { seconds })
}
