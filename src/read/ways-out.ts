import { type Family, familyName, familyOf } from '../model/address.ts'
import { addressIn, gatewayIn } from '../model/families.ts'
import type { LabMachine, LabService, OutsideMachine, Topology } from '../model/lab.ts'
import type { Findings } from '../text/findings.ts'

/** Names of nodes and of machines outside as they are written, those too that could not be read. */
interface Names {
  nodes: readonly string[]
  outside: readonly string[]
  /** Nodes that say something of their default route. */
  withGateway: ReadonlySet<string>
}

/**
 * Without a default route of its family a cluster IP is refused before any rule sees the packet: tells of each node that reaches no service
 * for that. Who says nothing of a way out has got one; what is left has been said, or cannot be.
 */
export function checkWaysOut(
  topology: Topology,
  services: readonly LabService[],
  names: Names,
  findings: Findings,
): void {
  const addresses = services.flatMap(each => each.clusterIPs.filter(address => address !== 'None'))
  const needed = (['ipv4', 'ipv6'] as const).filter(family =>
    addresses.some(address => familyOf(address) === family),
  )
  if (needed.length === 0) return
  // A node without an interface is told elsewhere.
  for (const node of topology.nodes.filter(({ interfaces }) => interfaces.length > 0))
    checkNode(node, needed, names.withGateway.has(node.name), findings)
  const [first] = topology.outside
  if (names.nodes.length > 0) return
  if (names.outside.length === 0) {
    const message = 'services, and no way out: a host without a default route reaches no cluster IP'
    findings.report(['outside'], message, 'leave "outside" out, and the lab gets a machine there', 'key')
  } else if (first !== undefined) checkOutside(first, needed, findings)
}

function checkNode(node: LabMachine, needed: readonly Family[], isStated: boolean, findings: Findings): void {
  if (node.gateway === undefined) {
    const message = `services, and no way out: without a default route ${node.name} reaches no cluster IP`
    const fix = isStated
      ? 'leave "gateway" out, and it gets one'
      : `there is no room for a router on the network of ${node.name}: give it a shorter prefix`
    findings.report(['nodes', node.name, 'gateway'], message, fix, 'key')
    return
  }
  for (const family of needed.filter(each => gatewayIn(node, each) === undefined)) {
    const of = familyName(family)
    const message = `services with an ${of} address, and no way out: ${node.name} has no default route of that family`
    findings.report(['nodes', node.name], message, `add an ${of} address to "gateway"`, 'key')
  }
}

function checkOutside(machine: OutsideMachine, needed: readonly Family[], findings: Findings): void {
  const { name, address } = machine
  for (const family of needed.filter(each => addressIn(machine, each) === undefined)) {
    const message = `services with an ${familyName(family)} address, and no way out: ${name}, the host's default route, has none`
    const example = family === 'ipv4' ? '192.0.2.10/24' : '2001:db8::a/64'
    const fix = `give it one of each family: "addresses: [${address.address}/${address.prefix}, ${example}]"`
    findings.report(['outside', name], message, fix, 'key')
  }
}
