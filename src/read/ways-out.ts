import { type Family, familyName, familyOf } from '../model/address.ts'
import { addressIn, gatewayIn } from '../model/families.ts'
import type { LabService, Topology } from '../model/lab.ts'
import type { Findings } from '../text/findings.ts'

/** Names of nodes and of machines outside as they are written, those too that could not be read. */
interface Names {
  nodes: readonly string[]
  outside: readonly string[]
}

/** Without a default route of its family a cluster IP is refused before any rule sees the packet: tells of services that nobody reaches for that. */
export function checkWaysOut(
  topology: Topology,
  services: readonly LabService[],
  names: Names,
  findings: Findings,
): void {
  const addresses = services.flatMap(each => each.clusterIPs.filter(address => address !== 'None'))
  for (const family of ['ipv4', 'ipv6'] as const) {
    const reached = addresses.find(address => familyOf(address) === family)
    if (reached !== undefined && !hasWayOut(topology, names, family, findings)) return
  }
}

/** Whether nothing is in the way; tells of it otherwise. */
function hasWayOut(topology: Topology, names: Names, family: Family, findings: Findings): boolean {
  const of = familyName(family)
  const lost = topology.nodes.find(node => gatewayIn(node, family) === undefined)
  const [only] = topology.outside
  if (lost !== undefined) {
    const isBare = lost.gateway === undefined
    const message = isBare
      ? `services, and no way out: without a default route ${lost.name} reaches no cluster IP`
      : `services with an ${of} address, and no way out: ${lost.name} has no default route of that family`
    const fix = `add ${isBare ? '"gateway", a router on one of its networks' : `an ${of} address to "gateway"`}`
    findings.report(['nodes', lost.name], message, fix, 'key')
    return false
  }
  if (names.nodes.length > 0) return true
  if (names.outside.length === 0) {
    const message = 'services, and no way out: a host without a default route reaches no cluster IP'
    const example = family === 'ipv4' ? '192.0.2.10/24' : '2001:db8::a/64'
    findings.report(['services'], message, `add "outside: {client: ${example}}"`, 'key')
    return false
  }
  if (only === undefined || addressIn(only, family) !== undefined) return true
  const message = `services with an ${of} address, and no way out: ${only.name}, the host's default route, has none`
  const example = family === 'ipv4' ? '192.0.2.10/24' : '2001:db8::a/64'
  findings.report(
    ['outside', only.name],
    message,
    `give it one of each family: "addresses: [${only.address.address}/${only.address.prefix}, ${example}]"`,
    'key',
  )
  return false
}
