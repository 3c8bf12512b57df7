import type { NetlabError } from '../errors.ts'
import type { Step, Task } from '../plan/plan.ts'
import type { RunListener, StepEvent } from '../run/events.ts'
import type { CommandFailure } from '../run/report.ts'
import type { TraceReport } from '../trace/report.ts'
import type { TracedQuestion } from '../trace/request-of-check.ts'
import type { JudgedPrediction } from './predictions/explanation.ts'
import type { Prediction } from './predictions/prediction.ts'

/** What is told of a lesson beside its steps. */
export type LessonEvent =
  /** A question was asked before the checks of a step; `said`: the index of the answer, undefined where none was given. */
  | { kind: 'predicted'; index: number; prediction: Prediction; said?: number }
  /** Its step is done, and what came is known. */
  | { kind: 'prediction-judged'; index: number; judged: JudgedPrediction }
  /** The `given`th hint of `of`. */
  | { kind: 'hint-given'; index: number; hint: string; given: number; of: number }
  /** The solution of a task is shown, and carried out next. */
  | { kind: 'solution-shown'; index: number; task: Task }
  /** A shell was opened for the person, after the last step that has run. */
  | { kind: 'shell-opened' }
  /** Of a shell that somebody listens to: a line before it runs, what it prints, and its end. */
  | ({ kind: 'shell-typed' } & TypedLine)
  | { kind: 'shell-printed'; text: string }
  | { kind: 'shell-left' }
  /** What a check of the last step has asked was asked once more, and followed; or could not be. */
  | { kind: 'traced'; question: TracedQuestion; report: TraceReport }
  | { kind: 'not-traced'; question: TracedQuestion; error: NetlabError }
  /** The lesson goes back: the lab is built anew with so many of its steps. */
  | { kind: 'rebuild-started'; steps: number }
  /** The lesson begins after steps that were carried out without being shown. */
  | { kind: 'resumed'; steps: readonly Step[]; ms: number; failures: readonly CommandFailure[] }
  | { kind: 'rebuilt'; steps: number; ms: number; failures: readonly CommandFailure[] }

/** A line that was typed in a shell. */
export interface TypedLine {
  line: string
  /** The name of the network namespace that it was typed in; empty on the host. */
  in: string
  /** Where it was typed: a path inside the lab. */
  folder: string
  /** The process that has read it. */
  shell: number
}

/** All that is told while a lab is walked through. */
export type WalkEvent = StepEvent | LessonEvent

/** Hears of a lesson's events as they come, and must not throw. */
export type LessonListener = RunListener<WalkEvent>
