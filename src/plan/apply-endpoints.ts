import type { NodeView } from '../dataplane/dataplane.ts'
import type { EndpointsByService } from '../model/condition.ts'
import { namespacedName } from '../model/kubernetes.ts'
import type { Lab } from '../model/lab.ts'
import type { Proxier } from '../model/places.ts'
import { nodeView } from './kube-proxy.ts'
import type { LabInCondition } from './lab-in-condition.ts'

/** What a part of kube-proxy makes its rules of; undefined: there are no services, and so no rules. */
export function proxyView({ lab, condition }: LabInCondition, proxier: Proxier): NodeView | undefined {
  return lab.services.length === 0 ? undefined : nodeView(lab, proxier, condition.endpoints)
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
