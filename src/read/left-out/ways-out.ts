import { addressAt, addressRange } from '../../allocation/ranges.ts'
import { contains, type Family, familyOf, readCidr, subnetOf } from '../../model/address.ts'
import type { Cidr } from '../../model/cidr.ts'
import type { Choice } from '../../model/lab.ts'
import { writtenAddresses } from '../own-addresses.ts'
import { asList } from '../schema/fields.ts'
import type { LabInput } from '../schema/lab.ts'
import type { MachineInput, NodeInput } from '../schema/machine.ts'
import { firstFree } from './networks.ts'
import { addressed } from './pods.ts'

/** For whom ways out are chosen. */
export interface WaysOut {
  /** Those of the cluster IPs. */
  families: readonly Family[]
  /** Names of pods and machines. */
  names: ReadonlySet<string>
  /** All addresses that somebody has; what is chosen is added. */
  taken: Set<string>
  /** All networks that the lab states. */
  networks: readonly Cidr[]
  choices: Choice[]
}

/** Networks for documentation (RFC 5737, RFC 3849), where the machine beyond the host may be. */
const beyond: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'],
  ipv6: ['2001:db8::/64', '2001:db8:1::/64'],
}

/** Its address there, by the index in the range. */
const beyondAt = 9

/** A host that says nothing of `outside` gets a machine there, so that it has a default route; undefined: there is no network left for it. */
export function outsideOf({ families, names, networks, choices }: WaysOut): LabInput['outside'] {
  const name = freeName(names)
  const addresses = families.flatMap(family => {
    const network = firstFree(beyond[family], networks)
    return network === undefined ? [] : [`${addressAt(network, beyondAt)}/${network.split('/')[1]}`]
  })
  if (addresses.length < families.length) return undefined
  choices.push({ of: `machine ${name} outside`, value: addresses.join(', ') })
  return { [name]: addresses.length === 1 ? (addresses[0] ?? '') : addressed(addresses) }
}

/** Gives nodes that say nothing of a default route one: through a machine on their network, which comes to be where there is none. */
export function withGateways(input: LabInput, ways: WaysOut): LabInput {
  const machines: Record<string, MachineInput> = { ...input.machines }
  const ofNodes = new Set(
    Object.values(input.nodes ?? {}).flatMap(each => Object.values(each.interfaces).flatMap(addressTexts)),
  )
  const nodes = Object.entries(input.nodes ?? {}).map(([name, node]): [string, NodeInput] => {
    if (node.gateway !== undefined) return [name, node]
    const gateways = ways.families.flatMap(
      family => routerFor(node, family, ofNodes, machines) ?? newRouter(node, family, machines, ways) ?? [],
    )
    if (gateways.length < ways.families.length) return [name, node]
    ways.choices.push({ of: `node ${name}`, value: `gateway ${gateways.join(', ')}` })
    return [name, { ...node, gateway: gateways }]
  })
  return {
    ...input,
    nodes: Object.fromEntries(nodes),
    ...(Object.keys(machines).length === 0 ? {} : { machines }),
  }
}

/** The network of a node in a family: the first of its interfaces that has an address of it. */
function networkOf(node: NodeInput, family: Family): { network: string; cidr: Cidr } | undefined {
  for (const each of Object.values(node.interfaces)) {
    const cidr = ownAddresses(each).find(({ address }) => familyOf(address) === family)
    if (cidr !== undefined) return { network: each.network, cidr }
  }
  return undefined
}

/** The address of a machine on the node's network; of several, of one that has several interfaces. One whose own way leads to a node is none. */
function routerFor(
  node: NodeInput,
  family: Family,
  ofNodes: ReadonlySet<string>,
  machines: Readonly<Record<string, MachineInput>>,
): string | undefined {
  const own = networkOf(node, family)
  if (own === undefined) return undefined
  const addresses = Object.values(machines)
    .filter(({ gateway }) => !asList(gateway).some(each => ofNodes.has(each)))
    .toSorted((one, other) => interfaceCount(other) - interfaceCount(one))
    .flatMap(({ interfaces }) => Object.values(interfaces).filter(({ network }) => network === own.network))
    .flatMap(addressTexts)
  return addresses.find(address => contains(own.cidr, address))
}

function interfaceCount({ interfaces }: MachineInput): number {
  return Math.min(2, Object.keys(interfaces).length)
}

/** Puts a machine on the node's network, and gives its address there. */
function newRouter(
  node: NodeInput,
  family: Family,
  machines: Record<string, MachineInput>,
  { names, taken, choices }: WaysOut,
): string | undefined {
  const own = networkOf(node, family)
  if (own === undefined) return undefined
  const subnet = subnetOf(own.cidr)
  const { size } = addressRange(subnet)
  for (let index = 0; index < size; index += 1) {
    const address = addressAt(subnet, index)
    if (taken.has(address)) continue
    taken.add(address)
    const name = freeName(new Set([...names, ...Object.keys(machines)]))
    const text = `${address}/${own.cidr.prefix}`
    machines[name] = { interfaces: { eth0: { network: own.network, address: text } } }
    choices.push({ of: `machine ${name} on ${own.network}`, value: text })
    return address
  }
  return undefined
}

function ownAddresses(each: Parameters<typeof writtenAddresses>[0]): Cidr[] {
  return writtenAddresses(each, []).flatMap(([, text]) => {
    const read = readCidr(text)
    return 'refusal' in read ? [] : [read]
  })
}

function addressTexts(each: Parameters<typeof writtenAddresses>[0]): string[] {
  return ownAddresses(each).map(({ address }) => address)
}

/** What the machine beyond is called. */
function freeName(taken: ReadonlySet<string>): string {
  const wanted = ['client', 'outside', 'visitor', 'beyond']
  const found = wanted.find(name => !taken.has(name))
  if (found !== undefined) return found
  for (let number = 2; ; number += 1) if (!taken.has(`client-${number}`)) return `client-${number}`
}
