import type { Action } from '../command/command.ts'
import type { Check, LabCommand, LabStep } from '../model/lab.ts'
import type { Step } from './plan.ts'

/** A step whose task is done by its own solution. */
export function solvedStep(step: Step): Step {
  const { task: _, ...rest } = step
  return { ...rest, actions: actionsOf(step), checks: checksOf(step) }
}

/** What solves a task, as a step: its commands, then the goal. */
export function solutionOf({ task, because: _, question: __, ...step }: Step): Step {
  return { ...step, actions: task?.solution ?? [], checks: task?.goal ?? [] }
}

/** What a task begins with, as a step. */
export function startOf({ task, because: _, question: __, ...step }: Step): Step {
  return { ...step, actions: task?.start ?? [], checks: [] }
}

interface Tried {
  checks: readonly Check[]
  task?: { goal: readonly Check[] }
}

/** All commands of a step whose task is done by its own solution, in the order in which they run. */
export function actionsOf({ actions, task }: Pick<Step, 'actions' | 'task'>): readonly Action[] {
  return task === undefined ? actions : [...actions, ...task.start, ...task.solution]
}

/** All that is tried of a step: its checks, and what its task is to reach. */
export function checksOf({ checks, task }: Tried): readonly Check[] {
  return task === undefined ? checks : [...checks, ...task.goal]
}

/** All commands that a lab's file has in a step. */
export function commandsOf({ run, task }: Pick<LabStep, 'run' | 'task'>): readonly LabCommand[] {
  return task === undefined ? run : [...run, ...task.start, ...task.solution]
}
