import { overlap, readPodCidr, readRange } from '../../model/address.ts'
import type { Cidr } from '../../model/cidr.ts'
import type { CniNetwork } from '../../model/cni-network.ts'
import { addressesOf } from '../../model/families.ts'
import type { Service } from '../../model/kubernetes.ts'
import type { Topology } from '../../model/lab.ts'
import { networkInterfaces } from '../../model/vxlan.ts'
import type { Refusal } from '../../text/problem.ts'
import { writtenAddresses } from '../own-addresses.ts'
import { asList } from '../schema/fields.ts'
import type { LabInput } from '../schema/lab.ts'
import { podFields } from '../schema/pod.ts'

/** The first of some networks that overlaps none of those that are taken; undefined: each does. */
export function firstFree(networks: readonly string[], taken: readonly Cidr[]): string | undefined {
  return networks.find(text => {
    const network = readRange(text)
    return !('refusal' in network) && !taken.some(each => overlap(each, network))
  })
}

/** All addresses and networks that a lab file states, as far as they can be read. */
export function statedNetworks(
  input: LabInput,
  services: readonly Service[],
  cni: readonly CniNetwork[],
): Cidr[] {
  const { nodes = {}, machines = {}, outside = {}, overlay } = input
  const plugged = [...Object.values(nodes), ...Object.values(machines)]
  const beyond = Object.values(outside).map(each => (typeof each === 'string' ? { address: each } : each))
  const interfaces = plugged.flatMap(each => [
    ...Object.values(each.interfaces),
    ...Object.values(each.vxlan ?? {}),
  ])
  const addressed = [...interfaces, ...beyond, ...[input, ...Object.values(nodes)].flatMap(addressedOf)]
  const hosts = beyond.flatMap(each => ('host' in each ? asList(each.host) : []))
  const ranges = [
    ...plugged.flatMap(({ routes = [] }) => routes.map(({ to }) => to)),
    ...Object.values(nodes).flatMap(({ subnet }) => subnet ?? []),
    ...(overlay === undefined ? [] : [overlay.network]),
  ]
  return [
    ...addressed.flatMap(each => writtenAddresses(each, []).flatMap(([, text]) => stated(text))),
    ...hosts.flatMap(stated),
    ...ranges.flatMap(text => readable(readRange(text))).filter(({ prefix }) => prefix > 0),
    ...cni.flatMap(network => network.ranges.map(({ subnet }) => subnet)),
    ...services
      .flatMap(each => [...each.clusterIPs, ...each.externalIPs, ...each.loadBalancerIPs])
      .flatMap(stated),
  ]
}

/** A node's bridges and pods. */
function addressedOf({ bridge, bridges = [], pods = {} }: Pick<LabInput, 'bridge' | 'bridges' | 'pods'>) {
  return [...(bridge === undefined ? [] : [bridge]), ...bridges, ...Object.values(pods).map(podFields)]
}

/** An address with its network, or one alone. */
function stated(text: string): Cidr[] {
  return text.includes('/')
    ? readable(readPodCidr(text))
    : readable(readRange(`${text}/${text.includes(':') ? 128 : 32}`))
}

function readable(read: Cidr | Refusal): Cidr[] {
  return 'refusal' in read ? [] : [read]
}

/** All networks on which machines of a lab may be. */
export function networksOfLab({
  bridges,
  pods,
  outside,
  nodes,
  machines,
  overlay,
  cni = [],
}: Topology): Cidr[] {
  return [
    // Pods on bridges are where those are.
    ...[...bridges, ...pods.filter(({ link }) => link.kind !== 'bridge'), ...outside].flatMap(addressesOf),
    ...[...nodes, ...machines].flatMap(machine => networkInterfaces(machine).flatMap(each => each.addresses)),
    ...(overlay === undefined ? [] : [overlay.network]),
    ...cni.flatMap(({ ranges }) => ranges.map(({ subnet }) => subnet)),
  ]
}
