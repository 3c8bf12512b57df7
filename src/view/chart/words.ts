import { type Estimate, leastForP99, mostRounds } from '../../chart/estimate.ts'
import type { ModeName } from '../../chart/modes.ts'
import type { Growth, LatencyChart } from '../../chart/report.ts'
import { plural, thousands } from '../format.ts'

/** What came of the measurement, in sentences: what the article claims first, then mode by mode, then what may be noise. */
export function chartWords({ growth, leftOut, modes, connects }: LatencyChart): string[] {
  return [
    ...(growth.length === 0 ? [] : [claimWords(growth, modes)]),
    ...growth.filter(({ mode }) => mode !== 'direct').map(modeWords),
    ...growth.filter(({ mode }) => mode === 'direct').map(noiseWords),
    ...(connects < leastForP99 ? [fewWords(connects)] : []),
    ...leftOut.map(({ mode, from, why }) =>
      from === undefined
        ? `${mode} is not in the chart: ${why}.`
        : `${mode} is not in the chart from ${plural(from, 'service')} on: ${why}.`,
    ),
  ]
}

/** The claim of the article from which the lab chart-of-services tells. */
function claimWords(growth: readonly Growth[], modes: readonly ModeName[]): string {
  const claim = 'The claim that iptables gets slower with the number of services, and eBPF does not'
  return `${claim}: ${iptablesWords(growth)}; ${ebpfWords(growth, modes)}.`
}

function iptablesWords(growth: readonly Growth[]): string {
  const own = growth.filter(({ mode }) => mode.startsWith('iptables'))
  if (own.length === 0) return 'iptables was not measured'
  const seen = own.flatMap(({ seenFrom }) => seenFrom ?? [])
  const to = plural(Math.max(...own.map(({ to }) => to)), 'service')
  if (seen.length > 0)
    return `of iptables it is true here, and it shows from ${plural(Math.min(...seen), 'service')} on`
  return own.some(({ verdict }) => verdict === 'open')
    ? `of iptables this run cannot tell it up to ${to}`
    : `of iptables it does not show here up to ${to}`
}

function ebpfWords(growth: readonly Growth[], modes: readonly ModeName[]): string {
  const own = growth.find(({ mode }) => mode === 'ebpf')
  if (own === undefined || !modes.includes('ebpf')) return 'eBPF was not measured'
  if (own.verdict === 'open') return 'of eBPF this run cannot tell it'
  if (own.verdict === 'grows') return 'of eBPF it is not true here'
  return growth.some(({ mode, seenFrom }) => mode.startsWith('iptables') && seenFrom !== undefined)
    ? 'of eBPF it is true as well'
    : 'of eBPF it is true here'
}

function modeWords({ mode, from, to, connect, more, load, seenFrom, verdict, goal }: Growth): string {
  const span = `from ${thousands(from)} to ${plural(to, 'service')}`
  const factor = `${times(connect)} ${span}, ${signed(more.value)} µs`
  const shown =
    seenFrom === undefined || verdict !== 'grows' ? '' : `, beyond doubt from ${thousands(seenFrom)} on`
  const loading = load === undefined ? '' : ` Loading the rules takes ${round(load)} times as long.`
  switch (verdict) {
    case 'grows':
      return `${mode} grows: ${factor}${shown}${goal === undefined ? '' : `; more than the goal, ×${goal}`}.${loading}`
    case 'flat':
      return `${mode} ${goal === undefined ? 'does not grow' : `keeps its goal, ×${goal}`}: ${factor}.${loading}`
    case 'open':
      return `${mode}: ${factor}; from this run nobody can say whether ${goal === undefined ? 'it grows' : `it is within its goal, ×${goal}`}.${loading}`
  }
}

function noiseWords({ connect }: Growth): string {
  return `direct, which no service can slow down, came to ${times(connect)}: so much is noise.`
}

function fewWords(connects: number): string {
  const wanted = `--requests ${leastForP99 * mostRounds}`
  return `${plural(connects, 'connection')} in a round ${connects === 1 ? 'has' : 'have'} no 99th percentile: that takes ${leastForP99}, and "${wanted}" or more.`
}

function times({ value, low, high }: Estimate): string {
  const interval = low === undefined || high === undefined ? '' : ` (${low.toFixed(2)}–${high.toFixed(2)})`
  return `×${value.toFixed(2)}${interval}`
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`
}

function round(value: number): string {
  return value < 10 ? value.toFixed(1) : thousands(Math.round(value))
}
