import type { Action, Place } from '../command/command.ts'
import { reversible } from '../command/undo.ts'
import type { Lease, Overlay } from '../model/lab.ts'
import { pinnedHardwareAddress } from '../model/machine.ts'
import { routedTo, tunnelDevice, tunnelled } from '../model/overlay.ts'

/** The port that Linux took for VXLAN before there was a standard, and flannel still takes. */
export const tunnelPort = 8472

/** The devices, routes, neighbours and forwarding entries that flanneld makes on each node. */
export function overlayActions(overlay: Overlay): Action[] {
  return overlay.leases.flatMap(lease => [
    ...ownDevice(overlay, lease),
    ...[...tunnelled(overlay, lease), ...routedTo(overlay, lease)].flatMap(peer =>
      waysTo(overlay, lease, peer),
    ),
  ])
}

/** A node's own end of the tunnel, where there is one. */
export function ownDevice({ backend }: Overlay, lease: Lease): Action[] {
  return backend === 'vxlan' ? raiseTunnel(lease) : []
}

/** What a node knows of another one. */
export function waysTo(overlay: Overlay, lease: Lease, peer: Lease): Action[] {
  const inTunnel = tunnelled(overlay, lease).includes(peer) ? [neighbourOf(peer), forwardingTo(peer)] : []
  return [...inTunnel, routeTo(overlay, lease, peer)].map(argv => on(lease.node, argv))
}

function on(node: Place, argv: readonly string[]): Action {
  return reversible({ argv, in: node })
}

/** flanneld's device; it learns nothing from packets, since flanneld knows all (backend/vxlan/device.go). */
function raiseTunnel({ node, subnet, publicIP, interface: name, mtu }: Lease): Action[] {
  const own = ['name', tunnelDevice, 'address', tunnelHardwareAddress(subnet.address), 'mtu', `${mtu}`]
  const tunnel = [
    'vxlan',
    'id',
    '1',
    'local',
    publicIP.address,
    'dev',
    name,
    'dstport',
    `${tunnelPort}`,
    'nolearning',
  ]
  return [
    ['ip', 'link', 'add', ...own, 'type', ...tunnel],
    ['ip', 'address', 'add', `${subnet.address}/32`, 'dev', tunnelDevice],
    ['ip', 'link', 'set', 'dev', tunnelDevice, 'up'],
  ].map(argv => on(node, argv))
}

/** Which hardware address is at the other end of the tunnel; nobody there answers ARP (handleSubnetEvents in backend/vxlan/vxlan_network.go). */
function neighbourOf({ subnet: { address } }: Lease): string[] {
  const entry = [address, 'lladdr', tunnelHardwareAddress(address), 'dev', tunnelDevice, 'nud', 'permanent']
  return ['ip', 'neigh', 'add', ...entry]
}

/** On which node it is. */
function forwardingTo({ subnet, publicIP }: Lease): string[] {
  const entry = [tunnelHardwareAddress(subnet.address), 'dev', tunnelDevice, 'dst', publicIP.address]
  return ['bridge', 'fdb', 'append', ...entry]
}

/** The command by which a node knows the way to another one's pods. */
export function routeTo(overlay: Overlay, lease: Lease, peer: Lease): string[] {
  const { subnet, publicIP } = peer
  const way = tunnelled(overlay, lease).includes(peer)
    ? ['via', subnet.address, 'dev', tunnelDevice, 'onlink']
    : ['via', publicIP.address, 'dev', lease.interface]
  return ['ip', 'route', 'add', `${subnet.address}/${subnet.prefix}`, ...way]
}

/** flanneld leaves it to chance and tells the other nodes. */
function tunnelHardwareAddress(subnet: string): string {
  return pinnedHardwareAddress(subnet)
}
