import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Check, Expectation } from '../../src/model/lab.ts'
import type { ObservedLab } from '../../src/observe/tool.ts'
import { afterSteps, type LabInCondition } from '../../src/plan/lab-in-condition.ts'
import { sandboxExecutor } from '../../src/run/carry-out.ts'
import { runSteps } from '../../src/run/run-steps.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import type { TraceReport } from '../../src/trace/report.ts'
import { questionOf } from '../../src/trace/request-of-check.ts'
import { trace } from '../../src/trace/trace.ts'
import { lastingChecks } from '../../src/verify/verify.ts'
import type { Session } from './cli.ts'

/** A trace that comes to something else than its check expects. */
interface Disagreement {
  check: Check
  saw: string
  end: string
  places: string[]
}

/** Traces each check of a running lab that a trace can follow, and tells those whose ends differ from what the check expects. */
export async function traceChecks(session: Session, running: LabInCondition): Promise<Disagreement[]> {
  const state = readFileSync(join(session.stateDir, running.lab.name, 'state.json'), 'utf8')
  const { sandbox } = JSON.parse(state) as { sandbox: Sandbox }
  return traced(
    { sandbox, running },
    lastingChecks(running).map(({ check }) => check),
  )
}

/** The checks of each step that a trace can follow and that do not last: what comes later changes what they see. */
export function passingChecks(running: LabInCondition): Check[][] {
  const lasting = new Set(lastingChecks(running).map(({ check }) => check))
  return running.plan.steps.map(({ checks }) =>
    checks.filter(check => !lasting.has(check) && questionOf(check, running.lab.pods) !== undefined),
  )
}

/** Builds a lab as far as it has passing checks, and traces those after their step. */
export async function tracePassingChecks(sandbox: Sandbox, running: LabInCondition): Promise<Disagreement[]> {
  const passing = passingChecks(running)
  const steps = running.plan.steps
    .slice(0, passing.findLastIndex(checks => checks.length > 0) + 1)
    .map(step => ({ ...step, checks: step.checks.map(withFewRequests) }))
  const off: Disagreement[] = []
  const executor = sandboxExecutor({ sandbox, running }, 'batched')
  await runSteps({ executor, tell: () => {} }, steps, {
    goOn: true,
    after: async (index, { failure }) => {
      expect(failure).toBeUndefined()
      off.push(...(await traced({ sandbox, running: afterSteps(running, index + 1) }, passing[index]!)))
    },
  })
  return off
}

/** Here checks are tried only for the traffic that later ones look at: what they come to, `up` has told. */
function withFewRequests(check: Check): Check {
  const samples = check.kind === 'curl' && check.expect.some(({ kind }) => kind === 'shares')
  return samples ? { ...check, requests: 20 } : check
}

async function traced(context: ObservedLab, checks: readonly Check[]): Promise<Disagreement[]> {
  const off: Disagreement[] = []
  // One after the other: each has the rules of a place watched for itself.
  for (const check of checks) {
    const question = questionOf(check, context.running.lab.pods)
    if (question === undefined) continue
    const report = await trace(context, question.from, question.url)
    if (agrees(check, report)) continue
    const { saw, end, ways } = report
    const places = ways.map(({ visits }) => visits.map(({ place }) => place).join(' '))
    off.push({ check, saw: saw.words, end: `${end.kind} at ${end.place}: ${end.words}`, places })
  }
  return off
}

function agrees(check: Check, report: TraceReport): boolean {
  if (check.kind === 'curl') return check.expect.some(one => comesTrue(one, report))
  const { saw } = report
  if (check.exit !== 0) return !saw.ok
  return (
    isAnswered(report) &&
    (check.output === undefined || new RegExp(check.output).test(saw.words.split(': ')[1] ?? ''))
  )
}

function comesTrue(expectation: Expectation, report: TraceReport): boolean {
  const { saw, end } = report
  switch (expectation.kind) {
    case 'answers': {
      const { backends, client, status } = expectation
      return (
        isAnswered(report) &&
        (backends.length === 0 || backends.includes(saw.pod ?? end.place)) &&
        (client === undefined || saw.client === undefined || saw.client === client) &&
        (status === undefined || saw.words.includes(`status ${status}`))
      )
    }
    case 'fails':
      return (
        !saw.ok &&
        (expectation.how.length === 0 ||
          expectation.how.some(how => saw.words === words[how] && ends[how].includes(end.kind)))
      )
    case 'stays':
      return saw.ok
    case 'shares':
      // A server that does not say who it is is known by where the request has come to.
      return isAnswered(report)
        ? (expectation.shares[saw.pod ?? end.place] ?? 0) > 0
        : expectation.failed > 0 && !saw.ok
  }
}

/** What a client says, and where a trace may end then. */
const words = {
  refused: 'the connection is refused',
  unreachable: 'the address cannot be reached',
  timeout: 'no answer comes',
}
const ends: Record<keyof typeof words, TraceReport['end']['kind'][]> = {
  refused: ['refused', 'rejected'],
  unreachable: ['unreachable', 'rejected', 'no-neighbour', 'lost'],
  timeout: ['unfinished', 'dropped', 'lost', 'no-neighbour'],
}

/** The request was followed to whoever answered, and the answer back to whoever asked. */
function isAnswered({ saw, end, ways, from }: TraceReport): boolean {
  const [out, back] = ['out', 'back'].map(direction => ways.find(way => way.direction === direction)?.visits)
  return (
    saw.ok &&
    end.kind === 'answered' &&
    out?.[0]?.place === from &&
    (saw.pod === undefined || out.at(-1)?.place === saw.pod) &&
    back?.[0]?.place === out.at(-1)?.place &&
    back?.at(-1)?.place === from
  )
}
