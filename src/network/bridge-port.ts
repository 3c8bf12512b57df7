import type { Action, Command, Place } from '../command/command.ts'
import { reversible } from '../command/undo.ts'
import { addressesOf } from '../model/families.ts'
import { type BridgePort, type Link, pinnedHardwareAddress } from '../model/machine.ts'
import { addressed, cable, defaultRoute, forgetNeighbours, plugged, uncable, up } from './cable.ts'
import type { LinkDriver } from './driver.ts'

/** A veth pair from a machine into a bridge. */
export const bridgePortDriver: LinkDriver<BridgePort> = {
  attach: port => ({
    cable: [cable(port), plugged(port), ...(port.hairpin ? [hairpinned(port)] : [])],
    known: port.pinned ? [knownOnBridge(port)] : [],
    near: [
      ...(port.pinned ? [reversible(pinnedEnd(port))] : []),
      ...[...addressed(port.near), up(port.near), ...defaultRoute(port.near)],
      ...(port.pinned ? [knownGateway(port)] : []),
    ],
    wayOut: [],
  }),
  detach: (port, left) => ({ cable: [uncable(port)], forgetting: forgetting(port, left) }),
  repin: port => (port.pinned ? pinning(port) : unpinning(port)),
}

function hairpinned({ far }: BridgePort): Action {
  const set = ['ip', 'link', 'set', 'dev', far.interface]
  return reversible({ argv: [...set, 'type', 'bridge_slave', 'hairpin', 'on'], in: far.place })
}

/**
 * A machine that comes later may have the address of this one, but not its hardware address. Those that stay forget all their neighbours,
 * however many go: else each would have a command for each.
 */
function forgetting({ near, far, network, pinned }: BridgePort, left: readonly Link[]): Command[] {
  return [
    // What a machine knows of its gateway for good stays true: it follows from the address.
    ...addressesOf(near).map(({ address }) => {
      const argv = ['ip', 'neigh', 'flush', 'to', address]
      return { argv: pinned ? [...argv, 'nud', 'all'] : argv, in: far.place }
    }),
    ...left
      .filter(link => link.kind === 'bridge-port' && link.network === network && link.far.place === far.place)
      .map(link => forgetNeighbours(link.near)),
  ]
}

/** It works on an interface that is up as well; the kernel then forgets all neighbours there (neigh_changeaddr). */
function pinnedEnd({ near: { place, interface: name, address } }: BridgePort): Command {
  const pinned = ['address', pinnedHardwareAddress(address.address), 'addrgenmode', 'none']
  return { argv: ['ip', 'link', 'set', 'dev', name, ...pinned], in: place }
}

function knownOnBridge({ near, far, network }: BridgePort): Action {
  return neighbour(near.address.address, network, far.place)
}

function knownGateway({ near }: BridgePort): Action {
  return neighbour(near.gateway, near.interface, near.place)
}

/** Not `add`: the kernel may have asked for it before. */
function neighbour(address: string, device: string, place: Place): Action {
  const entry = [address, 'lladdr', pinnedHardwareAddress(address), 'dev', device]
  return {
    command: { argv: ['ip', 'neigh', 'replace', ...entry], in: place },
    undo: [{ argv: ['ip', 'neigh', 'delete', ...entry], in: place }],
  }
}

/** The bridge's side is the last: by that, a later apply sees who is pinned as a whole. */
function pinning(port: BridgePort): Command[][] {
  const { place, interface: name } = port.near
  return [
    [pinnedEnd(port)],
    [
      // addrgenmode keeps new addresses from being made, and takes none away.
      { argv: ['ip', 'address', 'flush', 'dev', name, 'to', 'fe80::/64'], in: place },
      forgetNeighbours(port.near),
      knownGateway(port).command,
    ],
    [knownOnBridge(port).command],
  ]
}

/** The hardware address stays: any will do. */
function unpinning({ near, far, network }: BridgePort): Command[][] {
  const { place, interface: name } = near
  const flush = ['ip', 'neigh', 'flush'] as const
  return [
    [
      { argv: [...flush, 'dev', name, 'nud', 'all'], in: place },
      // Other than `ip link set … addrgenmode eui64`, it gives an interface that is up its address (addrconf.c).
      { argv: ['sysctl', '-w', `net.ipv6.conf.${name}.addr_gen_mode=0`], in: place },
    ],
    [{ argv: [...flush, 'to', near.address.address, 'dev', network, 'nud', 'all'], in: far.place }],
  ]
}
