import { NetlabError } from '../errors.ts'
import type { ObservedLab } from '../observe/tool.ts'
import { afterSteps, type LabInCondition } from '../plan/lab-in-condition.ts'
import type { Step } from '../plan/plan.ts'
import { ruleCount } from '../plan/rule-count.ts'
import { solvedStep } from '../plan/task-steps.ts'
import { sandboxExecutor } from '../run/carry-out.ts'
import { down, endLab } from '../run/down.ts'
import { toAll } from '../run/events.ts'
import type { LabState } from '../run/lab-folder.ts'
import { LabStart } from '../run/lab-start.ts'
import type { CommandFailure, DownReport } from '../run/report.ts'
import { runSteps } from '../run/run-steps.ts'
import { type OpenedLab, openLabSandbox } from '../run/up.ts'
import { sandboxLives } from '../sandbox/sandbox.ts'
import type { TracedQuestion } from '../trace/request-of-check.ts'
import type { CheckResult } from '../verify/report.ts'
import type { LessonListener } from './events.ts'
import { LessonRecord, type WalkedStep } from './lesson-record.ts'
import { openLessonShell } from './lesson-shell.ts'
import { LessonTask } from './lesson-task.ts'
import { type Judging, judged, wantsEvidence, wantsSender } from './predictions/explanation.ts'
import { type Prediction, predictionOf } from './predictions/prediction.ts'
import { senderReason } from './predictions/sender.ts'
import { ShellEar } from './record/shell-ear.ts'

/** Asks the person what will come, in the lab as the commands of the step leave it; returns the index of the answer, undefined where none is given. */
export type AskPrediction = (
  prediction: Prediction,
  index: number,
  lab: ObservedLab,
) => Promise<number | undefined>

/** Milliseconds that somebody waits at most for what keeps a request from being answered. */
const longestLook = 3000

export interface LessonOptions {
  /** The path that the lab was read from. */
  file: string
  start: LabStart
  tell: LessonListener
  signal: AbortSignal
  /** What is typed in shells, and what they print, is told as well. */
  hearsShells?: boolean
}

/** A lab that is walked through: its sandbox, and the steps that it has behind it. */
export class Lesson {
  readonly #record = new LessonRecord()
  readonly #lesson: LabInCondition
  readonly #options: LessonOptions
  readonly #tell: LessonListener
  #opened: OpenedLab
  #task: LessonTask | undefined

  private constructor(lesson: LabInCondition, options: LessonOptions, opened: OpenedLab) {
    this.#lesson = lesson
    this.#options = options
    this.#tell = toAll(this.#record.hear, options.tell)
    this.#opened = opened
  }

  /** Opens the lab's sandbox; no step has run yet. Throws NetlabError where its name is taken. */
  static async open(lesson: LabInCondition, options: LessonOptions): Promise<Lesson> {
    const opened = new Lesson(lesson, options, await openSandboxFor(lesson, options))
    opened.#note()
    return opened
  }

  /** The steps that have run. */
  get walked(): readonly WalkedStep[] {
    return this.#record.walked
  }

  /** The step that comes next; undefined after the last. */
  get ahead(): Step | undefined {
    return this.#lesson.plan.steps[this.walked.length]
  }

  /** Runs the step that comes next: its commands one by one, up to one that fails, then its checks; what these will show is asked before. */
  async runNext(ask?: AskPrediction): Promise<void> {
    const step = this.ahead
    if (step === undefined) return
    const { signal } = this.#options
    const executor = sandboxExecutor(this.#opened.context, 'typed')
    const index = this.walked.length
    const prediction = ask === undefined ? undefined : predictionOf(this.#lesson, index)
    let said: number | undefined
    let asked = false
    const beforeChecks = async () => {
      if (ask === undefined || prediction === undefined) return
      said = await ask(prediction, index, this.#observedAfter(index + 1))
      asked = true
      this.#tell({ kind: 'predicted', index, prediction, ...(said === undefined ? {} : { said }) })
    }
    const run = { executor, tell: this.#tell, signal, mustLive: () => this.#mustLive() }
    const [result] = await runSteps(run, [step], { from: index, beforeChecks })
    await this.#begin(index, step, result?.ok === true)
    this.#note()
    if (asked && prediction !== undefined) await this.#judge(prediction, said, index)
  }

  /** The task of the step that has run last, where that is not done. */
  get openTask(): LessonTask | undefined {
    return this.#task?.state.reached === false ? this.#task : undefined
  }

  /** The task of a step waits once the step has run. */
  async #begin(index: number, step: Step, ok: boolean): Promise<void> {
    const { task } = step
    this.#task = ok && task !== undefined ? new LessonTask(index, { ...step, task }, this.#tell) : undefined
    await this.#task?.check(this.observed)
  }

  /** Tries the goal of the open task, gives its next hint, or does it by its solution. */
  async work(what: 'check' | 'hint' | 'solve'): Promise<void> {
    const task = this.openTask
    if (what === 'hint') task?.hint()
    else await task?.[what](this.observed)
    this.#mustLive()
    this.#note()
  }

  /** For other netlabs, which ask how far this lab is. */
  #note(): void {
    const { folder, state } = this.#opened
    folder.write({ ...state, lesson: true, ...this.#progress })
  }

  get #progress(): Pick<LabState, 'steps' | 'task'> {
    const task = this.#task?.state
    const count = this.walked.length
    const isAll = count === this.#lesson.plan.steps.length && task === undefined
    return { ...(isAll ? {} : { steps: count }), ...(task === undefined ? {} : { task }) }
  }

  async #judge(prediction: Prediction, said: number | undefined, index: number): Promise<void> {
    const { checks = [], ok = false } = this.walked.at(-1) ?? {}
    const result = checks.find(({ check }) => check === prediction.check)
    const judging = {
      running: this.#lesson,
      result,
      stepOk: ok,
      ...(await this.#why(prediction, result)),
    }
    this.#tell({ kind: 'prediction-judged', index, judged: judged(prediction, said, judging) })
  }

  /** What keeps a request from being answered that was to fail, or why a client is seen as it is. What keeps one from looking is no reason to end a lesson. */
  async #why(
    prediction: Prediction,
    result: CheckResult | undefined,
  ): Promise<Pick<Judging, 'evidence' | 'sender'>> {
    const { check } = prediction
    const wants = { evidence: wantsEvidence(prediction, result), sender: wantsSender(prediction, result) }
    if (check === undefined || !(wants.evidence || wants.sender)) return {}
    const { signal } = this.#options
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(longestLook)])
    const context = { ...this.observed, signal: bounded }
    try {
      if (wants.sender) return { sender: await this.#sender(prediction, context) }
      const { explainRequest } = await import('../diagnose/explain.ts')
      return { evidence: await explainRequest(context, check.url, check.from) }
    } catch (error) {
      this.#mustLive()
      if (signal.aborted || !(error instanceof NetlabError || bounded.aborted)) throw error
      return {}
    }
  }

  /** Why a server sees the client that it sees: the request is made once more, and followed. */
  async #sender({ check, answers, right }: Prediction, context: ObservedLab): Promise<Judging['sender']> {
    const outcome = answers[right]?.outcome
    if (check === undefined || outcome?.kind !== 'answers' || outcome.client === undefined) return undefined
    const { trace } = await import('../trace/trace.ts')
    const report = await trace(context, check.from, check.url, { unexplained: true })
    return senderReason(report, outcome.client)
  }

  /** Throws NetlabError where the sandbox has been ended from elsewhere: nothing that fails after that is the lab's fault. */
  #mustLive(): void {
    if (!sandboxLives(this.#opened.context.sandbox))
      throw lessonDied(this.#lesson.lab.name, this.#options.file)
  }

  /**
   * Goes back to before a step by building the lab again, in a new sandbox: what is typed by hand has no undo. Steps are not
   * checked again.
   */
  async rebuild(upTo: number): Promise<void> {
    const begin = performance.now()
    await endLab(this.#opened.folder)
    const start = new LabStart()
    try {
      this.#opened = await openSandboxFor(this.#lesson, { ...this.#options, start })
    } catch (error) {
      await start.giveUp()
      throw error
    }
    const steps = this.walked.slice(0, upTo).map(({ step }) => step)
    this.#tell({ kind: 'rebuild-started', steps: steps.length })
    const failures = await this.#build(steps)
    this.#tell({ kind: 'rebuilt', steps: steps.length, ms: performance.now() - begin, failures })
    this.#note()
  }

  /** Begins after so many steps: they are carried out without being shown or checked, and tasks by their solutions. */
  async resume(count: number): Promise<void> {
    const begin = performance.now()
    const steps = this.#lesson.plan.steps.slice(0, count)
    const failures = await this.#build(steps)
    this.#tell({ kind: 'resumed', steps, ms: performance.now() - begin, failures })
    this.#note()
  }

  async #build(steps: readonly Step[]): Promise<readonly CommandFailure[]> {
    this.#task = undefined
    const executor = sandboxExecutor(this.#opened.context, 'batched')
    const { signal } = this.#options
    const built = steps.map(step => ({ ...solvedStep(step), checks: [] }))
    const results = await runSteps({ executor, tell: () => {}, signal }, built, { goOn: true })
    return results.flatMap(({ failure }) => failure ?? [])
  }

  /** The lab as it runs, which has no more steps than have run. */
  get observed(): ObservedLab {
    return this.#observedAfter(this.walked.length)
  }

  #observedAfter(steps: number): ObservedLab {
    const running = afterSteps(this.#lesson, steps)
    return { sandbox: this.#opened.context.sandbox, running, signal: this.#options.signal }
  }

  /** Asks once more what a check has asked, and follows it. What keeps it from that is told, and the lesson goes on. */
  async trace(question: TracedQuestion): Promise<void> {
    const { signal } = this.#options
    try {
      const { trace } = await import('../trace/trace.ts')
      const report = await trace(this.observed, question.from, question.url, {
        unexplained: this.openTask !== undefined,
      })
      this.#tell({ kind: 'traced', question, report })
    } catch (error) {
      this.#mustLive()
      if (signal.aborted || !(error instanceof NetlabError)) throw error
      this.#tell({ kind: 'not-traced', question, error })
    }
  }

  /** A shell on the lab's host, on the person's terminal; ends with it, or with an abort. `watched` hears how far the goal of a task is. */
  async shell(watched: (results: readonly CheckResult[]) => void): Promise<void> {
    const { signal } = this.#options
    this.#tell({ kind: 'shell-opened' })
    const task = this.openTask
    const reached = 'goal reached: exit goes on'
    const goal = task && { index: task.index, step: task.step, hear: watched, reached }
    await openLessonShell({ ...this.observed, signal }, goal, this.#ear())
    this.#tell({ kind: 'shell-left' })
    await this.work('check')
  }

  #ear(): ShellEar | undefined {
    if (!this.#options.hearsShells) return undefined
    return new ShellEar({
      typed: typed => this.#tell({ kind: 'shell-typed', ...typed }),
      printed: text => this.#tell({ kind: 'shell-printed', text }),
    })
  }

  /** Leaves the lab up, for the other verbs. */
  keep(): void {
    const { folder, state } = this.#opened
    const ok = this.walked.every(step => step.ok)
    const rules = ruleCount(this.walked.map(({ step }) => step))
    folder.write({ ...state, ...this.#progress, stage: ok ? 'up' : 'failed', rules })
  }

  /** Takes the lab down and says what went with it. */
  takeDown(): Promise<DownReport> {
    return down(this.#lesson.lab.name)
  }

  /** Takes the lab down where nobody wants to know more. */
  abandon(): Promise<void> {
    return endLab(this.#opened.folder)
  }
}

/** The end of a lesson whose lab was ended from elsewhere. */
export function lessonDied(lab: string, file: string): NetlabError {
  return new NetlabError({
    what: `the sandbox of ${lab} has died, and the lesson with it`,
    why: 'somebody took it down (netlab down, in another terminal), or ended its first process',
    fix: `netlab walk ${file}`,
  })
}

function openSandboxFor(lesson: LabInCondition, { file, start, signal }: LessonOptions): Promise<OpenedLab> {
  return openLabSandbox(lesson, { file, start, signal, apart: false })
}
