import { type Action, type Command, onHost } from '../command/command.ts'
import { reversible } from '../command/undo.ts'
import type { AddressedEnd, Link, LinkEnd, Machine } from '../model/machine.ts'

/** A veth pair whose far end is where the command runs. */
export function cable({ near, far }: Record<'near' | 'far', LinkEnd>): Action {
  const pair = ['type', 'veth', 'peer', 'name', near.interface, ...sized(near), 'netns', near.place]
  return {
    command: { argv: ['ip', 'link', 'add', 'name', far.interface, ...sized(far), ...pair], in: far.place },
    undo: [uncable({ far })],
  }
}

function sized({ mtu, single }: LinkEnd): string[] {
  return [
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

/** Gives an interface its address. */
export function addressed({ place, address, interface: name }: AddressedEnd): Action {
  const cidr = `${address.address}/${address.prefix}`
  return reversible({ argv: ['ip', 'address', 'add', cidr, 'dev', name], in: place })
}

/** Sets an interface up. */
export function up({ place, interface: name }: Pick<AddressedEnd, 'place' | 'interface'>): Action {
  return reversible({ argv: ['ip', 'link', 'set', 'dev', name, 'up'], in: place })
}

/** The default route of an end's place, where that leads over this link. */
export function defaultRoute({ place, gateway }: Pick<AddressedEnd, 'place' | 'gateway'>): Action[] {
  if (gateway === undefined) return []
  return [reversible({ argv: ['ip', 'route', 'add', 'default', 'via', gateway], in: place })]
}

/** The routes of a machine that are no link's own. */
export function routed({ name: place, routes: { gateway, others } }: Machine): Action[] {
  return [
    ...defaultRoute({ place, ...(gateway === undefined ? {} : { gateway }) }),
    ...others.map(({ to, via }) =>
      reversible({ argv: ['ip', 'route', 'add', `${to.address}/${to.prefix}`, 'via', via], in: place }),
    ),
  ]
}

/** Makes a network namespace for a machine. */
export function namespace(name: string): Action {
  return reversible(onHost(['ip', 'netns', 'add', name]))
}
