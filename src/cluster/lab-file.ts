import { type Family, familyOf } from '../model/address.ts'
import { namespacedName, type Service } from '../model/kubernetes.ts'
import { type YamlComment, yamlText } from '../text/yaml-text.ts'
import { type BackedCluster, backedCluster } from './backends.ts'
import type { Cluster } from './cluster.ts'
import { gatewayOf, type Homes, type LabNodes, nodeAddress, outsideAddresses, settled } from './lab-nodes.ts'
import { labPod, type PodNames, podNames } from './lab-pods.ts'
import { type Askers, allocatedText, isForLab, labPorts, labService, serviceChecks } from './lab-services.ts'

export interface LabFileOptions {
  name: string
  /** What it was made of, for people. */
  from: string
  where: LabNodes
  families: readonly Family[]
  /** Where pods of these names are already, as a running lab has them; left out: nowhere. */
  homes?: Homes
}

/** A cluster as a lab file. */
export interface LabFile {
  text: string
  /** What a person may wonder about, a line each. */
  notes: readonly string[]
}

type Part = Record<string, unknown>

/** Writes the lab file that a cluster is: what netlab reads, and people go on from. */
export function labFile(cluster: Cluster, options: LabFileOptions): LabFile {
  const { where, name, from } = options
  const backed = backedCluster(cluster)
  const nodeNames = where.isOneNode ? [] : where.nodes.map(node => node.name)
  const outside = freeName(
    'client',
    backed.pods.map(pod => pod.name),
  )
  const names = podNames(backed.pods, new Set([outside, ...nodeNames]))
  const pods = podsByNode(backed, names, options)
  const services = cluster.services.filter(service => {
    const backends = backed.backends.get(service)
    return backends !== undefined && isForLab(service) && labPorts(service, backends).length > 0
  })
  const askers: Askers = {
    inside: askingPod(backed, names) ?? nodeNames[0] ?? 'host',
    outside,
    nodeAddresses: nodeAddresses(options),
    isOneNode: where.isOneNode,
  }
  const checks = services.flatMap(service => serviceChecks(service, backed.backends.get(service)!, askers))
  const value: Part = {
    name,
    title: `Services and pods of ${from}`,
    ...(where.isOneNode ? oneNode(pods, outside, options) : severalNodes(pods, outside, cluster, options)),
    proxy: { clusterCIDR: where.podCIDRs.join(',') },
    ...(services.length === 0
      ? {}
      : { services: services.map(service => labService(service, backed.backends.get(service)!, names)) }),
    ...(checks.length === 0
      ? {}
      : { steps: [{ title: 'Each service answers', why: whyChecks, check: checks }] }),
  }
  const comments = [...sectionComments, ...serviceComments(services, cluster)]
  return {
    text: yamlText(value, { lists, comments, first: firstComment(from) }),
    notes: notesOf(backed, cluster, services),
  }
}

const lists = new Set(['pods', 'services', 'nodes', 'machines', 'steps'])

const whyChecks = 'Cluster IPs are asked from a pod, node ports and load balancers from outside.'

function firstComment(from: string): string {
  return [
    `What netlab made of ${from}: a lab as any other, to change and to go on from.`,
    '',
    '  netlab up FILE      builds it, and asks each service once',
    '  netlab walk FILE    the same, step by step',
    '  netlab verify       asks the services often, and from everywhere',
    '  netlab down         takes it away',
  ].join('\n')
}

const sectionComments: readonly YamlComment[] = [
  { path: ['bridge'], text: "The node's switch. Its address is the pods' gateway." },
  { path: ['networks'], text: 'The network that the nodes are on.' },
  { path: ['overlay'], text: 'The ways from the pods of a node to those of another, as flannel makes them.' },
  {
    path: ['pods'],
    text: "The pods that the manifests make. In place of their images netlab's own server answers on their ports, with the pod's name.",
  },
  {
    path: ['nodes'],
    text: "The nodes, with the pods that the manifests make. In place of their images netlab's own server answers on their ports.",
  },
  {
    path: ['outside'],
    text: 'A machine beyond the node, and its way out, without which no cluster IP is reached.',
  },
  {
    path: ['machines'],
    text: 'A machine beyond the nodes, and their way out, without which no cluster IP is reached.',
  },
  { path: ['proxy'], text: "By this kube-proxy tells the cluster's pods from others." },
  { path: ['steps'], text: 'What is tried once all of this is built.' },
  { path: ['services'], text: 'The Services, with what a cluster would have allocated to them.' },
]

function serviceComments(services: readonly Service[], { allocations }: Cluster): YamlComment[] {
  return services.flatMap((service, index) => {
    const text = allocatedText(service, allocations)
    return text === undefined ? [] : [{ path: ['services', index], text }]
  })
}

/** Each node's pods as its part of the lab file has them. */
function podsByNode(
  backed: BackedCluster,
  names: PodNames,
  { where, homes: before = new Map() }: LabFileOptions,
): Map<string, Part> {
  const known = backed.pods.flatMap(pod => {
    const home = before.get(names.get(pod) ?? '')
    return home === undefined ? [] : [[namespacedName(pod), home] as const]
  })
  const homes = settled(backed.pods, where, new Map(known))
  const pods = new Map(where.nodes.map(({ name }): [string, Part] => [name, {}]))
  for (const pod of backed.pods) {
    const { node, addresses } = homes.get(namespacedName(pod))!
    const name = names.get(pod)!
    const own = pods.get(node)!
    own[name] = { ...addressed(addresses), ...labPod(pod, name, backed) }
  }
  return pods
}

function addressed(addresses: readonly string[]): Part {
  return addresses.length > 1 ? { addresses } : { address: addresses[0] }
}

const sysctls = { 'net.ipv4.ip_forward': 1, 'net.bridge.bridge-nf-call-iptables': 1 }
const sysctls6 = { 'net.ipv6.conf.all.forwarding': 1, 'net.bridge.bridge-nf-call-ip6tables': 1 }

function oneNode(
  pods: ReadonlyMap<string, Part>,
  outside: string,
  { where, families }: LabFileOptions,
): Part {
  const [own = {}] = pods.values()
  const clients = families.map(family => outsideAddresses[family].client)
  return {
    sysctls: { ...sysctls, ...(families.includes('ipv6') ? sysctls6 : {}) },
    bridge: { name: 'cni0', ...addressed(where.podCIDRs.map(gatewayOf)), hairpin: true },
    pods: own,
    outside: { [outside]: families.length > 1 ? { addresses: clients } : clients[0] },
  }
}

function severalNodes(
  pods: ReadonlyMap<string, Part>,
  outside: string,
  { services }: Cluster,
  { where }: LabFileOptions,
): Part {
  const gateway = '192.168.1.1'
  const balanced = services.flatMap(({ loadBalancerIPs }) => loadBalancerIPs)
  const routes = balanced
    .filter(address => familyOf(address) === 'ipv4')
    .map(address => ({ to: `${address}/32`, via: nodeAddress(0) }))
  return {
    networks: { lan: {} },
    overlay: { network: where.podCIDRs[0], backend: 'host-gw' },
    nodes: Object.fromEntries(
      where.nodes.map(({ name, podNetworks }, index) => [
        name,
        {
          interfaces: { eth0: { network: 'lan', address: `${nodeAddress(index)}/24` } },
          gateway,
          sysctls,
          subnet: podNetworks[0],
          pods: pods.get(name) ?? {},
        },
      ]),
    ),
    machines: {
      [outside]: {
        interfaces: { eth0: { network: 'lan', address: `${gateway}/24` } },
        ...(routes.length === 0 ? {} : { routes }),
      },
    },
  }
}

function nodeAddresses({ where, families }: LabFileOptions): ReadonlyMap<Family, string> {
  return where.isOneNode
    ? new Map(families.map(family => [family, outsideAddresses[family].host]))
    : new Map([['ipv4', nodeAddress(0)]])
}

/** A pod that asks: rather one that is no endpoint of anything, so that its requests leave it. */
function askingPod({ pods, backends }: BackedCluster, names: PodNames): string | undefined {
  const behind = new Set([...backends.values()].flatMap(each => each.pods))
  const pod = pods.find(each => !behind.has(each)) ?? pods[0]
  return pod === undefined ? undefined : names.get(pod)
}

function freeName(wanted: string, taken: readonly string[]): string {
  return [wanted, 'outside', 'visitor', 'beyond'].find(name => !taken.includes(name)) ?? 'beyond-the-nodes'
}

function notesOf(backed: BackedCluster, cluster: Cluster, services: readonly Service[]): string[] {
  const isFor = new Set(services)
  const left = cluster.services.filter(service => !isFor.has(service)).map(namespacedName)
  const zoned = services
    .filter(({ trafficDistribution: wish }) => wish !== undefined && wish !== 'PreferSameNode')
    .map(namespacedName)
  const shared = backed.pods.filter(({ hostNetwork }) => hostNetwork).map(({ name }) => name)
  return [
    ...(left.length === 0 ? [] : [`no part of the lab, since they have no rules: ${left.join(', ')}`]),
    ...(zoned.length === 0
      ? []
      : [`trafficDistribution has no meaning here, the lab's nodes are in no zones: ${zoned.join(', ')}`]),
    ...(shared.length === 0
      ? []
      : [`hostNetwork has no meaning here, each pod has an address of its own: ${shared.join(', ')}`]),
    ...(backed.playedFor.length === 0
      ? []
      : [
          `endpoints that are no pods of the manifests are played by pods of their own: ${backed.playedFor.join(', ')}`,
        ]),
  ]
}
