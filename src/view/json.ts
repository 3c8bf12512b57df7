import { host } from '../command/command.ts'
import type { TaskReport, TaskStanding } from '../lesson/tasks.ts'
import { joinHostPort } from '../model/address.ts'
import { isReached } from '../run/goal.ts'
import type { LabStatus, OpenTask, UpReport } from '../run/report.ts'
import { targetOf } from '../verify/check.ts'
import type { CheckResult, VerifyReport } from '../verify/report.ts'
import { describeExpectation } from './describe-check.ts'
import { printableJson } from './printable.ts'

/** `up --json`: keys that scripts rely on. */
export function renderUpJson(report: UpReport): string {
  return printableJson({
    lab: report.lab,
    ok: report.ok,
    steps: report.steps.map(({ title, ok, ms, commands }) => ({ title, ok, ms: milliseconds(ms), commands })),
    ms: milliseconds(report.ms),
    ...(report.task === undefined ? {} : { task: toldTask(report.task) }),
  })
}

/** A task that waits: its step counts from 1. */
function toldTask({ index, of, step, task, goal }: OpenTask) {
  return {
    ...{ step: index + 1, of, title: step.title, task: task.text },
    reached: isReached(goal),
    goal: goal.map(toldGoal),
    hints: task.hints.length,
  }
}

/** `task --json`: keys that scripts rely on; of a goal that nobody has tried, `ok` is left out. */
export function renderTaskStandingJson({ lab, tasks, left, open, lesson }: TaskStanding): string {
  const whose = lesson === undefined ? {} : { lesson }
  if (open === undefined) return printableJson({ lab, tasks, left, open: false, ...whose })
  const { index, of, step, task, state } = open
  return printableJson({
    ...{ lab, tasks, left, open: true, step: index + 1, of, title: step.title, task: task.text },
    goal: task.goal.map((check, at) => ({
      ...{ from: check.from, target: targetOf(check), expected: describeExpectation(check) },
      ...(state.held === undefined ? {} : { ok: state.held[at] }),
    })),
    ...{ hints: task.hints.length, hintsGiven: state.hints, solutionShown: state.solved },
    ...whose,
  })
}

function toldGoal({ check, from, target, observed, ok }: CheckResult) {
  return { from, target, expected: describeExpectation(check), observed, ok }
}

/** `task check --json` and `task solve --json`: keys that scripts rely on. */
export function renderTaskJson(report: TaskReport): string {
  const { lab, state, after } = report
  return printableJson({
    ...{ lab, ...toldTask(report), reached: state.reached },
    ...{ hintsGiven: state.hints, solutionShown: state.solved },
    ...(after === undefined
      ? {}
      : {
          steps: after.steps.map(({ title, ok, ms, commands }) => ({
            ...{ title, ok, ms: milliseconds(ms), commands },
          })),
          ...(after.task === undefined ? {} : { next: toldTask(after.task) }),
        }),
  })
}

/** `verify --json`: keys that scripts rely on. */
export function renderVerifyJson(report: VerifyReport): string {
  return printableJson({
    lab: report.lab,
    ok: report.ok,
    checks: report.checks.map(({ step, check, from, target, observed, ok, means, evidence }) => ({
      step,
      from,
      target,
      expected: describeExpectation(check),
      observed,
      ok,
      ...(means === undefined ? {} : { means }),
      ...(evidence === undefined ? {} : { evidence }),
    })),
    services: report.services.map(sample => ({
      service: sample.service,
      port: sample.port,
      clusterIP: sample.clusterIP,
      portName: sample.portName,
      protocol: sample.protocol,
      kind: sample.target.kind,
      ...(sample.target.node === host ? {} : { node: sample.target.node }),
      target: joinHostPort(sample.target.address, sample.target.port),
      expected: sample.expected,
      seenClients: sample.seenClients,
      from: sample.from,
      requests: sample.requests,
      failed: sample.failed,
      backends: sample.backends,
      expectedShare: sample.expectedShare,
      pValue: sample.pValue,
      ...(sample.latency === undefined ? {} : { latency: sample.latency }),
      ok: sample.ok,
      ...(sample.complaint === undefined ? {} : { complaint: sample.complaint }),
      ...(sample.evidence === undefined ? {} : { evidence: sample.evidence }),
    })),
    ...(report.socketLb === undefined ? {} : { socketLb: report.socketLb }),
    ...(report.matrix === undefined ? {} : { matrix: report.matrix }),
  })
}

/** `list --json`: keys that scripts rely on. */
export function renderListJson(labs: readonly LabStatus[]): string {
  return printableJson(
    labs.map(({ lab, state, pid, pods, nodes, machines, since, kernel }) => ({
      ...{ lab, state, pid, pods, since },
      ...(kernel === undefined ? {} : { kernel }),
      ...(nodes === 0 ? {} : { nodes }),
      ...(machines === 0 ? {} : { machines }),
    })),
  )
}

/** A tenth is as exact as the clock is worth. */
export function milliseconds(ms: number): number {
  return Math.round(ms * 10) / 10
}
