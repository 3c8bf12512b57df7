import { grouped } from '../model/grouped.ts'
import {
  type EndpointSlice,
  type ManifestPod,
  namespacedName,
  type Protocol,
  type Service,
  serviceOf,
} from '../model/kubernetes.ts'
import { selects } from '../service/pods.ts'
import type { Cluster } from './cluster.ts'

/** A service's endpoints as pods, and where they listen. */
export interface Backends {
  /** Ready ones, in the order of the pods. */
  pods: readonly ManifestPod[]
  /** They are just those that its selector matches. */
  bySelector: boolean
  /** The pods' port for each of its ports, by number or by name; left out: none of the pods has it. */
  targets: ReadonlyMap<string, number | string>
}

/** Services with their backends, and the pods that must be there for them. */
export interface BackedCluster {
  backends: ReadonlyMap<Service, Backends>
  /** Those of the cluster, and one for each endpoint that is none of them. */
  pods: readonly ManifestPod[]
  /** Services with such endpoints. */
  playedFor: readonly string[]
}

/** Finds the pods behind each service: an endpoint that is no pod of the manifests gets one that plays it. */
export function backedCluster({ services, pods, slices }: Cluster): BackedCluster {
  const living = pods.filter(({ ended }) => !ended)
  const played: ManifestPod[] = []
  const playedFor: string[] = []
  const backends = new Map<Service, Backends>()
  const byAddress = new Map(living.flatMap(pod => pod.addresses.map(address => [address, pod] as const)))
  const byName = new Map(living.map(pod => [namespacedName(pod), pod]))
  const ofService = grouped(slices, serviceOf)
  for (const service of services) {
    const own = ofService.get(namespacedName(service)) ?? []
    const found = new Set<ManifestPod>()
    for (const slice of own)
      for (const { addresses, ready, pod: named } of slice.endpoints) {
        if (ready === false) continue
        const known =
          byName.get(`${slice.namespace}/${named}`) ??
          addresses.map(each => byAddress.get(each)).find(Boolean)
        const pod = known ?? standIn(service, slice, addresses, played.length)
        if (known === undefined) {
          played.push(pod)
          for (const address of addresses) byAddress.set(address, pod)
          if (!playedFor.includes(namespacedName(service))) playedFor.push(namespacedName(service))
        }
        found.add(pod)
      }
    const selected = living.filter(pod => selects(service, pod))
    const isSame = selected.length === found.size && selected.every(pod => found.has(pod))
    const behind = [...living, ...played].filter(pod => found.has(pod))
    backends.set(service, {
      pods: behind,
      bySelector: isSame && selected.length > 0,
      targets: targetsOf(service, own, behind),
    })
  }
  return { backends, pods: [...living, ...played], playedFor }
}

/** What the slices say of each port: a name where all pods have it, else the number. */
function targetsOf(
  service: Service,
  slices: readonly EndpointSlice[],
  pods: readonly ManifestPod[],
): Map<string, number | string> {
  const targets = new Map<string, number | string>()
  const serving = slices.filter(({ endpoints }) => endpoints.length > 0)
  for (const { name, targetPort, protocol } of service.ports) {
    const numbers = serving.map(slice => slice.ports.find(port => port.name === name)?.port)
    const [number] = numbers
    const isNamed = pods.every(({ ports }) =>
      ports.some(
        port => port.name === targetPort && port.protocol === protocol && numbers.includes(port.port),
      ),
    )
    if (number === undefined) {
      if (serving.length === 0) targets.set(name, targetPort)
    } else if (!numbers.includes(undefined)) targets.set(name, isNamed ? targetPort : number)
  }
  return targets
}

/** A pod in place of an endpoint that is none: another machine's address, or a pod that the manifests leave out. */
function standIn(
  { name, namespace }: Service,
  slice: EndpointSlice,
  addresses: readonly string[],
  before: number,
): ManifestPod {
  const ports: { name: string; port: number; protocol: Protocol }[] = [...slice.ports]
  return {
    namespace,
    name: `${name}-endpoint-${before + 1}`,
    labels: {},
    containers: [{ name: 'endpoint', ports }],
    hostNetwork: false,
    addresses,
    ports,
    ready: true,
    terminating: false,
    isKnown: true,
  }
}
