import type { MatrixPair, MatrixReport } from '../verify/report.ts'
import { Causes, causeLines, evidenceLines } from './failure.ts'
import { listing, plural, thousands } from './format.ts'
import { hanging, padEnd, padStart, widest } from './layout.ts'
import { printable } from './printable.ts'
import type { Style } from './terminal.ts'

/** More places than this are no table any more. */
const mostColumns = 24
/** Pairs of one kind that are told one by one. */
const mostTold = 12

const failureWords: Record<NonNullable<MatrixPair['failure']>, string> = {
  refused: 'refused',
  unreachable: 'unreachable',
  timeout: 'timed out',
  other: 'broken off',
}

/** Reached over TCP, or by ping. */
const overTcp = ({ failure }: MatrixPair) => failure === undefined
const byPing = ({ ping }: MatrixPair) => ping === 'ok'

/**
 * Who reaches whom as a table where that is asked for and fits, then who is seen with another address, where ping and TCP differ, who is not
 * reached, and what is off; `causes`: what has been told before.
 */
export function matrixLines(
  style: Style,
  { places, pairs, ok }: MatrixReport,
  whole: boolean,
  causes: Causes = new Causes(),
): string[] {
  const { color, width } = style
  const off = pairs.filter(pair => !pair.ok)
  const table = whole ? tableLines(style, places, pairs) : []
  const mark = ok ? color.green('✔') : color.red('✘')
  const summary = `${reachedWords(pairs)}${judgement(pairs)}`
  return [
    ...table,
    ...hanging(`${mark} `, summary, width),
    ...(whole ? translatedLines(style, pairs) : []),
    ...(whole ? differingLines(style, pairs) : []),
    ...(whole ? unreachedLines(style, pairs) : []),
    ...off.slice(0, mostTold).flatMap(pair => ['', ...offLines(style, pair, causes)]),
    ...(off.length > mostTold ? ['', `  and ${plural(off.length - mostTold, 'more pair')}`] : []),
    '',
  ]
}

/** How many pairs are reached; apart over TCP and by ping where those differ. */
function reachedWords(pairs: readonly MatrixPair[]): string {
  const reached = pairs.filter(overTcp).length
  const words = `${thousands(reached)} of ${plural(pairs.length, 'pair')} of places ${reached === 1 ? 'is' : 'are'} reached`
  const isSame = pairs.every(pair => overTcp(pair) === byPing(pair))
  return isSame ? words : `${words} over TCP, ${thousands(pairs.filter(byPing).length)} by ping`
}

/** Whether that is as the lab says, where it says anything. */
function judgement(pairs: readonly MatrixPair[]): string {
  const off = pairs.filter(({ ok }) => !ok).length
  if (off > 0) return `; ${off === 1 ? 'one is' : `${thousands(off)} are`} not as the lab says`
  return pairs.some(({ expected }) => expected !== undefined) ? ', as the lab says' : ''
}

/** A row for each who asks, a column for each who is asked: `✔`, `N` where another address is seen, `T` or `P` where only TCP or ping gets through, `✘`. */
function tableLines(
  { color, width }: Style,
  places: MatrixReport['places'],
  pairs: readonly MatrixPair[],
): string[] {
  const cells = new Map(pairs.map(pair => [`${pair.from} ${pair.to}`, pair]))
  const column = `${places.length}`.length + 1
  const names = widest(places.map(({ name }) => name))
  const addresses = widest(places.map(({ address }) => address))
  const head = `${places.length}`.length + 1 + names + 2 + addresses + 1
  if (places.length > mostColumns || head + places.length * column > width) return []
  const cell = (from: string, to: string) => {
    const pair = cells.get(`${from} ${to}`)
    if (pair === undefined) return color.dim('·')
    if (overTcp(pair) !== byPing(pair)) return color.yellow(overTcp(pair) ? 'T' : 'P')
    if (!overTcp(pair)) return color.red('✘')
    return pair.translated === true ? color.yellow('N') : color.green('✔')
  }
  const numbers = places.map((_, index) => padStart(`${index + 1}`, column)).join('')
  const asking = new Set(pairs.map(({ from }) => from))
  const rows = places.flatMap(({ name, address }, index) => {
    if (!asking.has(name)) return []
    const line = places.map(({ name: to }) => ' '.repeat(column - 1) + cell(name, to)).join('')
    const number = padStart(`${index + 1}`, column - 1)
    return [
      `${color.dim(number)} ${padEnd(printable(name), names)}  ${color.dim(padEnd(address, addresses))} ${line}`,
    ]
  })
  return [`${' '.repeat(head)}${color.dim(numbers)}`, ...rows, '']
}

/** Where another address than the client's own is seen, by that address. */
function translatedLines({ color, width }: Style, pairs: readonly MatrixPair[]): string[] {
  const groups = grouped(
    pairs.filter(({ translated }) => translated === true),
    ({ from, client, translatedAt: at }) =>
      `${from} is seen as ${at === undefined ? client : `${at} (${client})`}`,
  )
  return groups.flatMap(([what, some]) =>
    hanging(`  ${color.yellow('N')} `, `${printable(what)} by ${names(some.map(({ to }) => to))}`, width, 6),
  )
}

/** Where one of ping and TCP gets through, and what stops the other one where that was looked for. */
function differingLines(style: Style, pairs: readonly MatrixPair[]): string[] {
  const { color, width } = style
  const groups = grouped(
    pairs.filter(pair => overTcp(pair) !== byPing(pair)),
    ({ from, failure, ping }) => `${from} ${failure} ${ping}`,
  )
  const told = new Set<string>()
  return groups.flatMap(([, some]) => {
    const [{ from, failure, ping }] = some as [MatrixPair]
    const reaches = `${printable(from)} reaches ${names(some.map(({ to }) => to))}`
    const words =
      failure === undefined
        ? `${reaches} over TCP, but not by ping (${ping === 'ok' ? ping : failureWords[ping]})`
        : `${reaches} by ping, but not over TCP (${failureWords[failure]})`
    // What is off is told below, with its evidence. One cause often has several such lines.
    const causes = some.flatMap(({ ok, evidence }) => (ok && evidence !== undefined ? [evidence] : []))
    const untold = causes.filter(({ headline }) => !told.has(headline) && told.add(headline))
    const mark = color.yellow(failure === undefined ? 'T' : 'P')
    return [
      ...hanging(`  ${mark} `, words, width, 6),
      ...untold.flatMap(evidence => evidenceLines(style, evidence, 6)),
    ]
  })
}

function unreachedLines({ color, width }: Style, pairs: readonly MatrixPair[]): string[] {
  const groups = grouped(
    pairs.filter(pair => !overTcp(pair) && !byPing(pair)),
    ({ from, failure }) => `${from} ${failure}`,
  )
  return groups.flatMap(([, some]) => {
    const { from, failure } = some[0]!
    const what = `${printable(from)} does not reach ${names(
      some.map(({ to }) => to),
      'or',
    )} (${failureWords[failure!]})`
    return hanging(`  ${color.red('✘')} `, what, width, 6)
  })
}

function grouped(
  pairs: readonly MatrixPair[],
  keyOf: (pair: MatrixPair) => string,
): [string, MatrixPair[]][] {
  const groups = new Map<string, MatrixPair[]>()
  for (const pair of pairs) groups.set(keyOf(pair), [...(groups.get(keyOf(pair)) ?? []), pair])
  return [...groups]
}

function names(places: readonly string[], last: 'and' | 'or' = 'and'): string {
  return places.length > mostTold ? plural(places.length, 'place') : listing(places.map(printable), last)
}

function offLines(style: Style, pair: MatrixPair, causes: Causes): string[] {
  const { color, width } = style
  return [
    ...hanging('  ', color.bold(`${printable(pair.from)} → ${printable(pair.to)}`), width),
    ...hanging('    expected  ', printable(pair.expected ?? ''), width),
    ...hanging('    observed  ', observed(pair), width),
    ...causeLines(style, pair.evidence, 4, causes),
  ]
}

function observed({ failure, client, ping }: MatrixPair): string {
  const tcp =
    failure === undefined ? `it is reached, and sees ${printable(client ?? '')}` : failureWords[failure]
  return `${tcp}; a ping is ${ping === 'ok' ? 'answered' : `not answered (${failureWords[ping]})`}`
}
