import type { ObservedLab } from '../observe/tool.ts'
import type { Step, Task } from '../plan/plan.ts'
import { solutionOf } from '../plan/task-steps.ts'
import { sandboxExecutor } from '../run/carry-out.ts'
import { keptOf, tryGoal } from '../run/goal.ts'
import type { TaskState } from '../run/lab-folder.ts'
import { runSteps } from '../run/run-steps.ts'
import type { CheckResult } from '../verify/report.ts'
import type { LessonListener } from './events.ts'

/** The task of the step that a lesson stands at. */
export class LessonTask {
  readonly index: number
  readonly step: Step
  readonly task: Task
  readonly #tell: LessonListener
  #state: TaskState = { hints: 0, solved: false, reached: false }

  constructor(index: number, step: Step & { task: Task }, tell: LessonListener) {
    this.index = index
    this.step = step
    this.task = step.task
    this.#tell = tell
  }

  get state(): TaskState {
    return this.#state
  }

  /** Tries the goal as it is now, and tells. */
  async check(lab: ObservedLab): Promise<void> {
    const results = await tryGoal(lab, this.step)
    lab.signal?.throwIfAborted()
    this.#checked(results)
  }

  /** Tells the next hint; after the last one that once more. */
  hint(): void {
    const { hints } = this.task
    const given = Math.min(this.#state.hints + 1, hints.length)
    const hint = hints[given - 1]
    if (hint === undefined) return
    this.#state = { ...this.#state, hints: given }
    this.#tell({ kind: 'hint-given', index: this.index, hint, given, of: hints.length })
  }

  /** Shows the solution, carries it out, and tells what came of the goal. */
  async solve(lab: ObservedLab): Promise<void> {
    const { index, step, task } = this
    this.#state = { ...this.#state, solved: true }
    this.#tell({ kind: 'solution-shown', index, task })
    const { sandbox, running, signal } = lab
    const context = { sandbox, running, ...(signal === undefined ? {} : { signal }) }
    const tell: LessonListener = event => {
      if (event.kind === 'command-failed') this.#tell(event)
    }
    const run = { executor: sandboxExecutor(context, 'typed'), tell, signal }
    const [result] = await runSteps(run, [solutionOf(step)], { from: index })
    this.#checked(result?.checks ?? [])
  }

  #checked(results: readonly CheckResult[]): void {
    this.#state = { ...this.#state, ...keptOf(results) }
    this.#tell({ kind: 'task-checked', index: this.index, results, reached: this.#state.reached })
  }
}
