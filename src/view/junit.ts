import type { Evidence } from '../diagnose/evidence.ts'
import { joinHostPort } from '../model/address.ts'
import type { Step } from '../plan/plan.ts'
import type { StepResult, UpReport } from '../run/report.ts'
import type { CheckResult, MatrixPair, ServiceSample, VerifyReport } from '../verify/report.ts'
import { describeCheck } from './describe-check.ts'
import { checkFailureLines, commandFailureLines, evidenceLines } from './failure.ts'
import { plural } from './format.ts'
import { printableXml } from './printable.ts'
import { plainStyle, type Style } from './terminal.ts'

/** A test case as CI servers know it. */
export interface Case {
  /** What it belongs to: the lab, and a step or a service of it. */
  group: readonly string[]
  name: string
  /** Milliseconds. */
  ms?: number
  /** Left out: it is as it should be. */
  failure?: { message: string; text: readonly string[] }
  /** Why it was not tried. */
  skipped?: string
}

/** `up --junit`: a suite in which each step's commands and each of its checks are cases (the format that Jenkins' junit-10.xsd describes, and others read). */
export function renderUpJunit({ lab, ms, steps: results }: UpReport, steps: readonly Step[]): string {
  const style = plainStyle()
  const cases = steps.flatMap((step, index) => {
    const result = results[index]
    return result === undefined ? notReached(lab, step) : stepCases(style, lab, result)
  })
  return suite(lab, cases, ms)
}

/** `verify --junit`: a suite in which each check, each service from each place, and each pair that the lab speaks of is a case. */
export function renderVerifyJunit({ lab, checks, services, socketLb, matrix }: VerifyReport): string {
  const style = plainStyle()
  const pairs = (matrix?.pairs ?? []).filter(pair => pair.expected !== undefined || !pair.ok)
  return suite(lab, [
    ...checks.map(check => checkCase(style, lab, check)),
    ...services.map(sample => sampleCase(style, lab, sample)),
    ...(socketLb === undefined ? [] : [socketLbCase(style, lab, socketLb)]),
    ...pairs.map(pair => pairCase(style, lab, pair)),
  ])
}

function stepCases(style: Style, lab: string, { title, ms, commands, failure, checks }: StepResult): Case[] {
  const ofChecks = checks.map(check => checkCase(style, lab, check))
  if (commands === 0 && failure === undefined) return ofChecks
  const spent = checks.reduce((sum, check) => sum + check.ms, 0)
  const own: Case = {
    group: [lab, title],
    name: plural(commands, 'command'),
    ms: Math.max(0, ms - spent),
    ...(failure === undefined
      ? {}
      : { failure: { message: 'a command failed', text: commandFailureLines(style, failure, 0) } }),
  }
  return [own, ...ofChecks]
}

function notReached(lab: string, { title, checks }: Step): Case[] {
  const skipped = 'an earlier step failed'
  if (checks.length === 0) return [{ group: [lab, title], name: 'the step', skipped }]
  return checks.map(check => ({ group: [lab, title], name: describeCheck(check), skipped }))
}

function checkCase(style: Style, lab: string, result: CheckResult): Case {
  const { step, check, ms, ok, observed, evidence } = result
  const message = evidence?.headline ?? observed
  return {
    group: [lab, step],
    ...{ name: describeCheck(check), ms },
    ...(ok ? {} : { failure: { message, text: checkFailureLines(style, result, 0) } }),
  }
}

function sampleCase(style: Style, lab: string, sample: ServiceSample): Case {
  const { service, target, protocol, from, ok, complaint = '', evidence } = sample
  const address = joinHostPort(target.address, target.port)
  const kind = target.kind === 'cluster IP' ? '' : `${target.kind} `
  return {
    group: [lab, service],
    name: `${kind}${address}${protocol === 'TCP' ? '' : `/${protocol}`} from ${from}`,
    ...(ok
      ? {}
      : {
          failure: {
            message: evidence?.headline ?? complaint,
            text: [complaint, ...evidenceLines(style, evidence, 0)],
          },
        }),
  }
}

function socketLbCase(style: Style, lab: string, evidence: Evidence): Case {
  const failure = { message: evidence.headline, text: evidenceLines(style, evidence, 0) }
  return { group: [lab, 'services'], name: 'the socket load balancer', failure }
}

function pairCase(style: Style, lab: string, { from, to, ok, expected, evidence }: MatrixPair): Case {
  const message = evidence?.headline ?? `not as expected: ${expected}`
  return {
    group: [lab, 'who reaches whom'],
    name: `${from} to ${to}`,
    ...(ok ? {} : { failure: { message, text: evidenceLines(style, evidence, 0) } }),
  }
}

/** Cases as one suite, in JUnit's XML; `ms`: what all of it took. */
export function suite(lab: string, cases: readonly Case[], ms?: number): string {
  const failures = cases.filter(({ failure }) => failure !== undefined).length
  const skipped = cases.filter(each => each.skipped !== undefined).length
  const time = ms ?? cases.reduce((sum, each) => sum + (each.ms ?? 0), 0)
  const counts = { tests: `${cases.length}`, failures: `${failures}`, errors: '0' }
  const of = { name: lab, ...counts, skipped: `${skipped}`, time: seconds(time) }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'netlab', ...counts, time: seconds(time) })}>`,
    `  <testsuite${attributes(of)}>`,
    ...cases.flatMap(caseLines),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function caseLines({ group, name, ms = 0, failure, skipped }: Case): string[] {
  // CI servers cut the group into a tree at its dots.
  const classname = group.map(part => part.replaceAll('.', '·')).join('.')
  const opening = `    <testcase${attributes({ classname, name, time: seconds(ms) })}`
  if (skipped !== undefined)
    return [`${opening}>`, `      <skipped${attributes({ message: skipped })}/>`, '    </testcase>']
  if (failure === undefined) return [`${opening}/>`]
  const { message, text } = failure
  return [
    `${opening}>`,
    `      <failure${attributes({ message, type: 'failure' })}>${printableXml(text.join('\n'))}</failure>`,
    '    </testcase>',
  ]
}

function attributes(of: Readonly<Record<string, string>>): string {
  // A line break in an attribute would be read as a space.
  return Object.entries(of)
    .map(
      ([key, value]) => ` ${key}="${printableXml(value).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`,
    )
    .join('')
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}
