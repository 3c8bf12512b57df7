import type { ObservedLab } from '../observe/tool.ts'
import type { Step } from '../plan/plan.ts'
import type { CheckResult } from '../verify/report.ts'
import { tryAll } from '../verify/try-checks.ts'

/** Tries the goal of a step's task as it is at this moment; what does not hold is not explained. Empty where it has none. */
export function tryGoal(context: ObservedLab, { title, task }: Step): Promise<readonly CheckResult[]> {
  const checks = (task?.goal ?? []).map(check => ({ check, step: title }))
  return tryAll(context, checks, undefined, { once: true, unexplained: true })
}

/** What is kept of a goal that was tried. */
export function keptOf(results: readonly CheckResult[]): { reached: boolean; held: readonly boolean[] } {
  return { reached: isReached(results), held: results.map(({ ok }) => ok) }
}

/** Whether a goal is reached, by what came of it. */
export function isReached(results: readonly CheckResult[]): boolean {
  return results.length > 0 && results.every(({ ok }) => ok)
}
