import type { Place } from '../command/command.ts'
import type { Lab } from '../model/lab.ts'
import type { ServiceEntry, ServiceTarget } from './plan.ts'

/** What kube-proxy's rules promise to a client at one of a service's addresses. */
export interface ServicePromise {
  /**
   * `spread`: each endpoint gets its share. `stays`: all requests of one client go to one endpoint. `refused`: answered at
   * once with an error. `dropped`: not answered. `fails`: one of these two.
   */
  kind: 'spread' | 'stays' | 'refused' | 'dropped' | 'fails'
  /** Pod → its part of the requests; of `stays`, the pods that a client may be given. */
  shares: Readonly<Record<string, number>>
  /** How the pod sees the client; undefined: not looked at. */
  client?: 'kept' | 'masqueraded'
}

/** What a place may expect of an address. */
export function promiseOf(
  { outside }: Pick<Lab, 'outside'>,
  target: ServiceTarget,
  entry: ServiceEntry,
  place: Place,
): ServicePromise {
  const none = (kind: ServicePromise['kind']): ServicePromise => ({ kind, shares: {} })
  if (!entry.served) return none('refused')
  if (entry.unserved?.includes(place)) return none('fails')
  const { endpoints, affinity } = target
  // Towards the default route's machine the host first sends a redirect, and the kernel's limit on ICMP (one message a
  // second to each host) then keeps the refusal back.
  const turnsBack = place === outside[0]?.name && entry.kind !== 'node port'
  if (endpoints.length === 0) return none(turnsBack ? 'fails' : 'refused')
  if (entry.refused?.includes(place)) return none('refused')
  if (entry.denied.includes(place)) return none('dropped')
  const fromOutside = entry.outside.includes(place)
  const { local } = entry
  const pods = endpoints
    .map(({ pod }) => pod)
    .filter(pod => !local?.for.includes(place) || local.pods.includes(pod))
  return {
    kind: affinity ? 'stays' : 'spread',
    shares: Object.fromEntries(pods.map(pod => [pod, 1 / pods.length])),
    ...(fromOutside && entry.client !== undefined ? { client: entry.client } : {}),
  }
}
