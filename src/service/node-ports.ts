import { canonical, type Family, familyOf, isLoopback } from '../model/address.ts'
import type { ProxySettings } from '../model/lab.ts'
import { contains } from './addresses.ts'

/** The node for which rules are made. */
export interface ProxyNode {
  name: string
  /** Its addresses, of either family; loopback is implied. */
  addresses: readonly string[]
  /** The node's IP; the first address of the family where it is left out. */
  primary?: string
  /** Where its own pods have their addresses, a network of each family (`spec.podCIDRs`); left out: not known. */
  podCIDRs?: readonly string[]
  /** Left out: in none, or not known (`topology.kubernetes.io/zone`). */
  zone?: string
}

/** Which of the node's addresses serve node ports (node_port_addresses.go). */
export interface NodePortScope {
  /** Undefined: all that are the node's own. */
  addresses: readonly string[] | undefined
  /** Node ports answer the node itself on 127.0.0.1, or ::1: rules need route_localnet for that, which IPv6 does not have. */
  localhost: boolean
}

/** The node's IP of one family, which kube-proxy takes for its own. */
export function primaryAddress(node: ProxyNode, family: Family): string | undefined {
  const candidates = node.primary === undefined ? node.addresses : [node.primary, ...node.addresses]
  const found = candidates.find(address => familyOf(address) === family)
  return found === undefined ? undefined : canonical(found)
}

/** Where node ports are served, by the settings and the node's addresses. */
export function nodePortScope(settings: ProxySettings, node: ProxyNode, family: Family): NodePortScope {
  const covered = coveredAddresses(settings.nodePortAddresses, node, family)
  // IPv6 has no route_localnet, so that ::1 never works.
  const localhost =
    family === 'ipv4' && settings.iptables.localhostNodePorts && (covered?.includes('127.0.0.1') ?? true)
  if (covered === undefined) return { addresses: undefined, localhost }
  return { addresses: localhost ? covered : covered.filter(address => !isLoopback(address)), localhost }
}

/** The node's addresses in these networks, `primary` meaning its IP, less loopback ones; undefined: all that it has. */
export function nodePortAddresses(
  networks: readonly string[],
  node: ProxyNode,
  family: Family,
): readonly string[] | undefined {
  return coveredAddresses(networks, node, family)?.filter(address => !isLoopback(address))
}

/** The first loopback address may be one of them; undefined: all (`MatchAll` in node_port_addresses.go). */
function coveredAddresses(
  networks: readonly string[],
  node: ProxyNode,
  family: Family,
): string[] | undefined {
  const primary = primaryAddress(node, family)
  const host = family === 'ipv4' ? 32 : 128
  const cidrs = networks
    .map(cidr => (cidr === 'primary' ? (primary === undefined ? '' : `${primary}/${host}`) : cidr))
    .filter(cidr => cidr !== '' && familyOf(cidr) === family)
  if (cidrs.length === 0 || cidrs.some(cidr => cidr.endsWith('/0'))) return undefined
  const loopback = family === 'ipv4' ? '127.0.0.1' : '::1'
  const own = node.addresses.filter(address => familyOf(address) === family).map(canonical)
  return [...new Set([loopback, ...own])].filter(address => cidrs.some(cidr => contains(cidr, address)))
}
