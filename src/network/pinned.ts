import type { Action, Command, Place } from '../command/command.ts'
import type { StaticNeighbour } from '../model/lab.ts'
import { type AddressedEnd, type LinkEnd, pinnedHardwareAddress } from '../model/machine.ts'
import { forgetNeighbours } from './cable.ts'

/** A link that can be pinned: both of its sides know each other by addresses. */
export interface Pinnable {
  near: AddressedEnd
  far: LinkEnd
  /** The far side's device on which the machine is a neighbour. */
  device: string
  /** The hardware address by which the machine knows its gateway. */
  gatewayAddress: string
}

/** Gives a machine's end the hardware address that its address says. It works on an interface that is up as well; the kernel then forgets all neighbours there (neigh_changeaddr). */
export function pinnedEnd({ near: { place, interface: name, address } }: Pick<Pinnable, 'near'>): Command {
  const pinned = ['address', pinnedHardwareAddress(address.address), 'addrgenmode', 'none']
  return { argv: ['ip', 'link', 'set', 'dev', name, ...pinned], in: place }
}

/** The far side knows the machine for good. */
export function knownMachine({ near, far, device }: Pinnable): Action {
  const { address } = near.address
  return neighbour(address, pinnedHardwareAddress(address), device, far.place)
}

/** The machine knows its gateway for good. */
export function knownGateway({ near, gatewayAddress }: Pinnable): Action[] {
  return near.gateway === undefined
    ? []
    : [neighbour(near.gateway, gatewayAddress, near.interface, near.place)]
}

/** Not `add`: the kernel may have asked for it before. */
function neighbour(
  address: string,
  lladdr: string,
  device: string,
  place: Place,
  state: readonly string[] = [],
): Action {
  const entry = [address, 'lladdr', lladdr, 'dev', device, ...state]
  return {
    command: { argv: ['ip', 'neigh', 'replace', ...entry], in: place },
    undo: [{ argv: ['ip', 'neigh', 'delete', ...entry], in: place }],
  }
}

/** A place knows a neighbour for good, since the lab says so. */
export function knownFor(place: Place, { address, lladdr, dev }: StaticNeighbour): Action {
  return neighbour(address, lladdr, dev, place, ['nud', 'permanent'])
}

/** Pins a link that is there. The far side is the last: by that, a later apply sees who is pinned as a whole. */
export function pinning(link: Pinnable): Command[][] {
  const { place, interface: name } = link.near
  return [
    [pinnedEnd(link)],
    [
      // addrgenmode keeps new addresses from being made, and takes none away.
      { argv: ['ip', 'address', 'flush', 'dev', name, 'to', 'fe80::/64'], in: place },
      forgetNeighbours(link.near),
      ...knownGateway(link).map(({ command }) => command),
    ],
    [knownMachine(link).command],
  ]
}

/** Unpins a link that is there. The hardware address stays: any will do. */
export function unpinning({ near, far, device }: Pinnable): Command[][] {
  const { place, interface: name } = near
  const flush = ['ip', 'neigh', 'flush'] as const
  return [
    [
      { argv: [...flush, 'dev', name, 'nud', 'all'], in: place },
      // Other than `ip link set … addrgenmode eui64`, it gives an interface that is up its address (addrconf.c).
      { argv: ['sysctl', '-w', `net.ipv6.conf.${name}.addr_gen_mode=0`], in: place },
    ],
    [{ argv: [...flush, 'to', near.address.address, 'dev', device, 'nud', 'all'], in: far.place }],
  ]
}
