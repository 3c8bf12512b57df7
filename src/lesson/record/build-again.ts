import type { Action } from '../../command/command.ts'
import { commandLine } from '../../command/command-line.ts'
import { NetlabError } from '../../errors.ts'
import { type LabInCondition, labAsBuilt } from '../../plan/lab-in-condition.ts'
import type { Step } from '../../plan/plan.ts'
import { sandboxExecutor } from '../../run/carry-out.ts'
import { endLab } from '../../run/down.ts'
import { LabStart } from '../../run/lab-start.ts'
import { type Executor, runSteps } from '../../run/run-steps.ts'
import { openLabSandbox } from '../../run/up.ts'
import { runAtAnyway } from '../../sandbox/enter.ts'
import { EndlessError } from '../../sandbox/process.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { CheckResult } from '../../verify/report.ts'
import { type Deed, replayScript } from './replay.ts'

/** What came of a lab that was built again as a record says. */
export interface BuiltAgain {
  /** `holds`: as recorded; `differs`: the record says that it held, and it does not; `fails`: it did not hold either. */
  state: 'holds' | 'differs' | 'fails' | 'not built'
  /** What is off. */
  words: string
}

/** Seconds that a line gets which is run again, and milliseconds that all of one step get. */
const lineSeconds = 5
const linesDeadline = 20_000

/** Processes that a lab may have while it is built again: a line that forks without an end is to be felt by nobody. */
const sparePrograms = 400
const programsOfPod = 10

/** Builds a lab, in a sandbox of its own called `name`, as a record says that it was built, and tries what held at its end. A process opens one lab at a time. */
export async function buildAgain(
  lab: LabInCondition['lab'],
  name: string,
  deeds: readonly Deed[],
  signal: AbortSignal,
): Promise<BuiltAgain> {
  const last = deeds.at(-1)
  if (last?.held === undefined) return { state: 'not built', words: 'no step of it was done' }
  const processes = Math.min(lab.limits.processes, sparePrograms + programsOfPod * lab.pods.length)
  const running = labAsBuilt({ ...lab, name, limits: { ...lab.limits, processes } })
  const start = new LabStart()
  try {
    const opened = await openLabSandbox(running, { file: name, start, apart: false, signal })
    try {
      const executor = sandboxExecutor(opened.context, 'batched')
      return await redo(running, opened.context.sandbox, deeds, executor, signal)
    } finally {
      await endLab(opened.folder)
    }
  } catch (error) {
    await start.giveUp()
    signal.throwIfAborted()
    if (!(error instanceof NetlabError)) throw error
    return { state: 'not built', words: error.message }
  }
}

async function redo(
  running: LabInCondition,
  sandbox: Sandbox,
  deeds: readonly Deed[],
  executor: Executor,
  signal: AbortSignal,
): Promise<BuiltAgain> {
  const last = deeds.at(-1)!
  const carryOut = async (step: Step, actions: readonly Action[]) => {
    // Without its task, which would be begun each time.
    const { task: _, ...bare } = step
    const [result] = await runSteps({ executor, tell: () => {}, signal }, [{ ...bare, actions, checks: [] }])
    return result?.failure
  }
  for (const deed of deeds) {
    const step = running.plan.steps[deed.step]
    if (step === undefined) return { state: 'not built', words: `the lab has no step ${deed.step + 1}` }
    const failure =
      (await carryOut(step, step.actions)) ??
      (step.task === undefined ? undefined : await carryOut(step, step.task.start))
    if (failure !== undefined)
      return said(last, false, `in step ${deed.step + 1} a command fails: ${commandLine(failure.command)}`)
    // What is typed after the last step says nothing of it, unless it is a task.
    if (deed !== last || step.task !== undefined) {
      const late = await typeAgain(sandbox, deed, signal)
      if (late !== undefined) return late
    }
    if (deed.solution && step.task !== undefined) await carryOut(step, step.task.solution)
  }
  const step = running.plan.steps[last.step]!
  const checks = step.task?.goal ?? step.checks
  const results = await executor.tryChecks({ ...step, checks }, () => {})
  const off = results.find(({ ok }) => !ok)
  return said(last, off === undefined, off === undefined ? '' : `${describe(off)}: ${off.observed}`)
}

function said({ held }: Deed, holds: boolean, words: string): BuiltAgain {
  if (holds) return { state: 'holds', words: held === true ? '' : 'it holds, though not in the record' }
  return { state: held === true ? 'differs' : 'fails', words }
}

function describe({ check, target, from }: CheckResult): string {
  return `${check.kind === 'curl' ? `curl ${target}` : target} from ${from}`
}

/** Runs the lines of a deed; what they print is nobody's concern. Returns what came of lines that take too long. */
async function typeAgain(
  sandbox: Sandbox,
  { typed, step }: Deed,
  signal: AbortSignal,
): Promise<BuiltAgain | undefined> {
  if (typed.length === 0) return undefined
  const input = replayScript(typed, lineSeconds)
  const why = 'what was typed in the lesson'
  try {
    const options = { input, why, tooMuch: 'abridge', deadline: linesDeadline, signal } as const
    await runAtAnyway(sandbox, ['bash', '-s'], options)
    return undefined
  } catch (error) {
    if (!(error instanceof EndlessError)) throw error
    return { state: 'not built', words: `what was typed after step ${step + 1} takes too long` }
  }
}
