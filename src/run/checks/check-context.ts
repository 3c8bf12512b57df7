import type { Plan } from '../../plan/plan.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'

/** What trying checks works with. */
export interface CheckContext {
  sandbox: Sandbox
  plan: Plan
  signal?: AbortSignal
}
