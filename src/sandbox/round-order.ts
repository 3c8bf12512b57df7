/**
 * The order of a round, counted from 1: each round starts one later than the one before, A B C, B C A, C A B, so that all come first, last
 * and between. None follows itself at once, with caches that are warm of it: two take turns, A B, A B.
 */
export function inTurn<T>(all: readonly T[], round: number): T[] {
  const start = all.length === 2 ? 0 : (round - 1) % all.length
  return [...all.slice(start), ...all.slice(0, start)]
}
