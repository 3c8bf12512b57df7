import type { Estimate } from '../../chart/estimate.ts'
import type { ModeName } from '../../chart/modes.ts'
import type { LatencyChart, Point } from '../../chart/report.ts'
import { plural, thousands } from '../format.ts'
import { printableXml } from '../printable.ts'
import { linearScale, loadTick, logScale, type Scale, servicesScale } from './scale.ts'
import { chartWords } from './words.ts'

/** One of the pictures that stand beside and below each other. */
interface Panel {
  title: string
  /** Undefined: not measured. */
  of: (point: Point) => Estimate | undefined
  scale: (values: readonly number[]) => Scale
  tick: (value: number) => string
}

const width = 960
const panelSize = { width: width / 2, height: 320 }
/** Around the drawing in each panel. */
const margin = { left: 62, right: 22, top: 44, bottom: 42 }
const header = 64
const footer = 34

/** Colours that stand on a light page and on a dark one, each with a shape, for whoever does not tell colours. */
const looks: Readonly<Record<ModeName, { light: string; dark: string; shape: Shape }>> = {
  direct: { light: '#57606a', dark: '#9ea7b3', shape: 'circle' },
  'iptables-nft': { light: '#cf222e', dark: '#ff7b72', shape: 'square' },
  'iptables-legacy': { light: '#9a6700', dark: '#e3b341', shape: 'diamond' },
  nftables: { light: '#1a7f37', dark: '#56d364', shape: 'triangle' },
  ipvs: { light: '#8250df', dark: '#d2a8ff', shape: 'cross' },
  ebpf: { light: '#0969da', dark: '#79c0ff', shape: 'ring' },
}

type Shape = 'circle' | 'square' | 'diamond' | 'triangle' | 'cross' | 'ring'

const exactly = (value: number | undefined): Estimate | undefined =>
  value === undefined ? undefined : { value }
const fromZero = (values: readonly number[]) => linearScale(Math.max(...values))
const byTens = (values: readonly number[]) => logScale(Math.min(...values), Math.max(...values))

const panels: readonly Panel[] = [
  {
    title: 'A new connection: median, µs',
    of: ({ connect }) => connect.median,
    scale: fromZero,
    tick: String,
  },
  {
    title: 'A whole request of ab’s: median, µs',
    of: ({ request }) => request?.median,
    scale: fromZero,
    tick: String,
  },
  {
    title: 'A new connection: 99th percentile, µs',
    of: ({ connect }) => connect.p99,
    scale: fromZero,
    tick: String,
  },
  {
    title: 'A whole request of ab’s: 99th percentile, µs',
    of: ({ request }) => request?.p99,
    scale: fromZero,
    tick: String,
  },
  { title: 'Loading the rules', of: ({ load }) => exactly(load?.ms), scale: byTens, tick: loadTick },
  {
    title: 'Memory of the rules, MB',
    // Less than a tenth of a megabyte is less than the kernel counts exactly.
    of: ({ load }) => exactly(load?.memory === undefined ? undefined : Math.max(0.1, load.memory / 1e6)),
    scale: byTens,
    tick: value => `${Number(value.toPrecision(3))}`,
  },
]

/** The charts of a run as a picture, for pages light and dark. */
export function renderChartSvg(chart: LatencyChart): string {
  const measured = panels.filter(({ of }) => chart.points.some(point => of(point) !== undefined))
  const rows = Math.ceil(measured.length / 2)
  const height = header + rows * panelSize.height + footer
  const { machine, date } = chart
  const drawn = measured.map((panel, at) => {
    const [x, y] = [(at % 2) * panelSize.width, header + Math.floor(at / 2) * panelSize.height]
    return `<g transform="translate(${x} ${y})">\n${panelMarkup(panel, chart)}\n</g>`
  })
  const from = `${date.slice(0, 10)}, Linux ${machine.kernel}, ${machine.cores} × ${machine.processor}, ${plural(chart.rounds, 'round')}; bars: 95 % intervals`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title words">
<title id="title">New connections through the last of so many services</title>
<desc id="words">${printableXml(chartWords(chart).join(' '))}</desc>
<style>
${styleSheet(chart.modes)}
</style>
<rect class="page" width="${width}" height="${height}"/>
<text class="title" x="16" y="26">New connections through the last of so many services</text>
${legend(chart.modes)}
${drawn.join('\n')}
<text class="note" x="16" y="${height - 12}">${printableXml(from)}</text>
</svg>
`
}

function styleSheet(modes: readonly ModeName[]): string {
  const colours = (scheme: 'light' | 'dark') =>
    modes.map(mode => `.${mode} { --own: ${looks[mode][scheme]}; }`).join(' ')
  return [
    'svg { --page: #ffffff; --text: #1f2328; --dim: #59636e; --grid: #d1d9e0; }',
    colours('light'),
    '@media (prefers-color-scheme: dark) {',
    'svg { --page: #0d1117; --text: #f0f6fc; --dim: #9198a1; --grid: #3d444d; }',
    colours('dark'),
    '}',
    '.page { fill: var(--page); }',
    'text { font: 12px system-ui, sans-serif; fill: var(--text); }',
    '.title { font-size: 17px; font-weight: 600; }',
    '.panel { font-size: 13px; font-weight: 600; }',
    '.note, .tick { fill: var(--dim); }',
    '.tick, .note { font-size: 11px; }',
    '.grid { stroke: var(--grid); stroke-width: 1; }',
    '.line { fill: none; stroke: var(--own); stroke-width: 2; }',
    '.interval { stroke: var(--own); stroke-width: 1.5; opacity: 0.7; }',
    '.mark { fill: var(--own); stroke: var(--page); stroke-width: 1; }',
    '.ring, .cross { fill: var(--page); stroke: var(--own); stroke-width: 2; }',
  ].join('\n')
}

function legend(modes: readonly ModeName[]): string {
  let x = 22
  return modes
    .map(mode => {
      const own = `<g class="${mode}">${mark(mode, x, 46)}<text x="${x + 11}" y="50">${mode}</text></g>`
      x += 11 + mode.length * 7 + 24
      return own
    })
    .join('\n')
}

function panelMarkup({ title, of, scale, tick }: Panel, { modes, points, services }: LatencyChart): string {
  const room = {
    width: panelSize.width - margin.left - margin.right,
    height: panelSize.height - margin.top - margin.bottom,
  }
  const estimates = points.flatMap(point => of(point) ?? [])
  const y = scale(estimates.map(({ value, high }) => high ?? value))
  const x = servicesScale(services)
  const left = (count: number) => round(margin.left + x.at(count) * room.width)
  const top = (value: number) => round(margin.top + (1 - y.at(value)) * room.height)
  const right = margin.left + room.width
  const bottom = margin.top + room.height
  const lines = modes.map(mode => {
    const own = points.flatMap(point => {
      const estimate = point.mode === mode ? of(point) : undefined
      return estimate === undefined ? [] : [{ x: left(point.services), y: top(estimate.value), estimate }]
    })
    return own.length === 0 ? '' : modeMarkup(mode, own, top)
  })
  return [
    `<text class="panel" x="16" y="24">${printableXml(title)}</text>`,
    ...y.ticks.map(
      value =>
        `<line class="grid" x1="${margin.left}" x2="${right}" y1="${top(value)}" y2="${top(value)}"/><text class="tick" x="${margin.left - 8}" y="${round(top(value) + 4)}" text-anchor="end">${tick(value)}</text>`,
    ),
    ...services.map(
      count =>
        `<text class="tick" x="${left(count)}" y="${bottom + 18}" text-anchor="middle">${shortCount(count)}</text>`,
    ),
    `<text class="note" x="${round((margin.left + right) / 2)}" y="${bottom + 34}" text-anchor="middle">services</text>`,
    ...lines.filter(line => line !== ''),
  ].join('\n')
}

function modeMarkup(
  mode: ModeName,
  points: readonly { x: number; y: number; estimate: Estimate }[],
  top: (value: number) => number,
): string {
  const path = points.map(({ x, y }) => `${x},${y}`).join(' ')
  const intervals = points.flatMap(({ x, estimate: { low, high } }) =>
    low === undefined || high === undefined
      ? []
      : `<line class="interval" x1="${x}" x2="${x}" y1="${top(low)}" y2="${top(high)}"/>`,
  )
  const marks = points.map(({ x, y }) => mark(mode, x, y))
  return `<g class="${mode}"><polyline class="line" points="${path}"/>${intervals.join('')}${marks.join('')}</g>`
}

function mark(mode: ModeName, x: number, y: number): string {
  const at = (dx: number, dy: number) => `${round(x + dx)},${round(y + dy)}`
  switch (looks[mode].shape) {
    case 'circle':
      return `<circle class="mark" cx="${x}" cy="${y}" r="4"/>`
    case 'ring':
      return `<circle class="ring" cx="${x}" cy="${y}" r="4"/>`
    case 'square':
      return `<rect class="mark" x="${round(x - 4)}" y="${round(y - 4)}" width="8" height="8"/>`
    case 'diamond':
      return `<polygon class="mark" points="${at(0, -5)} ${at(5, 0)} ${at(0, 5)} ${at(-5, 0)}"/>`
    case 'triangle':
      return `<polygon class="mark" points="${at(0, -5)} ${at(5, 4)} ${at(-5, 4)}"/>`
    case 'cross':
      return `<path class="cross" d="M${at(-4, -4)} L${at(4, 4)} M${at(4, -4)} L${at(-4, 4)}"/>`
  }
}

/** `2k`: on the axis the numbers of a thousand and more stand close together. */
function shortCount(count: number): string {
  return count >= 1000 && count % 100 === 0 ? `${count / 1000}k` : thousands(count)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
