import { thousands } from '../format.ts'

/** An axis: where a value lies on it, from 0 to 1, and the values that are written beside it. */
export interface Scale {
  at(value: number): number
  ticks: readonly number[]
}

/** From 0 to a round number above the greatest value. */
export function linearScale(greatest: number): Scale {
  const step = roundStep(greatest / 4)
  const steps = Math.max(1, Math.ceil(greatest / step))
  const top = steps * step
  return { at: value => value / top, ticks: Array.from({ length: steps + 1 }, (_, index) => index * step) }
}

/** Each power of ten takes the same room; whole powers from below the least value to above the greatest. */
export function logScale(least: number, greatest: number): Scale {
  const from = Math.floor(Math.log10(least))
  const to = Math.max(from + 1, Math.ceil(Math.log10(greatest)))
  return {
    at: value => (Math.log10(value) - from) / (to - from),
    ticks: Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index)),
  }
}

/** From the fewest services to the most, by powers of ten; one number alone is in the middle. */
export function servicesScale(services: readonly number[]): Scale {
  const logs = services.map(Math.log10)
  const [from, to] = [Math.min(...logs), Math.max(...logs)]
  return { at: value => (from === to ? 0.5 : (Math.log10(value) - from) / (to - from)), ticks: services }
}

/** Milliseconds that are a power of ten: `100 ms`, `10 s`. */
export function loadTick(ms: number): string {
  return ms < 1000 ? `${Number(ms.toPrecision(1))} ms` : `${thousands(ms / 1000)} s`
}

/** 1, 2 or 5 times a power of ten, and not less than this. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return power * ([1, 2, 5].find(times => times * power >= least) ?? 10)
}
