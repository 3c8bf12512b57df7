import { type Family, familyOf } from './address.ts'
import type { Addressed, Cidr } from './cidr.ts'

/** Next hops of default routes: none, one, or one of each family. */
export interface Gateways {
  gateway?: string
  otherGateway?: string
}

/** kube-proxy's table of nftables that has the rules of a family. */
export function nftTableOf(family: Family): 'ip kube-proxy' | 'ip6 kube-proxy' {
  return family === 'ipv4' ? 'ip kube-proxy' : 'ip6 kube-proxy'
}

/** The program that knows a family's rules. */
export function iptablesOf(family: Family): 'iptables' | 'ip6tables' {
  return family === 'ipv4' ? 'iptables' : 'ip6tables'
}

/** All addresses of a pod, a bridge or an end of a link; the first one first. */
export function addressesOf({ address, otherAddress }: Addressed): Cidr[] {
  return otherAddress === undefined ? [address] : [address, otherAddress]
}

/** The address of one family; undefined where there is none. */
export function addressIn(addressed: Addressed, family: Family): Cidr | undefined {
  return addressesOf(addressed).find(({ address }) => familyOf(address) === family)
}

/** Whether an address is one of a pod's, bridge's or machine's. */
export function hasAddress(addressed: Addressed, address: string): boolean {
  return addressed.address.address === address || addressed.otherAddress?.address === address
}

/** The next hops of its default routes. */
export function gatewaysOf({ gateway, otherGateway }: Gateways): string[] {
  return [gateway, otherGateway].filter(each => each !== undefined)
}

/** The next hop of its default route in one family; undefined where it has none. */
export function gatewayIn(gateways: Gateways, family: Family): string | undefined {
  return gatewaysOf(gateways).find(gateway => familyOf(gateway) === family)
}

/** The same as fields, of which the second may be left out. */
export function asGateways([gateway, otherGateway]: readonly string[]): Gateways {
  return {
    ...(gateway === undefined ? {} : { gateway }),
    ...(otherGateway === undefined ? {} : { otherGateway }),
  }
}
