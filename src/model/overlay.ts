import { contains } from './address.ts'
import type { Lease, Overlay } from './lab.ts'

/** What flannel calls its tunnel's device: the VXLAN network identifier is 1 (backend/vxlan/vxlan.go). */
export const tunnelDevice = 'flannel.1'
/** Bytes that VXLAN puts before a packet: Ethernet, IPv4, UDP and its own header (flannel's backend/vxlan, `encapOverhead`). */
export const vxlanOverhead = 50
/** Bytes. */
export const ethernetMtu = 1500

/** Whether a node reaches another without a router in between. */
export function isNextDoor(node: Lease, peer: Lease): boolean {
  return node.network === peer.network && contains(node.publicIP, peer.publicIP.address)
}

/** The nodes that a node reaches through the tunnel. */
export function tunnelled({ backend, directRouting, leases }: Overlay, node: Lease): Lease[] {
  if (backend !== 'vxlan') return []
  return leases.filter(peer => peer !== node && !(directRouting && isNextDoor(node, peer)))
}

/** The nodes that a node reaches by a route alone. */
export function routedTo(overlay: Overlay, node: Lease): Lease[] {
  const through = tunnelled(overlay, node)
  return overlay.leases.filter(peer => peer !== node && !through.includes(peer))
}
