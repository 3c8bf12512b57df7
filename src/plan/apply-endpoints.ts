import { namespacedName } from '../lab/kubernetes.ts'
import type { Lab } from '../lab/lab.ts'
import { allEndpoints, type EndpointsByService } from './kube-proxy.ts'

/** A lab with the endpoints that its rules have: what kube-proxy knows. */
export interface Standing {
  lab: Lab
  endpoints: EndpointsByService
}

/** The endpoints that a lab's services have after its last step, when all pods are ready. */
export function lastEndpoints(lab: Lab): EndpointsByService {
  const byHand = lab.steps.some(
    step => step.build.includes('services') || Object.keys(step.endpoints).length > 0,
  )
  let endpoints = byHand ? {} : allEndpoints(lab)
  for (const step of lab.steps) {
    if (step.build.includes('services')) endpoints = allEndpoints(lab)
    endpoints = { ...endpoints, ...step.endpoints }
  }
  return endpoints
}

/** Those of the endpoints that are ready, as the endpoint controller would say. */
export function readyEndpoints(
  lab: Lab,
  endpoints: EndpointsByService,
  notReady: ReadonlySet<string>,
): EndpointsByService {
  const eager = new Set(
    lab.services.filter(service => service.publishNotReadyAddresses === true).map(namespacedName),
  )
  return Object.fromEntries(
    Object.entries(endpoints).map(([service, pods]) => [
      service,
      eager.has(service) ? pods : pods.filter(pod => !notReady.has(pod)),
    ]),
  )
}

/** The services whose endpoints are others than before, or in another order. */
export function changedEndpoints(before: EndpointsByService, after: EndpointsByService): string[] {
  return Object.keys(after).filter(
    service => before[service]?.join(' ') !== after[service]?.join(' ') || !(service in before),
  )
}
