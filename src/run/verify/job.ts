import type { Place } from '../../command/command.ts'
import type { ServiceEntry, ServiceTarget } from '../../plan/plan.ts'
import type { ServicePromise } from '../../plan/service-promise.ts'

/** An address of a service port that is asked from a place. */
export interface Job {
  target: ServiceTarget
  entry: ServiceEntry
  from: Place
  promise: ServicePromise
}
