import type { Finding } from '../sandbox/doctor.ts'
import { plural } from './format.ts'
import { block, hanging, padEnd, widest, wrapParagraphs } from './layout.ts'
import { printable, printableJson } from './printable.ts'
import type { Style } from './terminal.ts'

/** What doctor found, a line each, and then what to type for each problem. */
export function renderDoctor(style: Style, findings: readonly Finding[]): string {
  const column = widest(findings.map(({ topic }) => topic)) + 2
  const lines = findings.flatMap(({ topic, state, found }) =>
    hanging(`  ${mark(style, state)} ${padEnd(topic, column)}`, printable(found), style.width),
  )
  const problems = groupByFix(findings.filter(({ state }) => state !== 'ok'))
  return block([
    ...lines,
    '',
    ...problems.flatMap(group => [...problemLines(style, group), '']),
    verdict(style, findings),
  ])
}

function mark({ color }: Style, state: Finding['state']): string {
  if (state === 'ok') return color.green('✔')
  return state === 'warning' ? color.yellow('!') : color.red('✘')
}

/** Findings that one and the same command mends are told together. */
function groupByFix(problems: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>()
  for (const problem of problems) {
    const key = JSON.stringify([problem.state, problem.fix ?? problem.topic])
    groups.set(key, [...(groups.get(key) ?? []), problem])
  }
  return [...groups.values()]
}

function problemLines(style: Style, group: readonly Finding[]): string[] {
  const { color, width } = style
  const state = group[0]?.state ?? 'missing'
  const means = [...new Set(group.flatMap(finding => finding.means ?? []))]
  return [
    ...hanging(`${mark(style, state)} `, color.bold(group.map(({ topic }) => topic).join(', ')), width),
    ...means.flatMap(text => wrapParagraphs(printable(text), width, 2)),
    // As long as they are: they are there to be copied.
    ...(group[0]?.fix ?? []).map(line => `    ${printable(line)}`),
  ]
}

function verdict({ color }: Style, findings: readonly Finding[]): string {
  const missing = findings.filter(({ state }) => state === 'missing').length
  const warnings = findings.filter(({ state }) => state === 'warning').length
  if (missing > 0) return color.red(`${plural(missing, 'problem')}: labs do not run here yet.`)
  if (warnings > 0)
    return `Labs run here; ${plural(warnings, 'thing')} that some of them need ${warnings === 1 ? 'is' : 'are'} missing.`
  return color.green('Nothing is missing: labs run here.')
}

/** `doctor --json`: keys that scripts rely on. */
export function renderDoctorJson(findings: readonly Finding[], ok: boolean): string {
  return printableJson({ ok, findings })
}
