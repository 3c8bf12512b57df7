import type { Command } from '../command/command.ts'
import type { Step } from '../plan/plan.ts'
import type { TaskState } from '../run/lab-folder.ts'
import type { CommandFailure } from '../run/report.ts'
import type { TraceReport } from '../trace/report.ts'
import type { CheckResult } from '../verify/report.ts'
import type { LessonListener } from './events.ts'

/** A step as it was walked through. */
export interface WalkedStep {
  step: Step
  ok: boolean
  /** Those that ran, the one that failed not among them. */
  commands: readonly { command: Command; output: string }[]
  /** Undefined: every command ran. */
  failure?: CommandFailure
  checks: readonly CheckResult[]
  /** Requests of its checks that were followed after it. */
  traces: readonly TraceReport[]
  /** Somebody typed in a shell after it. */
  shell: boolean
  /** It was built before the lesson began, and not shown. */
  unseen?: true
  /** How far its task is, and what its goal came to when it was last tried; left out: it has none. */
  task?: { state: TaskState; goal: readonly CheckResult[] }
}

/** Keeps of a lesson's events what its steps have come to, without those that were gone back over. */
export class LessonRecord {
  #walked: WalkedStep[] = []
  #step: Step | undefined
  #commands: { command: Command; output: string }[] = []

  get walked(): readonly WalkedStep[] {
    return this.#walked
  }

  readonly hear: LessonListener = event => {
    switch (event.kind) {
      case 'step-started':
        this.#step = event.step
        this.#commands = []
        break
      case 'commands-ran':
        this.#commands.push(...event.commands.map(command => ({ command, output: event.output })))
        break
      case 'step-done': {
        const { ok, checks, failure } = event.result
        const walked = { step: this.#step!, ok, commands: this.#commands, checks, traces: [], shell: false }
        this.#walked.push({ ...walked, ...(failure === undefined ? {} : { failure }) })
        break
      }
      case 'task-checked': {
        const last = this.#walked.at(-1)
        if (last === undefined) break
        const state = { ...taskOf(last), reached: event.reached }
        last.task = { state, goal: event.results }
        // A lab's own solution that does not reach its goal.
        if (state.solved) last.ok = event.reached
        break
      }
      case 'hint-given': {
        const last = this.#walked.at(-1)
        if (last?.task !== undefined)
          last.task = { ...last.task, state: { ...last.task.state, hints: event.given } }
        break
      }
      case 'solution-shown': {
        const last = this.#walked.at(-1)
        if (last?.task !== undefined)
          last.task = { ...last.task, state: { ...last.task.state, solved: true } }
        break
      }
      case 'resumed':
        this.#walked = event.steps.map(step => ({
          step,
          ok: true,
          commands: [],
          checks: [],
          traces: [],
          shell: false,
          unseen: true,
        }))
        break
      case 'traced': {
        const last = this.#walked.at(-1)
        if (last !== undefined) last.traces = [...last.traces, event.report]
        break
      }
      case 'shell-opened': {
        const last = this.#walked.at(-1)
        if (last !== undefined) last.shell = true
        break
      }
      case 'rebuild-started':
        this.#walked.length = event.steps
        break
      case 'rebuilt':
        for (const step of this.#walked) {
          step.shell = false
          step.traces = []
        }
    }
  }
}

function taskOf({ task }: WalkedStep): TaskState {
  return task?.state ?? { hints: 0, solved: false, reached: false }
}
