import { contains, familyOf, readAddress, readCidr, readRange } from '../model/address.ts'
import type { Bridge, Pod, Topology } from '../model/lab.ts'
import { refuseName } from '../model/names.ts'
import { tunnelDevice } from '../model/overlay.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import { Allocations } from './allocations.ts'
import { BridgesReader } from './bridges.ts'
import type { Parents } from './macvlan-pods.ts'
import { overlayBridge, type Subnets } from './overlay.ts'
import { writtenAddresses } from './own-addresses.ts'
import type { Reading } from './reading.ts'
import { asList } from './schema/fields.ts'
import type { LabInput } from './schema/lab.ts'
import type { NodeInput } from './schema/machine.ts'
import { podFields } from './schema/pod.ts'

/** What a lab with nodes of its own says of the host, which is then only the wires between them. */
const hostParts = ['cni', 'bridge', 'bridges', 'pods', 'outside', 'sysctls'] as const

/** Reads the bridges of a lab's nodes, and the pods that are plugged into them. */
export function readNodes(
  input: LabInput,
  subnets: Subnets,
  reading: Reading,
): Pick<Topology, 'bridges' | 'pods'> {
  const { findings } = reading
  const nodes = Object.entries(input.nodes ?? {})
  const bridges: Bridge[] = []
  const pods: Pod[] = []
  for (const [name, node] of nodes) {
    const subnet = subnets.get(name)
    const isBare =
      node.cni === undefined &&
      node.bridge === undefined &&
      node.bridges === undefined &&
      !hasRoutedPodsOnly(node)
    const whole = isBare && subnet !== undefined ? { ...node, bridge: overlayBridge(subnet) } : node
    const reader = readerOf(name, whole, input.overlay?.backend === 'vxlan', reading)
    const read = reader.readBridges()
    reader.reserve()
    bridges.push(...read)
    pods.push(...reader.readPods(read, parentsOf(node)))
  }
  const [first] = nodes
  if (first === undefined) return { bridges, pods }
  for (const part of hostParts.filter(each => input[each] !== undefined)) {
    const message = `"${part}" of the host, which is only the wires between nodes`
    const fix = part === 'outside' ? 'write it below "machines"' : `move it into a node, ${first[0]} say`
    findings.report([part], message, fix, 'key')
  }
  return { bridges, pods }
}

/** Pods with a /32 each need no bridge. */
export function hasRoutedPodsOnly({ pods }: Pick<NodeInput, 'pods'>): boolean {
  const addresses = Object.values(pods ?? {}).map(pod => podFields(pod).address)
  return addresses.length > 0 && addresses.every(address => address?.endsWith('/32'))
}

function readerOf(
  name: string,
  node: NodeInput,
  tunnels: boolean,
  { findings, allocations, written, cni }: Reading,
): BridgesReader {
  const scoped = findings.below(['nodes', name])
  const own = new Allocations(scoped, `node ${name}`)
  if (tunnels) own.interface(tunnelDevice, [], 'the overlay')
  const isNew = ([device]: [string, unknown]) => !Object.hasOwn(node.interfaces, device)
  const devices = [
    ...Object.entries(node.interfaces).map(each => ['interfaces', ...each] as const),
    ...Object.entries(node.vxlan ?? {})
      .filter(isNew)
      .map(each => ['vxlan', ...each] as const),
  ]
  for (const [key, device, written] of devices) {
    const path: Path = [key, device]
    own.interface(device, path, `interface ${device}`, 'key')
    for (const [, text] of writtenAddresses(written, path)) {
      const cidr = readCidr(text)
      if (!('refusal' in cidr)) own.subnet(cidr, path, `interface ${device}`)
    }
  }
  return new BridgesReader(
    {
      ...{ node: name, input: node, bridges: written.bridges.get(name) ?? 0, own },
      doubtful: written.doubtful,
      network: cni.find(each => each.node === name),
      claim: (address, path, what) => {
        const isTaken = allocations.holderOf(address) !== undefined
        allocations.address(address, ['nodes', name, ...path], what)
        if (!isTaken) own.address(address, path, what)
      },
      answersFor: address => answersFor(node, address),
      wayOut: `add "gateway" to ${name}, a router on one of its networks`,
    },
    scoped,
  )
}

/** The interfaces of a node, as far as they can be read here. */
function parentsOf({ interfaces, gateway = 'none' }: NodeInput): Omit<Parents, 'node'> {
  // A pod on a macvlan has an IPv4 address.
  const first = asList(gateway).find(each => familyOf(each) === 'ipv4')
  const isRead = first !== undefined && first !== 'none' && !('refusal' in readAddress(first))
  return {
    interfaces: Object.entries(interfaces).map(([name, each]) => ({
      name,
      addresses: writtenAddresses(each, []).flatMap(([, text]) => {
        const cidr = readCidr(text)
        return 'refusal' in cidr ? [] : [cidr]
      }),
    })),
    ...(isRead ? { gateway: first } : {}),
  }
}

/** Whether a node has an address, or a way to it. */
function answersFor({ gateway = 'none', routes = [], interfaces }: NodeInput, address: string): boolean {
  const own = Object.values(interfaces).flatMap(each => writtenAddresses(each, []))
  return (
    asList(gateway).some(each => each !== 'none' && familyOf(each) === familyOf(address)) ||
    own.some(([, text]) => {
      const cidr = readCidr(text)
      return !('refusal' in cidr) && contains(cidr, address)
    }) ||
    routes.some(({ to }) => {
      const range = readRange(to)
      return !('refusal' in range) && contains(range, address)
    })
  )
}

/** Tells of names that two have: each is a place of its own, and known to the others by it. */
export function checkNames(input: LabInput, findings: Findings): void {
  const named = new Map<string, string>()
  const claim = (name: string, what: string, path: Path) => {
    const other = named.get(name)
    // What cannot be a name at all is told elsewhere.
    if (refuseName(name) !== undefined) return
    if (other === undefined) named.set(name, what)
    else
      findings.report(
        [...path, name],
        `"${name}" is ${other} and ${what}`,
        'give one of them another name',
        'key',
      )
  }
  for (const name of keysOf(input.pods)) claim(name, 'a pod', ['pods'])
  for (const name of keysOf(input.outside)) claim(name, 'an outside machine', ['outside'])
  for (const [node, { pods }] of Object.entries(input.nodes ?? {}))
    for (const name of keysOf(pods)) claim(name, `a pod of ${node}`, ['nodes', node, 'pods'])
  for (const name of keysOf(input.nodes)) claim(name, 'one of "nodes"', ['nodes'])
  for (const name of keysOf(input.machines)) claim(name, 'one of "machines"', ['machines'])
}

function keysOf(map: object | undefined): string[] {
  return Object.keys(map ?? {})
}
