import { contains, familyOf, readAddress, subnetOf } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import { addressesOf } from '../model/families.ts'
import { namespacedName, type Service, type ServicePort } from '../model/kubernetes.ts'
import type { LabService, Pod, Topology } from '../model/lab.ts'
import { passesNode } from '../model/pod-link.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'

/** A service with where it was written. */
export interface ServiceSource {
  service: Service
  /** The pods named as its endpoints; undefined: the selector tells. */
  endpoints: readonly string[] | undefined
  /** Where they are named in the lab file. */
  endpointsPath: Path
  /** Tells of a problem with one of its fields, by the path in a manifest: `['spec', 'clusterIP']`. */
  report: Report
}

/** Tells of a problem at a path. */
export type Report = (path: Path, message: string, fix?: string, on?: 'key' | 'value') => void

/** What is known of the machines while services are checked. */
export interface Surroundings {
  topology: Topology
  /** Pods that were understood whole. */
  soundPods: readonly Pod[]
  /** Every pod that the lab names, those too whose other fields are wrong. */
  podNames: ReadonlySet<string>
}

/** Finds each service's endpoints, and checks that services fit the machines and each other. */
export function readServices(
  sources: readonly ServiceSource[],
  around: Surroundings,
  findings: Findings,
): LabService[] {
  const names = new Set<string>()
  const addresses = new Map<string, string>()
  return sources.map(source => {
    const { service, report } = source
    const name = namespacedName(service)
    if (names.has(name)) {
      report(['metadata', 'name'], `there are two services ${name}`, 'give one of them another name')
    }
    names.add(name)
    const clusterIPs = readAddresses(source, around.topology, addresses)
    const pods = endpointsOf(source, around, findings)
    const sound = pods.flatMap(pod => around.soundPods.find(each => each.name === pod) ?? [])
    const lone = sound.find(pod => !passesNode(pod))
    if (lone !== undefined) {
      const message = `${name} sends to ${lone.name}, whose macvlan its own node cannot reach`
      report(
        ['spec', source.endpoints === undefined ? 'selector' : 'endpoints'],
        message,
        `give ${lone.name} another link, or leave it out`,
        'key',
      )
    }
    for (const [index, port] of service.ports.entries()) {
      const path = ['spec', 'ports', index, 'targetPort']
      checkTarget(port, sound, name, (message, fix) => report(path, message, fix))
    }
    return { ...service, clusterIPs, pods }
  })
}

/** Tells of the first of `pods` that surely does not serve what a service port is sent to. */
export function checkTarget(
  port: ServicePort,
  pods: readonly Pod[],
  service: string,
  tell: (message: string, fix: string) => void,
): void {
  const { targetPort, protocol } = port
  for (const pod of pods) {
    const ports = pod.containers.flatMap(each => each.ports).filter(each => each.protocol === protocol)
    if (typeof targetPort === 'string') {
      if (ports.some(({ name }) => name === targetPort)) continue
      const names = ports.flatMap(({ name }) => name || [])
      const fix =
        didYouMean(targetPort, names, 'it has') ?? `add "ports: {${targetPort}: 8080}" to pod ${pod.name}`
      tell(`pod ${pod.name} has no ${protocol} port named "${targetPort}"`, fix)
      return
    }
    if (mayServe(pod, targetPort, protocol)) continue
    const fix =
      protocol === 'TCP'
        ? `let ${pod.name} serve it ("serve: ${targetPort}"), or write the port that it serves${listed(ports.map(each => each.port))}`
        : `let ${pod.name} run a "command", with "ports: {name: ${targetPort}/${protocol}}"`
    const message = `${service} sends to port ${targetPort}/${protocol}, which nobody serves in pod ${pod.name}`
    tell(message, fix)
    return
  }
}

/** Whether something in the pod may listen on the port: a command that names no ports may listen on any. */
export function mayServe(pod: Pod, port: number, protocol: string): boolean {
  return pod.containers.some(
    ({ command, ports }) =>
      ports.some(each => each.port === port && each.protocol === protocol) ||
      (command.length > 0 && ports.length === 0),
  )
}

/** Reads a list of pods that are named as endpoints. */
export function readEndpoints(
  names: readonly string[],
  path: Path,
  podNames: ReadonlySet<string>,
  findings: Findings,
): string[] {
  return names.filter((name, index) => {
    if (!podNames.has(name)) {
      findings.report([...path, index], `there is no pod ${name}`, didYouMean(name, podNames, 'the pods are'))
      return false
    }
    if (names.indexOf(name) === index) return true
    findings.report([...path, index], `${name} stands twice`, 'remove one')
    return false
  })
}

function endpointsOf(source: ServiceSource, around: Surroundings, findings: Findings): string[] {
  const { service, endpoints, report } = source
  if (endpoints !== undefined)
    return readEndpoints(endpoints, source.endpointsPath, around.podNames, findings)
  const { selector, namespace } = service
  if (!selector) {
    const message = `${namespacedName(service)} has neither a selector nor endpoints`
    report(['spec'], message, 'add "selector: {LABEL: VALUE}", or "endpoints: [POD]"', 'key')
    return []
  }
  const { pods } = around.topology
  const wanted = Object.entries(selector)
  const matches = pods.filter(
    pod => pod.namespace === namespace && wanted.every(([key, value]) => pod.labels[key] === value),
  )
  if (matches.length === 0 && around.soundPods.length === around.podNames.size) {
    const written = wanted.map(([key, value]) => `${key}: ${value}`).join(', ')
    const message = `the selector {${written}} matches no pod in namespace ${namespace}`
    report(['spec', 'selector'], message, selectorFix(wanted, service, pods), 'key')
  }
  return matches.map(({ name }) => name)
}

function selectorFix(wanted: readonly [string, string][], service: Service, pods: readonly Pod[]): string {
  const elsewhere = pods.find(pod => wanted.every(([key, value]) => pod.labels[key] === value))
  if (elsewhere) return `pod ${elsewhere.name} with these labels is in namespace ${elsewhere.namespace}`
  const labels = new Set(
    pods
      .filter(pod => pod.namespace === service.namespace)
      .flatMap(pod => Object.entries(pod.labels).map(([key, value]) => `${key}: ${value}`)),
  )
  const missing = wanted.map(([key, value]) => `${key}: ${value}`).filter(label => !labels.has(label))
  const near = labels.size === 0 ? undefined : didYouMean(missing[0] ?? '', labels, 'labels of pods')
  return (
    near ?? `add "labels: {${missing.join(', ')}}" to a pod, or "endpoints: []" where there should be none`
  )
}

/** The cluster IPs in their canonical form, after telling of those that cannot be. */
function readAddresses(
  { service, report }: ServiceSource,
  topology: Topology,
  taken: Map<string, string>,
): readonly string[] {
  const name = namespacedName(service)
  const { clusterIPs, ipFamilies = [], ipFamilyPolicy } = service
  if (service.type === 'ExternalName' || clusterIPs.includes('None')) return clusterIPs
  if (clusterIPs.length === 0) {
    const fix = 'add "clusterIP: 10.100.100.100", say: in a lab nobody allocates it'
    report(['spec'], `${name} has no cluster IP`, fix, 'key')
  }
  if (clusterIPs.length === 1 && (ipFamilies.length === 2 || ipFamilyPolicy === 'RequireDualStack')) {
    const fix = 'write both in "clusterIPs": in a lab nobody allocates the other'
    report(['spec'], `${name} asks for both families, and has one cluster IP`, fix, 'key')
  }
  return clusterIPs.map((written, at) => {
    const path = clusterIPs.length > 1 ? ['spec', 'clusterIPs', at] : ['spec', 'clusterIP']
    const read = readAddress(written)
    if ('refusal' in read) {
      report(path, read.refusal, read.fix)
      return written
    }
    const { address } = read
    const owner = taken.get(address)
    if (owner !== undefined)
      report(path, `${owner} already has the cluster IP ${address}`, 'give each its own')
    taken.set(address, name)
    for (const { name: network, cidr } of networks(topology)) {
      if (!contains(cidr, address)) continue
      const message = `the cluster IP ${address} is inside ${subnetOf(cidr)} of ${network}`
      const example = familyOf(address) === 'ipv4' ? '10.100.100.100' : 'fd00:100::100'
      report(path, message, `take an address that no machine can have: ${example}, say`)
    }
    return address
  })
}

function networks({ bridges, outside, cni = [] }: Topology): { name: string; cidr: Cidr }[] {
  return [
    ...bridges.flatMap(each => addressesOf(each).map(cidr => ({ name: `bridge ${each.name}`, cidr }))),
    ...cni.flatMap(({ file, ranges }) => ranges.map(({ subnet }) => ({ name: file, cidr: subnet }))),
    ...outside.flatMap(each =>
      addressesOf(each).map(cidr => ({ name: `outside machine ${each.name}`, cidr })),
    ),
  ]
}

function listed(ports: readonly number[]): string {
  return ports.length === 0 ? '' : `: ${ports.join(', ')}`
}
