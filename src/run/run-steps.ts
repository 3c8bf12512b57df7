import type { Command } from '../command/command.ts'
import type { Step } from '../plan/plan.ts'
import { startOf } from '../plan/task-steps.ts'
import type { CheckResult } from '../verify/report.ts'
import type { RunListener, StepEvent } from './events.ts'
import type { CommandFailure, StepResult } from './report.ts'

/** What commands printed, and the one that failed. */
export interface Outcome {
  output: string
  failure?: CommandFailure
  /** How many commands after the failed one have run all the same, beside it; none unless said. */
  beside?: number
}

/** Commands of a step that go into the sandbox together. */
export interface Turn {
  /** The processes that it takes, in order: each carries out one or several neighbouring commands. */
  lots: readonly (readonly Command[])[]
  /** `reached` hears which lot runs now; it may leave out some that were quick. */
  run(reached: (lot: number) => void): Promise<Outcome>
}

/** What carries commands and checks out; the loop itself starts nothing. */
export interface Executor {
  turns(step: Step): readonly Turn[]
  /** The results are in the order of the checks, `done` hears of each as it is there. */
  tryChecks(step: Step, done: (result: CheckResult) => void): Promise<readonly CheckResult[]>
}

export interface Run {
  executor: Executor
  tell: RunListener<StepEvent>
  signal?: AbortSignal | undefined
  /** Throws where the sandbox has been ended from elsewhere: what fails after that is not the step's fault. */
  mustLive?: (step: Step) => void
}

export interface RunStepsOptions {
  /** The index of the first of the steps; 0 by default. */
  from?: number
  /** A step that fails does not end it. */
  goOn?: boolean
  /** What is to be done before a step's commands, and after its checks. */
  before?: (index: number) => Promise<void>
  after?: (index: number, result: StepResult) => Promise<void>
  /** What is to be done once a step's commands have run, before its checks; the step's time does not count it. */
  beforeChecks?: (index: number) => Promise<void>
}

/** Carries steps out, in order, up to one that fails, or has a task, which stands open then, and tells of all that happens. Throws the signal's reason after an abort. */
export async function runSteps(
  run: Run,
  steps: readonly Step[],
  { from = 0, goOn = false, before, after, beforeChecks }: RunStepsOptions = {},
): Promise<readonly StepResult[]> {
  const results: StepResult[] = []
  for (const [at, step] of steps.entries()) {
    run.signal?.throwIfAborted()
    await before?.(from + at)
    const result = await runStep(run, step, from + at, beforeChecks)
    results.push(result)
    await after?.(from + at, result)
    if (step.task !== undefined || (!result.ok && !goOn)) break
  }
  return results
}

async function runStep(
  run: Run,
  step: Step,
  index: number,
  beforeChecks: RunStepsOptions['beforeChecks'],
): Promise<StepResult> {
  const start = performance.now()
  run.tell({ kind: 'step-started', index, step })
  const failure = await runCommands(run, step, index)
  const ran = performance.now()
  if (failure === undefined) await beforeChecks?.(index)
  const waited = performance.now() - ran
  const checks = failure === undefined ? await tryChecks(run, step, index) : []
  const allHold = failure === undefined && checks.every(check => check.ok)
  const notBegun = allHold && step.task !== undefined ? await begin(run, step, index) : undefined
  const failed = failure ?? notBegun
  const result: StepResult = {
    title: step.title,
    ok: allHold && notBegun === undefined,
    ms: performance.now() - start - waited,
    commands: step.actions.length,
    checks,
    ...(failed === undefined ? {} : { failure: failed }),
  }
  run.tell({ kind: 'step-done', index, result })
  if (result.ok && step.task !== undefined) run.tell({ kind: 'task-started', index, step, task: step.task })
  return result
}

/** Begins the task of a step, without a word unless that fails. */
function begin(run: Run, step: Step, index: number): Promise<CommandFailure | undefined> {
  const tell: typeof run.tell = event => {
    if (event.kind === 'command-failed') run.tell(event)
  }
  return runCommands({ ...run, tell }, startOf(step), index)
}

/** Runs the commands of a step; returns the one that failed. */
async function runCommands(run: Run, step: Step, index: number): Promise<CommandFailure | undefined> {
  const { tell, signal } = run
  let first = 0
  for (const turn of run.executor.turns(step)) {
    signal?.throwIfAborted()
    const { reached, commands } = lotsTold(run, turn, index, first)
    const start = performance.now()
    reached(0)
    const { output, failure, beside = 0 } = await turn.run(reached)
    const ms = performance.now() - start
    signal?.throwIfAborted()
    if (failure !== undefined) {
      run.mustLive?.(step)
      const lot = Math.max(
        0,
        turn.lots.findIndex(lot => lot.includes(failure.command)),
      )
      reached(lot)
      // Programs of pods start together, whichever of them fails.
      const last = failure.command.container === undefined ? commands.indexOf(failure.command) : -1
      const begun = last === -1 ? commands.length : last + 1 + beside
      tell({ kind: 'command-failed', index, failure, output, left: step.actions.length - first - begun })
      return failure
    }
    reached(turn.lots.length - 1)
    tell({ kind: 'commands-ran', index, first, commands, ms, output })
    first += commands.length
  }
  return undefined
}

/** Tells of each lot once and in order, those too of which nothing was heard. */
function lotsTold({ tell }: Run, { lots }: Turn, index: number, first: number) {
  let told = 0
  let at = first
  const reached = (lot: number) => {
    for (; told <= lot; told += 1) {
      const commands = lots[told] ?? []
      tell({ kind: 'commands-started', index, first: at, commands })
      at += commands.length
    }
  }
  return { reached, commands: lots.flat() }
}

async function tryChecks(run: Run, step: Step, index: number): Promise<readonly CheckResult[]> {
  const count = step.checks.length
  if (count === 0) return []
  run.tell({ kind: 'checks-started', index, count })
  let done = 0
  const results = await run.executor.tryChecks(step, result => {
    done += 1
    run.tell({ kind: 'check-done', index, result, done, count })
  })
  run.signal?.throwIfAborted()
  if (results.some(result => !result.ok)) run.mustLive?.(step)
  return results
}
