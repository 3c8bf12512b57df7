import type { Estimate } from '../../chart/estimate.ts'
import type { ModeName } from '../../chart/modes.ts'
import type { LatencyChart, Load, Point } from '../../chart/report.ts'
import { duration, listing, plural, thousands } from '../format.ts'
import { block, hanging, padEnd, padStart, widest, wrapParagraphs } from '../layout.ts'
import { printable } from '../printable.ts'
import type { Style } from '../terminal.ts'
import { type PlotLine, plotLines } from './plot.ts'
import { linearScale, loadTick, logScale } from './scale.ts'
import { chartWords } from './words.ts'

/** The charts of a run for a terminal, with its numbers and what they say. */
export function renderChart(style: Style, chart: LatencyChart): string {
  const { color, width } = style
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [...hanging('', color.bold(title), width), ...lines, '']
  const byMode = chart.modes.flatMap(mode => chart.points.filter(point => point.mode === mode))
  const requests = tableOf(style, byMode, requestColumns)
  const loads = tableOf(
    style,
    byMode.filter(({ load }) => load !== undefined),
    loadColumns,
  )
  return block([
    ...section(
      'New connections through the last of so many services: connect(2) in µs',
      latencyPlot(style, chart),
    ),
    ...section('New connections in numbers: µs', requests.lines),
    ...section('Loading the rules', loadPlot(style, chart)),
    ...section('Loading the rules in numbers', loads.lines),
    ...chartWords(chart).flatMap(words => hanging('  ', printable(words), width)),
    '',
    ...wrapParagraphs(printable(howWords(chart, [...requests.shown, ...loads.shown])), width).map(line =>
      color.dim(line),
    ),
  ])
}

function latencyPlot(style: Style, chart: LatencyChart): string[] {
  const greatest = Math.max(...chart.points.map(({ connect }) => connect.median.value))
  const lines = linesOf(
    style,
    chart,
    ({ connect }) => connect.median.value,
    value => value.toFixed(1),
  )
  return plotLines(style, lines, {
    services: chart.services,
    values: linearScale(greatest),
    tick: value => `${value}`,
  })
}

function loadPlot(style: Style, chart: LatencyChart): string[] {
  const times = chart.points.flatMap(({ load }) => load?.ms ?? [])
  if (times.length === 0) return []
  const lines = linesOf(style, chart, ({ load }) => load?.ms, duration)
  return plotLines(style, lines, {
    services: chart.services,
    values: logScale(Math.min(...times), Math.max(...times)),
    tick: loadTick,
  })
}

/** A line for each mode that has such a value. */
function linesOf(
  style: Style,
  { modes, points }: LatencyChart,
  of: (point: Point) => number | undefined,
  shown: (value: number) => string,
): PlotLine[] {
  return modes.flatMap(mode => {
    const own = points
      .filter(point => point.mode === mode)
      .flatMap(point => {
        const value = of(point)
        return value === undefined ? [] : [[point.services, value] as const]
      })
    const last = own.at(-1)
    return last === undefined
      ? []
      : [{ label: `${mode} ${shown(last[1])}`, points: own, paint: paintOf(style, mode) }]
  })
}

function paintOf({ color }: Style, mode: ModeName): (text: string) => string {
  const paints: Record<ModeName, (text: string) => string> = {
    direct: color.gray,
    'iptables-nft': color.red,
    'iptables-legacy': color.yellow,
    nftables: color.green,
    ipvs: color.magenta,
    ebpf: color.cyan,
  }
  return paints[mode]
}

/** A column of the numbers: `name` stands above it, `full` says which one it is where it is not shown. */
interface Column {
  name: string
  full: string
  text: (point: Point) => string
}

const interval = '95 %'

/** A value of each point, and its interval beside it. */
function estimateColumns(
  name: string,
  decimals: number,
  of: (point: Point) => Estimate | undefined,
): Column[] {
  return [
    { name, full: name, text: point => of(point)?.value.toFixed(decimals) ?? '' },
    { name: interval, full: `${interval} of ${name}`, text: point => intervalText(of(point), decimals) },
  ]
}

const requestColumns: readonly Column[] = [
  ...estimateColumns('connect', 1, ({ connect }) => connect.median),
  ...estimateColumns('p99', 0, ({ connect }) => connect.p99),
  ...estimateColumns('ab', 0, ({ request }) => request?.median),
  ...estimateColumns('ab p99', 0, ({ request }) => request?.p99),
]

const loadColumns: readonly Column[] = [
  { name: 'load', full: 'load', text: ({ load }) => (load === undefined ? '' : duration(load.ms)) },
  { name: 'memory', full: 'memory', text: ({ load }) => memoryText(load?.memory) },
]

/** A table as it is shown, and the names of its columns. */
interface Table {
  lines: readonly string[]
  shown: readonly string[]
}

/** Of the columns that have anything to say the first that fit, with a line for each point, and which are left out. */
function tableOf({ color, width }: Style, points: readonly Point[], columns: readonly Column[]): Table {
  const told = columns.filter(({ text }) => points.some(point => text(point) !== ''))
  if (told.length === 0) return { lines: [], shown: [] }
  const heads: readonly Column[] = [
    { name: '', full: '', text: ({ mode }) => mode },
    { name: 'services', full: '', text: ({ services }) => thousands(services) },
  ]
  const all = [...heads, ...told].map(({ name, text }) => [name, ...points.map(text)])
  const widths = all.map(widest)
  const fitting = widths.filter(
    (_, at) => widths.slice(0, at + 1).reduce((sum, own) => sum + own + 2, -2) <= width,
  ).length
  const isFirst = (at: number) => points[at - 1]?.mode !== points[at - 2]?.mode
  const row = (at: number) =>
    all
      .slice(0, fitting)
      .map((column, index) =>
        index === 0
          ? padEnd(isFirst(at) ? column[at]! : '', widths[0]!)
          : padStart(column[at]!, widths[index]!),
      )
      .join('  ')
      .trimEnd()
  const leftOut = told.slice(Math.max(0, fitting - heads.length)).map(({ full }) => full)
  return {
    lines: [
      color.dim(row(0)),
      ...points.map((_, at) => row(at + 1)),
      ...(leftOut.length === 0
        ? []
        : hanging('', `columns left out: ${leftOut.join(', ')}; --format csv has them`, width)),
    ],
    shown: told.slice(0, Math.max(0, fitting - heads.length)).map(({ full }) => full),
  }
}

function intervalText(estimate: Estimate | undefined, decimals: number): string {
  const { low, high } = estimate ?? {}
  return low === undefined || high === undefined ? '' : `${low.toFixed(decimals)}–${high.toFixed(decimals)}`
}

function memoryText(bytes: number | undefined): string {
  if (bytes === undefined) return ''
  const megabytes = bytes / 1e6
  return megabytes < 0.5 ? '< 0.5 MB' : `${megabytes < 9.95 ? megabytes.toFixed(1) : megabytes.toFixed(0)} MB`
}

/** How it was measured, what the columns are that are shown, and what else the machine was doing. */
function howWords(chart: LatencyChart, shown: readonly string[]): string {
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
