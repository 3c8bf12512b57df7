import type { Condition, EndpointsByService } from '../model/condition.ts'
import { namespacedName } from '../model/kubernetes.ts'
import type { Lab, LabStep } from '../model/lab.ts'

/** The endpoints before a lab's own steps: those of services that no step speaks of, unless a step builds them all. */
export function firstEndpoints(lab: Lab): EndpointsByService {
  if (lab.steps.some(step => step.build.includes('services'))) return {}
  const given = new Set(lab.steps.flatMap(step => Object.keys(step.endpoints)))
  return Object.fromEntries(Object.entries(allEndpoints(lab)).filter(([service]) => !given.has(service)))
}

/** The endpoints after a step; the very same object where the step changes none. */
export function endpointsAfter(lab: Lab, before: EndpointsByService, step: LabStep): EndpointsByService {
  const built = step.build.includes('services')
  if (!built && Object.keys(step.endpoints).length === 0) return before
  return { ...(built ? allEndpoints(lab) : before), ...step.endpoints }
}

/** The endpoints that a lab's services have after its last step, when all pods are ready. */
export function lastEndpoints(lab: Lab): EndpointsByService {
  return lab.steps.reduce((endpoints, step) => endpointsAfter(lab, endpoints, step), firstEndpoints(lab))
}

/** How a lab stands after its last step, when all pods are ready. */
export function firstCondition(lab: Lab): Condition {
  const endpoints = lastEndpoints(lab)
  return { endpoints, ended: {}, notReady: {}, probes: {}, unfinished: [], fullSync: false, brokenOff: false }
}

/** The endpoints that a lab's services have when all of their pods are ready. */
function allEndpoints(lab: Lab): EndpointsByService {
  return Object.fromEntries(lab.services.map(service => [namespacedName(service), service.pods]))
}
