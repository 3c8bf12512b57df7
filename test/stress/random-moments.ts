/** Numbers from 0 to 1 that a seed decides (mulberry32), so that a run can be repeated. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Another one in each run, unless NETLAB_TEST_SEED repeats one. */
export const seed = Number(process.env.NETLAB_TEST_SEED ?? Math.floor(Math.random() * 1e6))
