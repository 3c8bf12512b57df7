import type { Command } from '../command/command.ts'
import type { ApplyStage } from '../plan/apply-stage.ts'
import type { LabDifference } from '../plan/difference.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { Step, Task } from '../plan/plan.ts'
import type { CheckResult } from '../verify/report.ts'
import type { CommandFailure, StepResult, UpReport } from './report.ts'

/** What an apply is going to do. */
export interface PlannedApply {
  lab: string
  difference: LabDifference
  stages: readonly ApplyStage[]
}

/** Why a lab that was being brought up is down again. */
export type DownBecause = 'a step failed' | 'interrupted' | 'an error'

/** What is told of steps. `index` is the step's, `first` a command's in its step; both count from 0, times are milliseconds. */
export type StepEvent =
  | { kind: 'step-started'; index: number; step: Step }
  /** Commands that one process carries out, or programs of pods that start together. */
  | { kind: 'commands-started'; index: number; first: number; commands: readonly Command[] }
  /** All commands that entered the sandbox together; `output` is what they printed. */
  | {
      kind: 'commands-ran'
      index: number
      first: number
      commands: readonly Command[]
      ms: number
      output: string
    }
  /** It ends its step; `left` commands of it were not run because of that. */
  | { kind: 'command-failed'; index: number; failure: CommandFailure; output: string; left: number }
  | { kind: 'checks-started'; index: number; count: number }
  /** In the order in which they come to an end: the `done`th of `count`. */
  | { kind: 'check-done'; index: number; result: CheckResult; done: number; count: number }
  | { kind: 'step-done'; index: number; result: StepResult }
  /** What the task of a step begins with was carried out, and is not told; the steps after it wait. */
  | { kind: 'task-started'; index: number; step: Step; task: Task }
  /** Its goal was tried. `reached`: all of it holds. */
  | { kind: 'task-checked'; index: number; results: readonly CheckResult[]; reached: boolean }

/** What is told of a lab that is brought up: how it began, and one of three ends. */
export type LabEvent =
  /** It has its name and its sandbox; no step has run yet. */
  | { kind: 'lab-started'; running: LabInCondition }
  | { kind: 'lab-up'; report: UpReport }
  /** A step failed; unless the lab is kept it is taken down next. */
  | { kind: 'lab-failed'; report: UpReport; index: number; kept: boolean }
  /** Nothing of it is left. */
  | { kind: 'lab-down'; lab: string; because: DownBecause }

/** An apply knows what is different, and which steps that takes. */
export interface ApplyPlanned {
  kind: 'apply-planned'
  planned: PlannedApply
}

/** All that is told while a lab is brought up or changed. */
export type RunEvent = StepEvent | LabEvent | ApplyPlanned

/** Hears of events as they come, and must not throw. */
export type RunListener<Event = RunEvent> = (event: Event) => void

/** Tells several, in this order. */
export function toAll<Event>(...listeners: readonly RunListener<Event>[]): RunListener<Event> {
  return event => {
    for (const hear of listeners) hear(event)
  }
}
