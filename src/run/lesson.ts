import type { Command } from '../command/command.ts'
import { NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { compilePlan } from '../plan/compile.ts'
import type { Plan, Step } from '../plan/plan.ts'
import { sandboxLives } from '../sandbox/sandbox.ts'
import { carryOutStep, runAsTyped, startServers, tryChecks } from './carry-out.ts'
import { down, endLab } from './down.ts'
import { openShell } from './inside.ts'
import { LabStart } from './lab-start.ts'
import type { CheckResult, CommandFailure, DownReport } from './report.ts'
import { type OpenedLab, openLabSandbox } from './up.ts'

/** A step as it was walked through. */
export interface WalkedStep {
  step: Step
  ok: boolean
  /** Those that ran, the one that failed not among them. */
  commands: readonly { command: Command; output: string }[]
  /** Undefined: every command ran. */
  failure?: CommandFailure
  checks: readonly CheckResult[]
  /** Somebody typed in a shell after it. */
  shell: boolean
}

/** What is heard of a step while it runs. */
export interface StepListener {
  /** Commands are about to run: one, or programs of pods that start together. */
  commandsStart(commands: readonly Command[]): void
  commandsRan(output: string): void
  /** `left`: how many commands of the step were not run because of it. */
  commandFailed(failure: CommandFailure, left: number): void
  checksStart(count: number): void
  /** `check 3 of 4` */
  checksProgress(text: string): void
  checksTried(results: readonly CheckResult[]): void
}

export interface LessonOptions {
  /** The path that the lab was read from. */
  file: string
  start: LabStart
  signal: AbortSignal
}

/** A lab that is walked through: its sandbox, and the steps that it has behind it. */
export class Lesson {
  readonly plan: Plan
  readonly walked: WalkedStep[] = []
  readonly #lab: Lab
  readonly #options: LessonOptions
  #opened: OpenedLab

  private constructor(lab: Lab, plan: Plan, options: LessonOptions, opened: OpenedLab) {
    this.plan = plan
    this.#lab = lab
    this.#options = options
    this.#opened = opened
  }

  /** Opens the lab's sandbox; no step has run yet. Throws NetlabError where its name is taken. */
  static async open(lab: Lab, options: LessonOptions): Promise<Lesson> {
    const plan = compilePlan(lab)
    return new Lesson(lab, plan, options, await openSandboxFor(lab, plan, options))
  }

  /** The step that comes next; undefined after the last. */
  get ahead(): Step | undefined {
    return this.plan.steps[this.walked.length]
  }

  /** Runs the step that comes next: its commands one by one, up to one that fails, then its checks. */
  async runNext(listener: StepListener): Promise<void> {
    const step = this.ahead
    if (step === undefined) return
    const { commands, failure } = await this.#runCommands(step, listener)
    const checks = failure === undefined ? await this.#tryChecks(step, listener) : []
    const ok = failure === undefined && checks.every(check => check.ok)
    this.walked.push({
      step,
      ok,
      commands,
      checks,
      shell: false,
      ...(failure === undefined ? {} : { failure }),
    })
  }

  async #runCommands(step: Step, listener: StepListener): Promise<Pick<WalkedStep, 'commands' | 'failure'>> {
    const ran: { command: Command; output: string }[] = []
    for (const group of startedTogether(step)) {
      listener.commandsStart(group)
      const first = group[0]!
      const { context } = this.#opened
      const { output, failure } =
        first.container === undefined
          ? await runAsTyped(context, first, step)
          : await startServers(context, { commands: group }, step)
      this.#options.signal.throwIfAborted()
      if (failure !== undefined) {
        this.#mustLive()
        listener.commandsRan(output)
        listener.commandFailed(failure, step.actions.length - ran.length - group.length)
        return { commands: ran, failure }
      }
      ran.push(...group.map(command => ({ command, output })))
      listener.commandsRan(output)
    }
    return { commands: ran }
  }

  async #tryChecks(step: Step, listener: StepListener): Promise<readonly CheckResult[]> {
    if (step.checks.length === 0) return []
    listener.checksStart(step.checks.length)
    const observer = { stepProgress: (_: number, text: string) => listener.checksProgress(text) }
    const results = await tryChecks({ ...this.#opened.context, observer }, step, this.walked.length)
    this.#options.signal.throwIfAborted()
    if (results.some(result => !result.ok)) this.#mustLive()
    listener.checksTried(results)
    return results
  }

  /** Throws NetlabError where the sandbox has been ended from elsewhere: nothing that fails after that is the lab's fault. */
  #mustLive(): void {
    if (sandboxLives(this.#opened.context.sandbox)) return
    const { lab } = this.plan
    throw new NetlabError({
      what: `the sandbox of ${lab} has died, and the lesson with it`,
      why: 'somebody took it down (netlab down, in another terminal), or ended its first process',
      fix: `netlab walk ${this.#options.file}`,
    })
  }

  /**
   * Goes back to before a step by building the lab again, in a new sandbox: what is typed by hand has no undo. Steps are not
   * checked again. Returns the commands that failed on the way.
   */
  async rebuild(upTo: number): Promise<readonly CommandFailure[]> {
    await endLab(this.#opened.folder)
    const start = new LabStart()
    try {
      this.#opened = await openSandboxFor(this.#lab, this.plan, { ...this.#options, start })
    } catch (error) {
      await start.giveUp()
      throw error
    }
    this.walked.length = Math.min(upTo, this.walked.length)
    const failures: CommandFailure[] = []
    for (const [index, { step }] of this.walked.entries()) {
      const result = await carryOutStep(this.#opened.context, { ...step, checks: [] }, index)
      this.#options.signal.throwIfAborted()
      if (result.failure !== undefined) failures.push(result.failure)
    }
    for (const step of this.walked) step.shell = false
    return failures
  }

  /** A shell on the lab's host, on the person's terminal; ends with it, or with an abort. */
  async shell(): Promise<void> {
    const { signal } = this.#options
    const last = this.walked.at(-1)
    if (last !== undefined) last.shell = true
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    await Promise.race([openShell(this.#opened.context, 'host'), aborted])
  }

  /** Leaves the lab up, for the other verbs. */
  keep(): void {
    const { folder, state } = this.#opened
    const ok = this.walked.every(step => step.ok)
    folder.write({ ...state, stage: ok ? 'up' : 'failed', lastStep: this.walked.at(-1)?.step.title ?? '' })
  }

  /** Takes the lab down and says what went with it. */
  takeDown(): Promise<DownReport> {
    return down(this.#lab.name)
  }

  /** Takes the lab down where nobody wants to know more. */
  abandon(): Promise<void> {
    return endLab(this.#opened.folder)
  }
}

function openSandboxFor(lab: Lab, plan: Plan, { file, start, signal }: LessonOptions): Promise<OpenedLab> {
  return openLabSandbox(lab, plan, { file, start, signal, apart: false, observer: {} })
}

/** One command at a time, but neighbouring programs of pods together: a process for each would be dear in a lab of many. */
function startedTogether(step: Step): readonly (readonly Command[])[] {
  const groups: Command[][] = []
  for (const { command } of step.actions) {
    const last = groups.at(-1)
    if (command.container !== undefined && last?.[0]?.container !== undefined) last.push(command)
    else groups.push([command])
  }
  return groups
}
