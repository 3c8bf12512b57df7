import { contains, readAddress, subnetOf } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import { addressesOf } from '../model/families.ts'
import { namespacedName, type Service, type ServicePort } from '../model/kubernetes.ts'
import type { LabService, Pod, Topology } from '../model/lab.ts'
import { passesNode } from '../model/pod-link.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import type { DescribedPod } from './unplaced-pods.ts'

/** A service with where it was written. */
export interface ServiceSource {
  service: Service
  /** The pods of a lab that are named as its endpoints; undefined: the selector tells. */
  endpoints(topology: Topology): readonly string[] | undefined
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
  /** Pods whose addresses were not understood, and all else was. */
  unplaced: readonly DescribedPod[]
  /** Every pod that the lab names, those too whose other fields are wrong. */
  podNames: ReadonlySet<string>
  /** Nothing was left out of what the lab says of its pods, but for addresses. */
  isWhole: boolean
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
    const named = source.endpoints(around.topology)
    const pods =
      named === undefined
        ? selectedPods(source, around)
        : readEndpoints(named, source.endpointsPath, around.podNames, findings)
    const isNamed = ({ name: pod }: DescribedPod) => pods.includes(pod)
    const sound = around.soundPods.filter(isNamed)
    for (const lone of sound.filter(pod => !passesNode(pod))) {
      const message = `${name} sends to ${lone.name}, whose macvlan its own node cannot reach`
      report(
        ['spec', named === undefined ? 'selector' : 'endpoints'],
        message,
        `give ${lone.name} another link, or leave it out`,
        'key',
      )
    }
    for (const [index, port] of service.ports.entries()) {
      const path = ['spec', 'ports', index, 'targetPort']
      const described = [...sound, ...around.unplaced.filter(isNamed)]
      checkTarget(port, described, name, (message, fix) => report(path, message, fix))
    }
    return { ...service, clusterIPs, pods }
  })
}

/** Tells of those of `pods` that surely do not serve what a service port is sent to. */
export function checkTarget(
  port: ServicePort,
  pods: readonly DescribedPod[],
  service: string,
  tell: (message: string, fix: string) => void,
): void {
  const { targetPort, protocol } = port
  const portsOf = (pod: DescribedPod) =>
    pod.containers.flatMap(each => each.ports).filter(each => each.protocol === protocol)
  const serves = (pod: DescribedPod) =>
    typeof targetPort === 'string'
      ? portsOf(pod).some(({ name }) => name === targetPort)
      : mayServe(pod, targetPort, protocol)
  const lacking = pods.filter(pod => !serves(pod))
  const [first, ...others] = lacking
  if (first === undefined) return
  const those =
    others.length === 0 ? `pod ${first.name}` : `pods ${shortList(lacking.map(({ name }) => name))}`
  if (typeof targetPort === 'string') {
    const names = portsOf(first).flatMap(({ name }) => name || [])
    const fix =
      didYouMean(targetPort, names, 'it has') ?? `add "ports: {${targetPort}: PORT}", with what it listens on`
    tell(`${those} ${others.length === 0 ? 'has' : 'have'} no ${protocol} port named "${targetPort}"`, fix)
    return
  }
  const fix =
    protocol === 'TCP'
      ? `let ${first.name} serve it ("serve: ${targetPort}"), or write the port that it serves${listed(portsOf(first).map(each => each.port))}`
      : `let ${first.name} run a "command", with "ports: {name: ${targetPort}/${protocol}}"`
  tell(`${service} sends to port ${targetPort}/${protocol}, which nobody serves in ${those}`, fix)
}

/** `a, b, c and 7 more` */
function shortList(names: readonly string[]): string {
  const most = 5
  return names.length <= most
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${names.length - most} more`
}

/** Whether something in the pod may listen on the port: a command that names no ports may listen on any. */
export function mayServe(pod: Pick<Pod, 'containers'>, port: number, protocol: string): boolean {
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

function selectedPods({ service, report }: ServiceSource, around: Surroundings): string[] {
  const { selector, namespace } = service
  if (!selector) {
    const message = `${namespacedName(service)} has neither a selector nor endpoints`
    report(['spec'], message, 'add "selector: {LABEL: VALUE}", or "endpoints: [POD]"', 'key')
    return []
  }
  const pods = [...around.topology.pods, ...around.unplaced]
  const wanted = Object.entries(selector)
  const matches = pods.filter(
    pod => pod.namespace === namespace && wanted.every(([key, value]) => pod.labels[key] === value),
  )
  if (matches.length === 0 && around.isWhole) {
    const written = wanted.map(([key, value]) => `${key}: ${value}`).join(', ')
    const message = `the selector {${written}} matches no pod in namespace ${namespace}`
    report(['spec', 'selector'], message, selectorFix(wanted, service, pods), 'key')
  }
  return matches.map(({ name }) => name)
}

function selectorFix(
  wanted: readonly [string, string][],
  service: Service,
  pods: readonly DescribedPod[],
): string {
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
  const { clusterIPs, isAllocated } = service
  if (service.type === 'ExternalName' || clusterIPs.includes('None')) return clusterIPs
  if (clusterIPs.length === 0) {
    // Others have got one: this one is as a cluster has it, which says that it needs none.
    const fix = 'add the "clusterIP" that the cluster has for it, or remove its "uid"'
    if (isAllocated) report(['spec'], `${name} has no cluster IP`, fix, 'key')
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
    for (const { name: network, cidr } of networksOf(topology)) {
      if (!contains(cidr, address)) continue
      const message = `the cluster IP ${address} is inside ${subnetOf(cidr)} of ${network}`
      report(path, message, 'leave it out, and one that no machine can have is allocated')
    }
    return address
  })
}

function networksOf({ bridges, outside, cni = [] }: Topology): { name: string; cidr: Cidr }[] {
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
