import { type Action, type Command, onHost } from '../command/command.ts'
import { usable } from '../model/address.ts'
import type { Lease, Overlay } from '../model/lab.ts'
import { overlayActions } from '../network/overlay.ts'

/** Where flanneld says what it has leased, for the CNI plugin or docker to read. */
const folder = '/run/flannel'
/** The part of each node's own /etc that stands for it. */
const ownFolder = '/etc/flannel'

/** What a part of the topology is for an overlay: its title, why it is there, its commands. */
export function overlayPart(overlay: Overlay): {
  title: string
  why: string
  links: readonly Action[]
  commands: readonly Command[]
} {
  const { backend, directRouting, leases } = overlay
  return {
    title: `flannel: ${backend}${directRouting ? ' with direct routing' : ''}`,
    why: [
      whyOverlay,
      backend === 'host-gw' ? whyHostGw : whyVxlan,
      ...(directRouting ? [whyDirect] : []),
    ].join('\n'),
    links: [linkedFolder, ...overlayActions(overlay)],
    commands: subnetFiles(overlay, leases),
  }
}

/** What tells nodes which part of the network they have. */
export function subnetFiles(overlay: Overlay, leases: readonly Lease[]): Command[] {
  return [
    onHost(['mkdir', '-p', ownFolder, ...leases.map(({ node }) => folderOf(node))]),
    ...leases.map(lease => ({
      ...onHost(['tee', `${folderOf(lease.node)}/subnet.env`]),
      input: subnetFile(overlay, lease),
    })),
  ]
}

const whyOverlay =
  'flanneld runs on every node. It leases a part of the network for the pods of its node, writes that to /run/flannel/subnet.env, ' +
  'and tells its kernel the way to the pods of every other node.'

const whyHostGw =
  'With host-gw that way is a route through the other node: nothing is wrapped up, and it needs all nodes on one segment.'

const whyVxlan =
  'With vxlan the way leads into a device, flannel.1, which wraps a whole frame into a UDP packet to the other node. The kernel ' +
  'must know three things of each: the route, the hardware address behind it (the neighbour), and which node has that address (the FDB).'

const whyDirect =
  'With direct routing the tunnel is kept for nodes behind a router; those on the same segment are reached by a route.'

/** A node sees its own folder of /etc, and so its own file by the path that people know. */
const linkedFolder: Action = {
  command: onHost(['ln', '-s', ownFolder, folder]),
  undo: [onHost(['rm', '-f', folder])],
}

function folderOf(node: string): string {
  return `/etc/netns/${node}/flannel`
}

/** As flanneld writes it (WriteSubnetFile in pkg/subnet/subnet.go). */
function subnetFile({ network }: Overlay, { subnet, mtu }: Lease): string {
  return [
    `FLANNEL_NETWORK=${network.address}/${network.prefix}`,
    `FLANNEL_SUBNET=${usable(subnet)[0]}/${subnet.prefix}`,
    `FLANNEL_MTU=${mtu}`,
    'FLANNEL_IPMASQ=false',
    '',
  ].join('\n')
}
