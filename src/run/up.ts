import { join } from 'node:path'
import { NetlabError } from '../errors.ts'
import { joinHostPort } from '../model/address.ts'
import type { Lab } from '../model/lab.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { Step } from '../plan/plan.ts'
import { ruleCount } from '../plan/rule-count.ts'
import { sandboxLives } from '../sandbox/sandbox.ts'
import { isOwnServer } from '../sandbox/servers.ts'
import { type RunContext, sandboxExecutor } from './carry-out.ts'
import { endLab } from './down.ts'
import type { LabEvent, RunListener, StepEvent } from './events.ts'
import { isReached, keptOf, tryGoal } from './goal.ts'
import type { LabFolder, LabState } from './lab-folder.ts'
import { type LabStart, sandboxLog } from './lab-start.ts'
import { registerLab } from './lab-state.ts'
import { mustHaveHere, mustHaveThere } from './must-have.ts'
import type { OpenTask, StepResult, UpReport } from './report.ts'
import { runSteps } from './run-steps.ts'

export interface UpOptions {
  /** The path that the lab was read from. */
  file: string
  start: LabStart
  /** One process per command. */
  apart: boolean
  /** A lab that fails stays as it is. */
  keep: boolean
  tell: RunListener<StepEvent | LabEvent>
  signal: AbortSignal
}

/** The step that stopped an `up`. */
export interface StoppedAt {
  step: Step
  index: number
  result: StepResult
}

/** An opened lab whose steps have not been carried out yet. */
export interface OpenedLab {
  folder: LabFolder
  state: LabState
  context: RunContext
}

/** Makes a lab of a start; no step has been carried out yet. Throws NetlabError where its name is taken or a program is missing. */
export async function openLabSandbox(
  running: LabInCondition,
  options: Omit<UpOptions, 'keep' | 'tell'>,
): Promise<OpenedLab> {
  const { lab, plan } = running
  mustHaveHere(lab, plan)
  const { start, apart, signal } = options
  signal.throwIfAborted()
  await start.limit(lab.limits)
  const { folder, state } = registerLab(lab, options.file, start)
  try {
    const serves = !apart && plan.steps.some(step => step.actions.some(({ command }) => isOwnServer(command)))
    const logFile = join(folder.path, sandboxLog)
    const { sandbox, podServer } = await start.sandbox.keep({ lab: lab.name, serves, logFile })
    state.sandbox = sandbox
    folder.write(state)
    await mustHaveThere(sandbox, { lab, plan, file: options.file })
    const context = { sandbox, running, podServer, signal }
    return { folder, state, context }
  } catch (error) {
    await endLab(folder)
    throw error
  }
}

/**
 * Brings a lab up, step by step, each one verified. A step that fails, or an abort, takes all of it down again
 * (unless `keep`, for a step). Throws what made the steps impossible, the signal's reason after an abort.
 */
export async function up(
  running: LabInCondition,
  options: UpOptions,
): Promise<{ report: UpReport; stopped?: StoppedAt }> {
  const start = performance.now()
  const { lab, plan } = running
  const { folder, state, context } = await openLabSandbox(running, options)
  const { tell, signal, keep } = options
  const { name } = lab
  tell({ kind: 'lab-started', running })
  let steps: readonly StepResult[]
  let task: OpenTask | undefined
  try {
    steps = await runSteps(
      {
        executor: sandboxExecutor(context, options.apart ? 'apart' : 'batched'),
        tell,
        signal,
        mustLive: step => {
          if (!sandboxLives(context.sandbox)) throw sandboxDied(lab, step)
        },
      },
      plan.steps,
    )
    task = await openTask(context, plan.steps, { index: steps.length - 1, result: steps.at(-1) }, tell)
  } catch (error) {
    await endLab(folder)
    tell({ kind: 'lab-down', lab: name, because: signal.aborted ? 'interrupted' : 'an error' })
    signal.throwIfAborted()
    throw error
  }
  const index = steps.findIndex(result => !result.ok)
  const report: UpReport = {
    lab: name,
    ok: index === -1,
    ms: performance.now() - start,
    steps,
    ...(task === undefined ? {} : { task }),
    pods: lab.pods.length,
    nodes: lab.nodes.length,
    machines: lab.machines.length,
    services: [...new Set(running.services.map(service => joinHostPort(service.clusterIP, service.port)))],
  }
  const stage = report.ok ? 'up' : 'failed'
  if (report.ok || keep) folder.write({ ...state, stage, ...progressOf(plan.steps, steps.length, task) })
  if (report.ok) {
    tell({ kind: 'lab-up', report })
    return { report }
  }
  tell({ kind: 'lab-failed', report, index, kept: keep })
  if (!keep) {
    await endLab(folder)
    tell({ kind: 'lab-down', lab: name, because: 'a step failed' })
  }
  return { report, stopped: { step: plan.steps[index]!, index, result: steps[index]! } }
}

/** The task at which steps have stopped, its goal tried; undefined where they have come to none. */
export async function openTask(
  context: RunContext,
  steps: readonly Step[],
  { index, result }: { index: number; result: StepResult | undefined },
  tell: RunListener<StepEvent>,
): Promise<OpenTask | undefined> {
  const step = steps[index]
  if (step?.task === undefined || result?.ok !== true) return undefined
  const goal = await tryGoal(context, step)
  context.signal?.throwIfAborted()
  tell({ kind: 'task-checked', index, results: goal, reached: isReached(goal) })
  return { index, of: steps.length, step, task: step.task, goal }
}

/** What is kept of so many steps that have run. */
export function progressOf(
  steps: readonly Step[],
  count: number,
  task: OpenTask | undefined,
): Pick<LabState, 'rules' | 'steps' | 'task'> {
  const rules = ruleCount(steps.slice(0, count))
  const opened = task && { hints: 0, solved: false, ...keptOf(task.goal), reached: false }
  return {
    rules,
    ...(count === steps.length && opened === undefined ? {} : { steps: count }),
    ...(opened && { task: opened }),
  }
}

function sandboxDied(lab: Lab, step: Step): NetlabError {
  return new NetlabError({
    what: `the sandbox of ${lab.name} has died while it was being brought up`,
    where: `the step "${step.title}"`,
    why: 'its first process was killed, by somebody or because memory ran out; with it the kernel ended all of the lab',
    fix: 'nothing is left of it: try again',
  })
}
