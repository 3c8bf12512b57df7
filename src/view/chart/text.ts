import type { Estimate } from '../../chart/estimate.ts'
import type { ModeName } from '../../chart/modes.ts'
import type { LatencyChart, Point } from '../../chart/report.ts'
import { duration, plural, thousands } from '../format.ts'
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
  return block([
    ...section(
      'New connections through the last of so many services: connect(2) in µs',
      latencyPlot(style, chart),
    ),
    ...section('Loading the rules', loadPlot(style, chart)),
    ...section('The numbers', table(style, chart)),
    ...chartWords(chart).flatMap(words => hanging('  ', printable(words), width)),
    '',
    ...wrapParagraphs(printable(howWords(chart)), width).map(line => color.dim(line)),
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

const columns: readonly { name: string; text: (point: Point) => string }[] = [
  { name: 'services', text: ({ services }) => thousands(services) },
  { name: 'connect', text: ({ connect }) => connect.median.value.toFixed(1) },
  { name: '95 %', text: ({ connect }) => intervalText(connect.median, 1) },
  { name: 'p99', text: ({ connect }) => connect.p99?.value.toFixed(0) ?? '' },
  { name: 'load', text: ({ load }) => (load === undefined ? '' : duration(load.ms)) },
  { name: 'memory', text: ({ load }) => memoryText(load?.memory) },
  { name: 'ab', text: ({ request }) => request?.median.value.toFixed(0) ?? '' },
  { name: 'ab p99', text: ({ request }) => request?.p99?.value.toFixed(0) ?? '' },
  { name: 'p99: 95 %', text: ({ connect }) => intervalText(connect.p99, 0) },
  { name: 'ab: 95 %', text: ({ request }) => intervalText(request?.median, 0) },
  { name: 'ab p99: 95 %', text: ({ request }) => intervalText(request?.p99, 0) },
]

/** The first columns that fit, and a line for each point. */
function table({ color, width }: Style, { modes, points }: LatencyChart): string[] {
  const names = widest(modes)
  const cells = columns.map(({ name, text }) => [name, ...points.map(text)])
  const widths = cells.map(widest)
  const fitting = widths.filter(
    (_, at) => names + widths.slice(0, at + 1).reduce((sum, own) => sum + own + 2, 0) <= width,
  ).length
  const row = (first: string, at: number) =>
    [
      padEnd(first, names),
      ...cells.slice(0, fitting).map((column, index) => padStart(column[at]!, widths[index]!)),
    ]
      .join('  ')
      .trimEnd()
  const rowsOf = (mode: ModeName) => points.flatMap((point, at) => (point.mode === mode ? [at + 1] : []))
  return [
    color.dim(row('', 0)),
    ...modes.flatMap(mode => rowsOf(mode).map((at, index) => row(index === 0 ? mode : '', at))),
  ]
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

/** How it was measured, and what else the machine was doing. */
function howWords({ rounds, connects, requests, machine, loadAverage, points, date }: LatencyChart): string {
  const ab =
    requests === 0
      ? 'ab is not on this machine, so only connect(2) was measured.'
      : `Then ab asks ${requests} times.`
  const memory = points.some(({ load }) => load?.memory !== undefined)
    ? 'memory is what the kernel took more, counted by the cgroup of the lab.'
    : 'The kernel counts no memory for labs here.'
  return [
    `${rounds} rounds, in each of them every mode with every number of services in turn: ${plural(connects, 'connection')}, after 20 that are not counted. ${ab}`,
    "connect is the median of the rounds' medians, p99 that of their 99th percentiles, both in µs; 95 % is the interval of order statistics of the rounds.",
    `All connections arrived at the pod, and as many were counted where the kernel counts at the rule. ${memory}`,
    `${date.slice(0, 16).replace('T', ' ')} UTC, Linux ${machine.kernel}, ${machine.cores} × ${machine.processor}; so many wanted a processor: ${loadAverage.before.toFixed(1)} before, ${loadAverage.after.toFixed(1)} after.`,
  ].join(' ')
}
