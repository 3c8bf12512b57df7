import type { Condition, EndpointsByService } from '../model/condition.ts'
import type { Lab } from '../model/lab.ts'
import { compilePlan } from './compile.ts'
import { serviceTargets } from './kube-proxy.ts'
import { type StepOutline, stepOutlines } from './outline.ts'
import type { Plan, ServiceTarget } from './plan.ts'
import { firstCondition, lastEndpoints } from './step-endpoints.ts'

/** What a lab is and how it stands, with all that follows from the two: each is worked out when it is first asked for, and once. */
export interface LabInCondition {
  readonly lab: Lab
  readonly condition: Condition
  readonly outlines: readonly StepOutline[]
  /** The checks of its steps are those of the outlines. */
  readonly plan: Plan
  /** What `verify` samples. */
  readonly services: readonly ServiceTarget[]
}

/** A lab in a condition, of which so many steps have run; all of them, where nothing is said. */
export function labIn(condition: Condition, lab: Lab, steps?: number): LabInCondition {
  let outlines: readonly StepOutline[] | undefined
  let plan: Plan | undefined
  let services: readonly ServiceTarget[] | undefined
  return {
    lab,
    condition,
    get outlines() {
      outlines ??= stepOutlines(lab).slice(0, steps)
      return outlines
    },
    get plan() {
      plan ??= compilePlan(lab, this.outlines)
      return plan
    },
    get services() {
      services ??= serviceTargets(lab, condition.endpoints)
      return services
    },
  }
}

/** A lab as its last step leaves it, when all pods are ready. */
export function labAsBuilt(lab: Lab): LabInCondition {
  return labIn(firstCondition(lab), lab)
}

/** The endpoints that a lab's services have after so many of its steps, or after the last one, when all pods are ready. */
export function endpointsAfterSteps(lab: Lab, steps?: number): EndpointsByService {
  return steps === undefined ? lastEndpoints(lab) : (stepOutlines(lab)[steps - 1]?.endpoints ?? {})
}

/** A lab as so many of its first steps leave it. */
export function afterSteps(running: LabInCondition, count: number): LabInCondition {
  const outlines = running.outlines.slice(0, count)
  const { lab, plan } = running
  const condition = { ...running.condition, endpoints: outlines.at(-1)?.endpoints ?? {} }
  return {
    ...{ lab, condition, outlines },
    plan: { ...plan, steps: plan.steps.slice(0, count) },
    services: serviceTargets(lab, condition.endpoints),
  }
}
