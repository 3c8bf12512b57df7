import type { LatencyChart, Load, Point } from '../../chart/report.ts'
import { listing, plural } from '../format.ts'

/** What stands above a column of intervals. */
export const interval = '95 %'

/** How it was measured, what the columns are that are shown, and what else the machine was doing. */
export function howWords(chart: LatencyChart, shown: readonly string[]): string {
  const { rounds, connects, requests, machine, loadAverage, points, date } = chart
  const has = (name: string) => shown.includes(name)
  const ab =
    requests === 0
      ? 'ab is not on this machine, so only connect(2) was measured.'
      : `Then ab asks ${requests} times.`
  const medians = ['connect', 'ab'].filter(has)
  const p99 = has('p99') || has('ab p99') ? ', p99 that of their 99th percentiles' : ''
  const bounds = shown.some(name => name.startsWith(interval))
    ? `; ${interval} is the interval of order statistics of the rounds`
    : ''
  const counted = points.some(point => point.counted !== undefined)
    ? ', and as many were counted where the kernel counts at the rule'
    : ''
  return [
    `${plural(rounds, 'round')}, in each of them every mode with every number of services in turn: ${plural(connects, 'connection')}, after 20 that are not counted. ${ab}`,
    ...(medians.length === 0
      ? []
      : [
          `${listing(medians, 'and')} ${medians.length === 1 ? 'is the median' : 'are the medians'} of the rounds' medians${p99}${bounds}.`,
        ]),
    `All connections arrived at the pod${counted}.`,
    ...loadWords(points, has),
    `${date.slice(0, 16).replace('T', ' ')} UTC, Linux ${machine.kernel}, ${machine.cores} × ${machine.processor}; so many wanted a processor: ${loadAverage.before.toFixed(1)} before, ${loadAverage.after.toFixed(1)} after.`,
  ].join(' ')
}

function loadWords(points: readonly Point[], has: (column: string) => boolean): string[] {
  const loadsOf = (isEbpf: boolean) =>
    points.flatMap(({ mode, load }) => (load !== undefined && (mode === 'ebpf') === isEbpf ? [load] : []))
  const [programs, sockets] = [loadsOf(false), loadsOf(true)]
  return [
    ...(has('load') ? [timeWords(programs, sockets)] : []),
    ...(has('memory') ? [memoryWords(programs.some(isCounted), sockets.some(isCounted))] : []),
    ...(programs.length === 0 || programs.some(isCounted)
      ? []
      : ['The kernel counts no memory for labs here.']),
    ...(sockets.length === 0 || sockets.some(isCounted)
      ? []
      : ['This kernel does not tell how full the maps of ebpf are.']),
  ]
}

function isCounted({ memory }: Load): boolean {
  return memory !== undefined
}

/** What is timed of modes that start programs, and of ebpf, and how often. */
function timeWords(programs: readonly Load[], sockets: readonly Load[]): string {
  const order = 'one order to a process that runs already, which fills the maps'
  const what = [
    ...(programs.length === 0 ? [] : ['the time of the programs that write the rules, with their start']),
    ...(sockets.length === 0
      ? []
      : [programs.length === 0 ? `the time of ${order}` : `of ebpf that of ${order}`]),
  ]
  return `load is ${what.join('; ')}: ${oftenWords([...programs, ...sockets])}.`
}

function oftenWords(loads: readonly Load[]): string {
  const several = loads.filter(({ times }) => times > 1).length
  if (several === 0) return 'measured once'
  return several === loads.length
    ? 'the median of three'
    : 'the median of three where it is less than a second, and measured once where it is more'
}

function memoryWords(programs: boolean, sockets: boolean): string {
  const what = [
    ...(programs ? ['what the kernel took more, counted by the cgroup of the lab'] : []),
    ...(sockets ? [programs ? 'of ebpf what its maps took more' : 'what the maps took more'] : []),
  ]
  return `memory is ${what.join('; ')}.`
}
