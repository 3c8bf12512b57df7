import { type Action, type Command, onHost, type Place } from '../command/command.ts'
import { reversible } from '../command/undo.ts'
import { familyOf } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import { addressesOf, asGateways, gatewaysOf } from '../model/families.ts'
import type { AddressedEnd, Link, LinkEnd, Machine } from '../model/machine.ts'

/** A veth pair whose far end is where the command runs. */
export function cable({ near, far }: Record<'near' | 'far', LinkEnd>): Action {
  const pair = ['type', 'veth', 'peer', 'name', near.interface, ...propertiesOf(near), 'netns', near.place]
  return {
    command: {
      argv: ['ip', 'link', 'add', 'name', far.interface, ...propertiesOf(far), ...pair],
      in: far.place,
    },
    undo: [uncable({ far })],
  }
}

function propertiesOf({ mtu, single, lladdr }: LinkEnd): string[] {
  return [
    ...(lladdr === undefined ? [] : ['address', lladdr]),
    ...(mtu === undefined ? [] : ['mtu', String(mtu)]),
    ...(single === true ? ['gso_max_segs', '1'] : []),
  ]
}

/** Plugs the far end of a cable into a bridge. */
export function plugged({ far, network }: { far: LinkEnd; network: string }): Action {
  return reversible({
    argv: ['ip', 'link', 'set', 'dev', far.interface, 'master', network, 'up'],
    in: far.place,
  })
}

/** Takes both ends of a veth pair away. */
export function uncable({ far }: Pick<Link, 'far'>): Command {
  return { argv: ['ip', 'link', 'delete', 'dev', far.interface], in: far.place }
}

/** Gives an interface its address, or both. */
export function addressed({ place, interface: name, ...own }: AddressedEnd): Action[] {
  return addressesOf(own).map(({ address, prefix }) => {
    const argv = ['ip', 'address', 'add', `${address}/${prefix}`, 'dev', name]
    // The kernel would first ask for a second whether somebody else has it (RFC 4862); a lab's reader has looked.
    return reversible({ argv: familyOf(address) === 'ipv6' ? [...argv, 'nodad'] : argv, in: place })
  })
}

/** Sets an interface up. */
export function up({ place, interface: name }: Pick<AddressedEnd, 'place' | 'interface'>): Action {
  return reversible({ argv: ['ip', 'link', 'set', 'dev', name, 'up'], in: place })
}

/** Sets an interface up with its addresses: those of IPv6 afterwards, since the kernel takes them away from one that is set down. */
export function raised(end: LinkEnd, addresses: readonly Cidr[]): Action[] {
  const [before, after] = (['ipv4', 'ipv6'] as const).map(family =>
    addresses
      .filter(({ address }) => familyOf(address) === family)
      .flatMap(address => addressed({ place: end.place, interface: end.interface, address })),
  )
  return [...(before ?? []), up(end), ...(after ?? [])]
}

/** The default routes of an end's place, where they lead over this link. */
export function defaultRoute({
  place,
  ...gateways
}: Pick<AddressedEnd, 'place' | 'gateway' | 'otherGateway'>): Action[] {
  return gatewaysOf(gateways).map(gateway =>
    reversible({ argv: ['ip', 'route', 'add', 'default', 'via', gateway], in: place }),
  )
}

/** The routes of a machine that are no link's own. */
export function routed({ name: place, routes }: Machine): Action[] {
  return [
    ...defaultRoute({ place, ...asGateways(gatewaysOf(routes)) }),
    ...routes.others.map(({ to, via }) =>
      reversible({ argv: ['ip', 'route', 'add', `${to.address}/${to.prefix}`, 'via', via], in: place }),
    ),
  ]
}

/**
 * Lets a place that passes IPv6 on ask for neighbours at once: whom it asks in another one's name it asks from its link-local address, and
 * that would first be probed for a second on each new interface.
 */
export function withoutProbing(place: Place): Action {
  return reversible({ argv: ['sysctl', '-w', 'net.ipv6.conf.default.accept_dad=0'], in: place })
}

/** Makes a network namespace for a machine. */
export function namespace(name: string): Action {
  return reversible(onHost(['ip', 'netns', 'add', name]))
}

/** Lets an end forget its neighbours, all but those that are known for good. */
export function forgetNeighbours({ place, interface: name }: LinkEnd): Command {
  return { argv: ['ip', 'neigh', 'flush', 'dev', name], in: place }
}
