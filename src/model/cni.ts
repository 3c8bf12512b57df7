import type { Place } from '../command/command.ts'
import type { Cidr } from './cidr.ts'
import type { CniNetwork } from './cni-network.ts'
import { HostLocalLeases } from './host-local.ts'
import type { Bridge, Lab, Pod, Topology } from './lab.ts'
import { isWiredByPlugins } from './pod-link.ts'

/** Where Debian's package containernetworking-plugins puts its plugins, and where all others are looked for. */
export const pluginFolders = { debian: '/usr/lib/cni', others: '/opt/cni/bin' } as const

/** The plugins of containernetworking-plugins 1.1.1. */
const debianPlugins: readonly string[] = [
  ...['bandwidth', 'bridge', 'dhcp', 'firewall', 'host-device', 'host-local', 'ipvlan', 'loopback'],
  ...['macvlan', 'portmap', 'ptp', 'sbr', 'static', 'tuning', 'vlan', 'vrf'],
]

/** The interface that a pod gets. */
export const podInterface = 'eth0'

/** The path of a plugin's program. */
export function pluginPath(type: string): string {
  return `${debianPlugins.includes(type) ? pluginFolders.debian : pluginFolders.others}/${type}`
}

/** The address that a pod asks for; undefined: it takes the next one. */
export function askedBy({ link }: Pick<Pod, 'link'>): string | undefined {
  return link.kind === 'cni' ? link.asked : undefined
}

type CniTopology = Pick<Topology, 'cni' | 'pods'>

/** The network of a pod that plugins wire; undefined of any other. */
export function networkOf({ cni = [] }: Pick<Topology, 'cni'>, pod: Pod): CniNetwork | undefined {
  return !isWiredByPlugins(pod) ? undefined : cni.find(({ node }) => node === pod.node)
}

/** The pods of a network, in the order in which they come. */
export function podsOfNetwork({ pods }: CniTopology, { node }: CniNetwork): Pod[] {
  return pods.filter(pod => pod.node === node && isWiredByPlugins(pod))
}

/** Which address each pod gets, as the runtime goes on: what host-local keeps on each node. */
export class PodLeases {
  readonly #lab: CniTopology
  readonly #leases: ReadonlyMap<Place, HostLocalLeases>

  constructor(lab: CniTopology) {
    this.#lab = lab
    this.#leases = new Map((lab.cni ?? []).map(({ node, ranges }) => [node, new HostLocalLeases(ranges)]))
  }

  /** All pods, for the first time. */
  addAll(): void {
    for (const pod of this.#lab.pods) if (isWiredByPlugins(pod)) this.add(pod)
  }

  add(pod: Pod): Cidr | undefined {
    return this.#leases.get(pod.node)?.add(pod.name, askedBy(pod))
  }

  delete(pod: Pod): void {
    this.#leases.get(pod.node)?.delete(pod.name)
  }
}

/** The bridges that plugins make, as far as others need to know them: those with an address of their node. */
export function bridgesByPlugins({ cni = [] }: Pick<Topology, 'cni'>): Bridge[] {
  return cni.flatMap(({ node, bridge, gateway, plugins }) => {
    if (bridge === undefined || gateway === undefined) return []
    const hairpin = plugins.some(({ config }) => config.hairpinMode === true)
    return [{ name: bridge, node, address: gateway, hairpin, masquerade: 'never' as const }]
  })
}

/** The addresses that plugins give to nodes. */
export function cniGateways({ cni = [] }: Pick<Lab, 'cni'>, node: Place): string[] {
  return cni.flatMap(each => (each.node === node && each.gateway ? [each.gateway.address] : []))
}
