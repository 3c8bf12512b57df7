import type { DownReport } from '../run/report.ts'
import { listing } from './format.ts'
import { block, hanging } from './layout.ts'
import { printable } from './printable.ts'
import type { Style } from './terminal.ts'

/** What went with the labs that were taken down; a line for each. */
export function renderDown(style: Style, reports: readonly DownReport[]): string {
  if (reports.length === 0) return block(['no lab is running; nothing to take down'])
  return block(
    reports.flatMap(report => [
      ...releaseLines(style, report),
      ...hanging('', downWords(style, report), style.width, 2),
    ]),
  )
}

/** What came of DEL, before the lab went. */
function releaseLines({ color, width }: Style, { lab, cni }: DownReport): string[] {
  if (cni === undefined) return []
  const { pods, leases, complaints } = cni
  const left =
    leases.length === 0 ? 'host-local has no lease left' : `host-local still holds ${listing(leases, 'and')}`
  const done = pods.length === 0 ? [] : [`${lab}: DEL for ${listing(pods, 'and')}; ${left}`]
  return [
    ...done.flatMap(line => hanging('', printable(line), width, 2)),
    ...complaints.flatMap(line => hanging('', color.yellow(printable(`${lab}: ${line}`)), width, 2)),
  ]
}

function downWords({ color, words }: Style, report: DownReport): string {
  const name = color.bold(report.lab)
  const went = words.wentWith(report)
  if (!report.found) return words.notFound(name)
  if (report.wasRunning) return words.isDown(name, went)
  // Its namespaces went with its first process; what `down` found was its state.
  return went.length === 0 ? words.wasNotRunning(name) : words.hadDied(name, went)
}
