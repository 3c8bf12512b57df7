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
}

/** Which of the node's addresses serve node ports (node_port_addresses.go). */
export interface NodePortScope {
  /** Undefined: all that are the node's own. */
  addresses: readonly string[] | undefined
  /** Node ports answer on 127.0.0.1, which needs route_localnet. */
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
  const cidrs = nodePortNetworks(settings, node, family)
  const all = cidrs.length === 0 || cidrs.some(cidr => cidr.endsWith('/0'))
  const loopback = family === 'ipv4' ? '127.0.0.1' : '::1'
  const covered = (address: string) => all || cidrs.some(cidr => contains(cidr, address))
  // IPv6 has no route_localnet, so that ::1 never works.
  const localhost = family === 'ipv4' && settings.iptables.localhostNodePorts && covered(loopback)
  if (all) return { addresses: undefined, localhost }
  const own = node.addresses.filter(address => familyOf(address) === family).map(canonical)
  const addresses = [...new Set([loopback, ...own])].filter(
    address => covered(address) && (localhost || !isLoopback(address)),
  )
  return { addresses, localhost }
}

function nodePortNetworks(settings: ProxySettings, node: ProxyNode, family: Family): string[] {
  const primary = primaryAddress(node, family)
  const host = family === 'ipv4' ? 32 : 128
  const networks = settings.nodePortAddresses.map(cidr =>
    cidr === 'primary' ? (primary === undefined ? '' : `${primary}/${host}`) : cidr,
  )
  return networks.filter(cidr => cidr !== '' && familyOf(cidr) === family)
}
