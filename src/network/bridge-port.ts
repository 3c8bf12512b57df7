import type { Action, Command } from '../command/command.ts'
import { reversible } from '../command/undo.ts'
import { addressesOf } from '../model/families.ts'
import { type BridgePort, type Link, pinnedHardwareAddress } from '../model/machine.ts'
import { cable, defaultRoute, forgetNeighbours, plugged, raised, uncable } from './cable.ts'
import type { LinkDriver } from './driver.ts'
import { knownGateway, knownMachine, type Pinnable, pinnedEnd, pinning, unpinning } from './pinned.ts'

/** A veth pair from a machine into a bridge. */
export const bridgePortDriver: LinkDriver<BridgePort> = {
  attach: port => ({
    cable: [cable(port), plugged(port), ...(port.hairpin ? [hairpinned(port)] : [])],
    settings: [],
    known: port.pinned ? [knownMachine(pinnable(port))] : [],
    near: [
      ...(port.pinned ? [reversible(pinnedEnd(port))] : []),
      ...raised(port.near, addressesOf(port.near)),
      ...defaultRoute(port.near),
      ...(port.pinned ? knownGateway(pinnable(port)) : []),
    ],
    wayOut: [],
  }),
  detach: (port, left) => ({ cable: [uncable(port)], forgetting: forgetting(port, left) }),
  repin: port => (port.pinned ? pinning(pinnable(port)) : unpinning(pinnable(port))),
}

/** A pinned bridge, or pod that is a gateway, has the hardware address of its own address. */
function pinnable({ near, far, network }: BridgePort): Pinnable {
  return {
    near,
    far,
    device: network,
    gatewayAddress: pinnedHardwareAddress(near.gateway ?? near.address.address),
  }
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
