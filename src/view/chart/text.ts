import type { Estimate } from '../../chart/estimate.ts'
import type { ModeName } from '../../chart/modes.ts'
import type { LatencyChart, Point } from '../../chart/report.ts'
import { duration, thousands } from '../format.ts'
import { block, hanging, padEnd, padStart, widest, wrapParagraphs } from '../layout.ts'
import { printable } from '../printable.ts'
import type { Style } from '../terminal.ts'
import { howWords, interval } from './how-words.ts'
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
