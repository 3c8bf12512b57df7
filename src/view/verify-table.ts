import type { Evidence } from '../diagnose/evidence.ts'
import { joinHostPort } from '../model/address.ts'
import type { Failures } from '../observe/tally.ts'
import type { CheckResult, ServiceSample, VerifyReport } from '../verify/report.ts'
import { describeAttempt } from './describe-check.ts'
import { Causes, causeLines, evidenceLines, failedCheckLines, tryLines } from './failure.ts'
import { duration, listing, percentage, plural, probability, thousands } from './format.ts'
import { block, flow, hanging, padEnd, padStart, widest } from './layout.ts'
import { matrixLines } from './matrix-table.ts'
import { printable } from './printable.ts'
import { shareBar } from './share-bar.ts'
import type { Style } from './terminal.ts'
import { traceCommands } from './trace/trace-command.ts'

/** Addresses of services that are told one by one. */
const mostGroups = 24

/** Below this width a place has a line of its own. */
const narrow = 60

/** The checks, then each service from each place, then who reaches whom (`wholeMatrix`: also where that is as it should be), then the verdict. */
export function renderVerify(style: Style, report: VerifyReport, wholeMatrix = false): string {
  return render(style, report, report.services, wholeMatrix)
}

/** What `--quiet` leaves: failed checks, samples that are off, the verdict; empty where all is well. */
export function renderVerifyFailures(style: Style, report: VerifyReport): string {
  if (report.ok) return ''
  const samples = report.services.filter(sample => !sample.ok)
  return render(style, report, samples, false)
}

function render(
  style: Style,
  report: VerifyReport,
  shown: readonly ServiceSample[],
  wholeMatrix: boolean,
): string {
  const causes = new Causes()
  const lines = [...socketLbLines(style, report.socketLb), ...checkLines(style, report.checks, causes)]
  const groups = byService(shown)
  // A long list of what is well would hide what is not.
  const shownGroups = groups.filter(
    (samples, at) => groups.length <= mostGroups || at < 3 || !samples.every(sample => sample.ok),
  )
  for (const samples of shownGroups) lines.push(...serviceLines(style, samples, causes), '')
  const more = groups.length - shownGroups.length
  if (more > 0) {
    const count = `${plural(more, 'more address', 'more addresses')} of services`
    lines.push(...hanging('', `${style.color.green('✔')} ${count}: all as expected`, style.width), '')
  }
  if (report.matrix !== undefined) lines.push(...matrixLines(style, report.matrix, wholeMatrix, causes))
  return block([...lines, ...verdictLines(style, report)])
}

function socketLbLines(style: Style, evidence: Evidence | undefined): string[] {
  if (evidence === undefined) return []
  const { color, width } = style
  return [
    ...hanging(`${color.red('✘')} `, 'services were not asked', width),
    ...evidenceLines(style, evidence, 2),
    '',
  ]
}

function checkLines(style: Style, checks: readonly CheckResult[], causes: Causes): string[] {
  if (checks.length === 0) return []
  const { color } = style
  const failed = checks.filter(check => !check.ok)
  const meanings = checks.flatMap(check => meaningLines(style, check))
  if (failed.length === 0)
    return [
      `${color.green('✔')} ${checks.length === 1 ? 'the check holds' : `all ${thousands(checks.length)} checks hold`}`,
      ...meanings,
      '',
    ]
  const count = `${thousands(checks.length - failed.length)} of ${plural(checks.length, 'check')} hold`
  return [
    `${color.red('✘')} ${count}; ${failed.length === 1 ? 'this one does not:' : 'these do not:'}`,
    ...failedCheckLines(style, failed, causes, check => [stepLine(style, check)]),
    ...(meanings.length === 0 ? [] : ['', ...meanings]),
    '',
  ]
}

/** Where several things might have come of a check: which it was, and what that tells. */
function meaningLines({ width }: Style, { check, observed, means }: CheckResult): string[] {
  if (means === undefined) return []
  return [
    ...hanging('  ', printable(`${describeAttempt(check)}: ${observed}`), width, 4),
    ...hanging('    ', printable(means), width),
  ]
}

function stepLine({ color }: Style, check: CheckResult): string {
  return `    ${color.dim(`of step   ${printable(check.step)}`)}`
}

function byService(samples: readonly ServiceSample[]): ServiceSample[][] {
  const groups = new Map<string, ServiceSample[]>()
  for (const sample of samples) {
    const key = `${serviceName(sample)} ${addressOf(sample)}`
    groups.set(key, [...(groups.get(key) ?? []), sample])
  }
  return [...groups.values()]
}

/** As kube-proxy writes it: `default/http-server:http`. */
function serviceName(sample: ServiceSample): string {
  return sample.portName === '' ? sample.service : `${sample.service}:${sample.portName}`
}

/** `10.100.100.100:8080`, `node port 192.0.2.1:30080`, `10.96.0.10:53/UDP` */
function addressOf({ target, protocol }: ServiceSample): string {
  const kind = target.kind === 'cluster IP' ? '' : `${target.kind} `
  return `${kind}${joinHostPort(target.address, target.port)}${protocol === 'TCP' ? '' : `/${protocol}`}`
}

function serviceLines(style: Style, samples: readonly ServiceSample[], causes: Causes): string[] {
  const { color, width } = style
  const service = samples[0]!
  const name = color.bold(printable(serviceName(service)))
  const heading = flow([name, addressOf(service)], width, 2, '  ')
  const isNarrow = width < narrow
  const placeWidth = widest(samples.map(sample => `from ${sample.from}`))
  const rows = sampleRows(style, samples)
  const oneLines = rows.map(row => oneLine(row, placeWidth))
  const fits = !isNarrow && widest(oneLines) <= width
  const hang = isNarrow ? 4 : 2 + placeWidth + 2
  const lines = rows.flatMap((row, index) => [
    ...(fits ? [oneLines[index]!] : folded(style, row, hang, isNarrow)),
    ...(row.complaint === undefined ? [] : complaintLines(style, row.complaint, hang)),
    ...causeLines(style, row.evidence, hang + 2, causes),
  ])
  return [...heading, ...lines]
}

/** A sample in words. */
interface SampleRow {
  place: string
  requests: string
  /** `netns_011 ████████▌ 49.1 %`, padded so that they stand in columns. */
  backends: readonly string[]
  facts: readonly string[]
  complaint: string | undefined
  evidence: Evidence | undefined
}

function sampleRows(style: Style, samples: readonly ServiceSample[]): SampleRow[] {
  const requests = samples.map(sample => plural(sample.requests, 'request'))
  // One pod needs no bar.
  const shares = samples.map(sample => (onlyPod(sample) === undefined ? backendShares(sample) : []))
  const all = shares.flat()
  const podWidth = widest(all.map(share => share.pod))
  const barWidth = widest(all.map(share => share.bar))
  const shareWidth = widest(all.map(share => share.share))
  return samples.map((sample, index) => ({
    place: `from ${sample.from}`,
    requests: padStart(requests[index]!, widest(requests)),
    backends: shares[index]!.map(
      ({ pod, bar, share }) =>
        `${padEnd(pod, podWidth)} ${style.color.cyan(padEnd(bar, barWidth))} ${padStart(share, shareWidth)}`,
    ),
    facts: [
      failedFact(style, sample),
      podFact(sample),
      verdictFact(style, sample),
      clientFact(style, sample),
      latencyFact(style, sample),
    ].filter(Boolean),
    complaint: sample.complaint,
    evidence: sample.evidence,
  }))
}

function oneLine({ place, requests, backends, facts }: SampleRow, placeWidth: number): string {
  const [first, ...more] = [...backends, ...facts]
  return [`  ${padEnd(place, placeWidth)}  ${requests}  ${first}`, ...more].join('   ')
}

/** The place and what came of its requests, then the backends in columns below. */
function folded({ width }: Style, row: SampleRow, hang: number, isNarrow: boolean): string[] {
  const summary = flow(
    [isNarrow ? row.requests.trim() : row.requests, ...row.facts],
    width,
    hang,
    '   ',
    hang,
  )
  const margin = ' '.repeat(hang)
  const head = isNarrow
    ? [`  ${row.place}`, margin + summary[0]]
    : [padEnd(`  ${row.place}`, hang) + summary[0]]
  const backends = flow(row.backends, width, hang, '   ', hang).map((line, index) =>
    index === 0 ? margin + line : line,
  )
  return [...head, ...summary.slice(1), ...backends]
}

function backendShares(sample: ServiceSample): { pod: string; bar: string; share: string }[] {
  const answered = Object.values(sample.backends).reduce((sum, count) => sum + count, 0)
  const greatest = Math.max(0, ...Object.values(sample.expectedShare))
  return Object.entries(sample.backends).map(([pod, count]) => {
    const share = answered === 0 ? 0 : count / answered
    // A server of the lab says by itself what it is called.
    return { pod: printable(pod), bar: shareBar(share, greatest), share: percentage(share) }
  })
}

const failureWords: Record<keyof Failures, string> = {
  refused: 'refused',
  unreachable: 'unreachable',
  timeout: 'timed out',
  other: 'otherwise',
}

function failedFact({ color }: Style, sample: ServiceSample): string {
  if (sample.failed === 0) return '0 failed'
  const kinds = (Object.keys(failureWords) as (keyof Failures)[]).filter(kind => sample.failures[kind] > 0)
  const words =
    kinds.length === 1
      ? failureWords[kinds[0]!]
      : kinds.map(kind => `${thousands(sample.failures[kind])} ${failureWords[kind]}`).join(', ')
  const text = `${thousands(sample.failed)} failed${words === '' ? '' : ` (${words})`}`
  return sample.ok ? `${text}, as expected` : color.red(text)
}

/** The pod that answered, or should have, where there can be no other. */
function onlyPod(sample: ServiceSample): string | undefined {
  const asked = Object.keys(sample.backends)
  const answering = asked.filter(pod => (sample.backends[pod] ?? 0) > 0)
  return asked.length === 1 || (sample.expected === 'stays' && answering.length === 1)
    ? (answering[0] ?? asked[0])
    : undefined
}

function podFact(sample: ServiceSample): string {
  const pod = onlyPod(sample)
  if (pod === undefined || sample.requests === sample.failed) return ''
  return printable(sample.expected === 'stays' ? `stays with ${pod}` : `all by ${pod}`)
}

/** Whose address a pod sees, where a policy decides it. */
function clientFact({ color }: Style, { client, seenClients, ok }: ServiceSample): string {
  if (client === undefined || seenClients.length === 0 || !ok) return ''
  return color.dim(
    `${client === 'kept' ? 'kept as' : 'masqueraded as'} ${printable(listing(seenClients, 'or'))}`,
  )
}

/** Of one backend there is nothing to say; of a sample that is off, the complaint says it. */
function verdictFact({ color }: Style, sample: ServiceSample): string {
  const shares = Object.values(sample.expectedShare)
  if (shares.length < 2 || sample.requests === sample.failed || sample.expected === 'stays') return ''
  const p = probability(sample.pValue)
  if (!sample.ok) return `(${p})`
  const isEven = shares.every(share => Math.abs(share - shares[0]!) < 1e-9)
  return `${color.green(isEven ? 'even' : 'as expected')} (${p})`
}

function latencyFact({ color }: Style, { latency }: ServiceSample): string {
  return latency === undefined ? '' : color.dim(`p50 ${duration(latency.p50)}  p99 ${duration(latency.p99)}`)
}

function complaintLines({ color, width }: Style, complaint: string, indent: number): string[] {
  return hanging(`${' '.repeat(indent)}${color.red('✘')} `, color.red(printable(complaint)), width)
}

function verdictLines(style: Style, report: VerifyReport): string[] {
  const { color, width } = style
  const offChecks = report.checks.filter(check => !check.ok).length
  const offPairs = report.matrix?.pairs.filter(({ ok }) => !ok).length ?? 0
  const offSamples = report.services.filter(sample => !sample.ok)
  if (report.ok) {
    const services = new Set(report.services.map(serviceName)).size
    const parts = [
      ...(report.checks.length > 0 ? [plural(report.checks.length, 'check')] : []),
      ...(services > 0
        ? [`${plural(services, 'service')} from ${plural(countPlaces(report.services), 'place')}`]
        : []),
      ...(report.matrix === undefined ? [] : [plural(report.matrix.pairs.length, 'pair')]),
    ]
    const what = parts.length === 0 ? 'nothing to verify' : `${listing(parts, 'and')} verified`
    return hanging('', `${color.green.bold(report.lab)} is well: ${what}`, width, 2)
  }
  const parts = [
    ...(report.socketLb === undefined ? [] : ['its socket load balancer does not answer']),
    ...(offChecks > 0 ? [`${plural(offChecks, 'check')} ${offChecks === 1 ? 'fails' : 'fail'}`] : []),
    ...offSamples.slice(0, 1).map(sample => `${serviceName(sample)} is off from ${whence(offSamples)}`),
    ...(offPairs > 0
      ? [`${plural(offPairs, 'pair')} of places ${offPairs === 1 ? 'is' : 'are'} not as the lab says`]
      : []),
  ]
  const traces = traceCommands(
    report.lab,
    report.checks.filter(({ ok }) => !ok).map(({ check }) => check),
  )
  return [
    ...hanging('', `${color.red.bold(report.lab)} is not well: ${listing(parts, 'and')}`, width, 2),
    ...(traces.length === 0 ? [] : tryLines(style, traces)),
  ]
}

/** The places of the samples that are off; of many, how many. */
function whence(samples: readonly ServiceSample[]): string {
  const services = byService(samples)
  const others = services.length > 1 ? `, and ${plural(services.length - 1, 'more service')}` : ''
  const places = services[0]!.map(sample => sample.from)
  return (places.length > 4 ? plural(places.length, 'place') : listing(places, 'and')) + others
}

function countPlaces(samples: readonly ServiceSample[]): number {
  return new Set(samples.map(sample => sample.from)).size
}
