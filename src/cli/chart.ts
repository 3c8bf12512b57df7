import { writeFileSync } from 'node:fs'
import { extname } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { mostCells, mostServices } from '../chart/cells.ts'
import { chartLatency } from '../chart/measure.ts'
import { type ChartMode, chartModes } from '../chart/modes.ts'
import type { LatencyChart } from '../chart/report.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { renderChartCsv } from '../view/chart/csv.ts'
import { openChartProgress } from '../view/chart/progress.ts'
import { renderChartSvg } from '../view/chart/svg.ts'
import { renderChart } from '../view/chart/text.ts'
import { listing } from '../view/format.ts'
import { printableJson } from '../view/printable.ts'
import { openTerminal, plainStyle, type Style } from '../view/terminal.ts'
import type { EarlyStart } from './early-start.ts'
import { mustBeWritable } from './output-file.ts'

const formats = ['text', 'svg', 'json', 'csv'] as const
type Format = (typeof formats)[number]

interface Output {
  file: string
  format: Format
}

interface LatencyFlags {
  services: number[]
  modes?: ChartMode[]
  requests: number
  format: Format
  output: Output[]
  quiet?: true
}

const defaultServices = [1, 10, 100, 1000, 2000, 5000]
/** A client has 28,232 ports, and ab's are taken for a minute. */
const mostRequests = 40_000

/** `netlab chart`: measures on this machine what is said of the modes, and draws it. */
export function chartCommand(earlyStart: EarlyStart): Command {
  return new Command('chart')
    .description('measure new connections on this machine, and draw them against the number of services')
    .addCommand(latencyCommand(earlyStart))
}

function latencyCommand(earlyStart: EarlyStart): Command {
  return new Command('latency')
    .description(
      'new connections through the last of so many services, in each mode; and what loading the rules takes',
    )
    .option('--services <counts>', 'how many services, for example 1,10,100', countsOf, defaultServices)
    .option(
      '--modes <names>',
      `of ${chartModes.map(({ name }) => name).join(', ')}; by default all that this machine has`,
      modesOf,
    )
    .option('--requests <n>', 'connections per mode and number of services', requestsOf, 4000)
    .addOption(new Option('--format <format>', 'what to print').choices(formats).default('text'))
    .option(
      '-o, --output <file>',
      'write it to a file too, in the format of its name: .svg, .json, .csv or .txt (repeatable)',
      (file: string, files: Output[]) => [...files, { file, format: formatOf(file) }],
      [],
    )
    .option('-q, --quiet', 'no progress')
    .exitOverride()
    .action((flags: LatencyFlags) => runLatency(earlyStart, flags))
}

async function runLatency(earlyStart: EarlyStart, flags: LatencyFlags): Promise<void> {
  const { services, modes = chartModes, requests: connects, format, output } = flags
  mustBeFew(services, modes)
  for (const { file } of output) mustBeWritable(file)
  const terminal = openTerminal({ quiet: flags.quiet ?? false })
  const { interrupt, start } = earlyStart.begin()
  const progress = openChartProgress(terminal)
  const chart = await chartLatency(
    { services, modes, connects },
    { start: await start, signal: interrupt.signal, tell: progress.hear },
  ).finally(() => progress.stop())
  for (const { file, format } of output) writeFileSync(file, rendered(chart, format, plainStyle()))
  const { out } = terminal
  if (format === 'text') out.write(rendered(chart, format, out))
  else out.pass(rendered(chart, format, out))
}

function rendered(chart: LatencyChart, format: Format, style: Style): string {
  switch (format) {
    case 'text':
      return renderChart(style, chart)
    case 'svg':
      return renderChartSvg(chart)
    case 'json':
      return printableJson(chart)
    case 'csv':
      return renderChartCsv(chart)
  }
}

/** A name without an ending is of a text, as `/dev/stderr`. */
function formatOf(file: string): Format {
  const ending = extname(file).slice(1).toLowerCase()
  const format = ending === '' || ending === 'txt' ? 'text' : formats.find(each => each === ending)
  if (format !== undefined) return format
  throw new InvalidArgumentError('Its name must end in .svg, .json, .csv or .txt.')
}

function mustBeFew(services: readonly number[], modes: readonly ChartMode[]): void {
  if (services.length * modes.length <= mostCells) return
  throw new NetlabError({
    what: `${modes.length} modes with ${services.length} numbers of services each are ${services.length * modes.length} nodes, and ${mostCells} is the most`,
    fix: 'name fewer numbers of services, or fewer modes',
    exitCode: exitCode.wrongInput,
  })
}

function countsOf(text: string): number[] {
  const isCount = (word: string) => /^\d+$/.test(word) && Number(word) >= 1 && Number(word) <= mostServices
  const words = text.split(',')
  const wrong = words.find(word => !isCount(word))
  if (wrong === undefined) return [...new Set(words.map(Number))].sort((a, b) => a - b)
  throw new InvalidArgumentError(
    `${wrongWord(wrong, `whole number from 1 to ${mostServices}`)} Write such numbers with commas between them, as 1,10,100.`,
  )
}

/** What is wrong in a list; a comma too many leaves an empty word. */
function wrongWord(word: string, wanted: string): string {
  return word === '' ? `There is a comma with no ${wanted} beside it.` : `"${word}" is no ${wanted}.`
}

function modesOf(text: string): ChartMode[] {
  const names = text.split(',')
  const unknown = names.find(name => !chartModes.some(mode => mode.name === name))
  if (unknown === undefined) return chartModes.filter(({ name }) => names.includes(name))
  const there = listing(
    chartModes.map(({ name }) => name),
    'and',
  )
  throw new InvalidArgumentError(
    `${wrongWord(unknown, 'mode')} The modes are ${there}: write those that you want with commas between them, as direct,nftables.`,
  )
}

function requestsOf(text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0 && number <= mostRequests) return number
  throw new InvalidArgumentError(`A whole number from 1 to ${mostRequests} is needed.`)
}
