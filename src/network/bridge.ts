import type { Action, Command } from '../command/command.ts'
import { reversible } from '../command/undo.ts'
import { addressesOf } from '../model/families.ts'
import { type Network, pinnedHardwareAddress } from '../model/machine.ts'
import { raised } from './cable.ts'

/** Makes a bridge. */
export function raiseBridge(bridge: Network): Action[] {
  const { place, name, pinned } = bridge
  const end = { ...bridge, interface: name }
  return [
    reversible({ argv: ['ip', 'link', 'add', 'name', name, 'type', 'bridge'], in: place }),
    ...raised(end, addressesOf(bridge)),
    ...(pinned ? [reversible(pinBridge(bridge))] : []),
  ]
}

/** Gives a bridge the hardware address that its address says. */
export function pinBridge(bridge: Network): Command {
  return withHardwareAddress(bridge, pinnedHardwareAddress(bridge.address.address))
}

/**
 * Sets a bridge's hardware address, be it the one that it has: it then no longer takes the lowest of its ports', which would change
 * with them (br_stp_if.c). The kernel forgets all that it knows on the bridge, for good or not (neigh_changeaddr).
 */
export function withHardwareAddress({ place, name }: Network, address: string): Command {
  return { argv: ['ip', 'link', 'set', 'dev', name, 'address', address], in: place }
}
