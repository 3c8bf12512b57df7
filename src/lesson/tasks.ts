import { exitCode, NetlabError } from '../errors.ts'
import { endpointsAfterSteps, labAsBuilt } from '../plan/lab-in-condition.ts'
import type { Plan, Step, Task } from '../plan/plan.ts'
import { solutionOf } from '../plan/task-steps.ts'
import { sandboxExecutor } from '../run/carry-out.ts'
import type { RunListener, StepEvent } from '../run/events.ts'
import { isReached, keptOf, tryGoal } from '../run/goal.ts'
import type { TaskState } from '../run/lab-folder.ts'
import { type LivingLab, labNames, openSandbox, statusOf } from '../run/lab-state.ts'
import type { OpenTask, StepResult } from '../run/report.ts'
import { runSteps } from '../run/run-steps.ts'
import { withLabLocked } from '../run/sync-lock.ts'
import { openTask, progressOf, type StoppedAt } from '../run/up.ts'
import { labAround } from '../sandbox/inside-lab.ts'

/** What came of a task when it was looked at. */
export interface TaskReport extends OpenTask {
  lab: string
  state: TaskState
  /** The steps that came after it; undefined: it is open. */
  after?: GoneOn
}

/** How far a lab came after a task. */
export interface GoneOn {
  plan: Plan
  steps: readonly StepResult[]
  /** The step that failed; the lab stands as that has left it. */
  stopped?: StoppedAt
  /** The next task; undefined: that was the last one. */
  task?: OpenTask
}

export interface TaskOptions {
  tell: RunListener<StepEvent>
  signal: AbortSignal
}

/** A task of a running lab, with all that its verbs need. */
interface TaskAtHand {
  living: LivingLab
  plan: Plan
  index: number
  step: Step
  task: Task
  state: TaskState
}

/** Tries the goal of the open task; where it holds, the steps up to the next task are carried out. Throws NetlabError where no task is open. */
export function checkTask(name: string | undefined, options: TaskOptions): Promise<TaskReport> {
  const living = openTaskLab(name)
  return withLabLocked(living.folder, options.signal, async () => {
    const at = taskAtHand(living)
    const goal = await tryGoal(contextOf(at, options), at.step)
    options.signal.throwIfAborted()
    return told(at, goal, at.state, options)
  })
}

/** The solution of the open task is carried out, and its goal is tried; where that holds, the lab goes on. Throws NetlabError where no task is open. */
export function solveTask(
  name: string | undefined,
  { showing, ...options }: TaskOptions & { showing: (step: Step, task: Task) => void },
): Promise<TaskReport & { solution: StepResult }> {
  const living = openTaskLab(name)
  return withLabLocked(living.folder, options.signal, async () => {
    const at = taskAtHand(living)
    const state = { ...at.state, solved: true }
    keep(living, { task: state })
    showing(at.step, at.task)
    const executor = sandboxExecutor(contextOf(at, options), 'typed')
    const run = { executor, tell: () => {}, signal: options.signal }
    const [solution] = await runSteps(run, [solutionOf(at.step)], { from: at.index })
    return { ...(await told(at, solution!.checks, state, options)), solution: solution! }
  })
}

/** The next hint of the open task; the last one once more, where there are no others. Throws NetlabError where no task is open. */
export async function nextHint(
  name: string | undefined,
): Promise<{ lab: string; hint: string | undefined; given: number; of: number }> {
  const living = openTaskLab(name)
  return withLabLocked(living.folder, undefined, async () => {
    const { state, task } = taskAtHand(living)
    const of = task.hints.length
    const given = Math.min(state.hints + 1, of)
    keep(living, { task: { ...state, hints: given } })
    return { lab: living.folder.name, hint: task.hints[given - 1], given, of }
  })
}

/** How the tasks of a lab stand. */
export interface TaskStanding {
  lab: string
  /** How many tasks its steps have. */
  tasks: number
  /** How many of them are not done. */
  left: number
  /** Undefined: all of them are done, or none has been come to yet. */
  open?: Omit<OpenTask, 'goal'> & { state: TaskState }
  /** The process of the lesson that has the task in its hands. */
  lesson?: number
}

/** How the tasks of a running lab stand, without a look at it. Throws NetlabError where it has none, or is being built. */
export function taskStanding(name: string | undefined): TaskStanding {
  const living = openTaskLab(name)
  const standing = standingOf(living)
  if (standing.tasks === 0) throw noTask(standing.lab)
  const isBuilt = standing.lesson !== undefined || statusOf(living.folder).state !== 'starting'
  if (!isBuilt) throw underWay(standing.lab, living.state.starter.pid)
  return standing
}

/** The same of a lab that is open already, which may have no task. */
export function standingOf({ folder, state: living }: Pick<LivingLab, 'folder' | 'state'>): TaskStanding {
  const { steps, task: state } = folder.readState() ?? living
  const { plan } = labAsBuilt(folder.readLab())
  const of = plan.steps.length
  const count = (from: number) => plan.steps.slice(from).filter(({ task }) => task !== undefined).length
  const index = (steps ?? of) - 1
  const step = plan.steps[index]
  const left = count(steps === undefined || state?.reached ? index + 1 : Math.max(0, index))
  const { lesson } = statusOf(folder)
  const standing = { lab: folder.name, tasks: count(0), left, ...(lesson === undefined ? {} : { lesson }) }
  if (step?.task === undefined || state === undefined || state.reached) return standing
  return { ...standing, open: { index, of, step, task: step.task, state } }
}

/** Throws NetlabError where no lab runs that could have a task. */
function openTaskLab(name: string | undefined): LivingLab {
  if (name === undefined && labAround() === undefined && labNames().length === 0) throw noTaskLab()
  return openSandbox(name)
}

function noTaskLab(): NetlabError {
  return new NetlabError({
    what: 'no lab with a task is up',
    fix: 'netlab up exercise-01-neighbours-only brings the first exercise up; netlab labs lists all of them',
    exitCode: exitCode.wrongInput,
  })
}

async function told(
  at: TaskAtHand,
  goal: OpenTask['goal'],
  state: TaskState,
  options: TaskOptions,
): Promise<TaskReport> {
  const { living, index, step, task, plan } = at
  const report = { lab: living.folder.name, index, of: plan.steps.length, step, task, goal }
  const reached = isReached(goal)
  options.tell({ kind: 'task-checked', index, results: goal, reached })
  const now = { ...state, ...keptOf(goal) }
  keep(living, { task: now })
  if (!reached) return { ...report, state: now }
  return { ...report, state: now, after: await goOn(at, options) }
}

/** Carries out the steps after a task that is done, up to the next one. */
async function goOn(at: TaskAtHand, { tell, signal }: TaskOptions): Promise<GoneOn> {
  const { living, plan, index } = at
  const { folder } = living
  const from = index + 1
  if (from === plan.steps.length) return { plan, steps: [] }
  const context = contextOf(at, { signal })
  const run = { executor: sandboxExecutor(context, 'batched'), tell, signal }
  const { steps: _, task: __, ...state } = folder.readState() ?? living.state
  // What breaks it off leaves a step half done.
  folder.write({ ...state, stage: 'failed', steps: from + 1 })
  const steps = await runSteps(run, plan.steps.slice(from), { from })
  const count = from + steps.length
  const task = await openTask(context, plan.steps, { index: count - 1, result: steps.at(-1) }, tell)
  const failed = steps.findIndex(({ ok }) => !ok)
  const stage = failed === -1 ? ('up' as const) : ('failed' as const)
  folder.write({ ...state, stage, ...progressOf(plan.steps, count, task) })
  const lab = folder.readLab()
  folder.writeCondition({ ...folder.readCondition(lab), endpoints: endpointsAfterSteps(lab, count) })
  return {
    ...{ plan, steps },
    ...(failed === -1
      ? {}
      : { stopped: { step: plan.steps[from + failed]!, index: from + failed, result: steps[failed]! } }),
    ...(task === undefined ? {} : { task }),
  }
}

function contextOf({ living }: TaskAtHand, { signal }: Pick<TaskOptions, 'signal'>) {
  const { folder, sandbox } = living
  return { sandbox, running: labAsBuilt(folder.readLab()), signal }
}

function keep({ folder, state }: LivingLab, more: { task: TaskState }): void {
  folder.write({ ...(folder.readState() ?? state), ...more })
}

/** Throws NetlabError where the lab has no task, none that is open, or one that is in somebody's hands. */
function taskAtHand(living: LivingLab): TaskAtHand {
  const { folder } = living
  if (statusOf(folder).state === 'starting') throw underWay(folder.name, living.state.starter.pid)
  const { steps, task: state } = folder.readState() ?? living.state
  const { plan } = labAsBuilt(folder.readLab())
  const tasks = plan.steps.filter(({ task }) => task !== undefined).length
  const index = (steps ?? plan.steps.length) - 1
  const step = plan.steps[index]
  if (tasks === 0) throw noTask(folder.name)
  if (state === undefined || state.reached || step?.task === undefined) throw noOpenTask(folder.name, tasks)
  return { living, plan, index, step, task: step.task, state }
}

function underWay(lab: string, pid: number): NetlabError {
  return new NetlabError({
    what: `${lab} is in the hands of another netlab (process ${pid})`,
    why: 'netlab walk is in the middle of the lesson, or netlab up is building it',
    fix: 'in a lesson the keys h, c and x give a hint, check and solve',
  })
}

function noTask(lab: string): NetlabError {
  return new NetlabError({
    what: `${lab} has no task`,
    why: 'its steps show, and leave nothing to be done',
    fix: `netlab labs lists the labs that have one`,
    exitCode: exitCode.wrongInput,
  })
}

function noOpenTask(lab: string, tasks: number): NetlabError {
  return new NetlabError({
    what: tasks === 1 ? `the task of ${lab} is done` : `the tasks of ${lab} are done`,
    fix: `netlab status ${lab} shows how it stands; netlab down ${lab} and netlab up begin anew`,
    exitCode: exitCode.wrongInput,
  })
}
