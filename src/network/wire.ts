import { addressesOf } from '../model/families.ts'
import type { Wire } from '../model/machine.ts'
import { cable, defaultRoute, raised, uncable } from './cable.ts'
import type { LinkDriver } from './driver.ts'

/** A veth pair with an address at each end. */
export const wireDriver: LinkDriver<Wire> = {
  attach: wire => ({
    cable: [cable(wire), ...raised(wire.far, addressesOf(wire.far))],
    settings: [],
    known: [],
    near: [...raised(wire.near, addressesOf(wire.near)), ...defaultRoute(wire.near)],
    // Without a default route the host's own look-up of a cluster IP fails before any rule sees the packet.
    wayOut: defaultRoute(wire.far),
  }),
  // The neighbours of both ends go with it.
  detach: wire => ({ cable: [uncable(wire)], forgetting: [] }),
  repin: () => [],
}
