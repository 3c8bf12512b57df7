import type { Action } from '../command/command.ts'
import { reversible } from '../command/undo.ts'
import { addressesOf } from '../model/families.ts'
import { type LinkEnd, type RoutedPair, routedPairAddress } from '../model/machine.ts'
import { cable, defaultRoute, raised, uncable, up } from './cable.ts'
import { deviceSetting } from './device-setting.ts'
import type { LinkDriver } from './driver.ts'
import { knownGateway, knownMachine, type Pinnable, pinnedEnd, pinning, unpinning } from './pinned.ts'

/** A veth pair whose ends know each other by routes. */
export const routedPairDriver: LinkDriver<RoutedPair> = {
  attach: pair => ({
    cable: [cable(pair), up(pair.far)],
    settings: [answering(pair.far), atOnce(pair.far)],
    known: [routeTo(pair), ...(pair.pinned ? [knownMachine(pinnable(pair))] : [])],
    near: [
      ...(pair.pinned ? [reversible(pinnedEnd(pair))] : []),
      ...[...raised(pair.near, addressesOf(pair.near)), routeToGateway(pair), ...defaultRoute(pair.near)],
      ...(pair.pinned ? knownGateway(pinnable(pair)) : []),
    ],
    wayOut: [],
  }),
  // Each end is the other's only neighbour, and goes with it.
  detach: pair => ({ cable: [uncable(pair)], forgetting: [] }),
  repin: pair => (pair.pinned ? pinning(pinnable(pair)) : unpinning(pinnable(pair))),
}

function pinnable({ near, far }: RoutedPair): Pinnable {
  return { near, far, device: far.interface, gatewayAddress: routedPairAddress }
}

/** The node's route to the machine at the other end of a pair. */
export function routeTo({ near: { address }, far }: Pick<RoutedPair, 'near' | 'far'>): Action {
  const route = [`${address.address}/${address.prefix}`, 'dev', far.interface, 'scope', 'link']
  return reversible({ argv: ['ip', 'route', 'add', ...route], in: far.place })
}

/** The gateway is on no network of the machine, so it says that it is at the other end. */
export function routeToGateway({ near }: Pick<RoutedPair, 'near'>): Action {
  const route = [near.gateway, 'dev', near.interface, 'scope', 'link']
  return reversible({ argv: ['ip', 'route', 'add', ...route], in: near.place })
}

/** The node answers ARP for whom it has another way to: so the gateway needs no owner. It goes with the link. */
export function answering({ place, interface: name }: LinkEnd): Action {
  return { command: { argv: ['sysctl', '-w', `${proxyArp(name)}=1`], in: place }, undo: [] }
}

/** Whether a device answers ARP for others. */
export function proxyArp(device: string): string {
  return deviceSetting('ipv4/conf', device, 'proxy_arp')
}

/** Else it would wait for up to 0.8 s, in case somebody else answers (arp(7), proxy_delay). Kernels that keep this setting from users ignore it. */
function atOnce({ place, interface: name }: LinkEnd): Action {
  const setting = deviceSetting('ipv4/neigh', name, 'proxy_delay')
  return { command: { argv: ['sysctl', '-e', '-w', `${setting}=0`], in: place }, undo: [] }
}
