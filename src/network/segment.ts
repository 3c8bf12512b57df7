import type { Action, Command } from '../command/command.ts'
import { reversible } from '../command/undo.ts'
import type { Link, Segment, SegmentPort } from '../model/machine.ts'
import { cable, forgetNeighbours, plugged, raised, uncable, up } from './cable.ts'
import type { LinkDriver } from './driver.ts'

/** Makes a segment. */
export function raiseSegment({ place, name }: Segment): Action[] {
  return [
    reversible({ argv: ['ip', 'link', 'add', 'name', name, 'type', 'bridge'], in: place }),
    up({ place, interface: name }),
  ]
}

/** Who comes later may have this one's address, but not its hardware address. */
function forgetting({ network }: SegmentPort, left: readonly Link[]): Command[] {
  return left
    .filter(link => link.kind === 'segment-port' && link.network === network)
    .map(link => forgetNeighbours(link.near))
}

/** A veth pair from a machine into a segment. */
export const segmentPortDriver: LinkDriver<SegmentPort> = {
  attach: ({ near, far, network }) => ({
    cable: [cable({ near, far }), plugged({ far, network })],
    settings: [],
    known: [],
    near: raised(near, near.addresses),
    wayOut: [],
  }),
  detach: (port, left) => ({ cable: [uncable(port)], forgetting: forgetting(port, left) }),
  repin: () => [],
}
