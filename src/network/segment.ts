import type { Action } from '../command/command.ts'
import { reversible } from '../command/undo.ts'
import type { Segment, SegmentPort } from '../model/machine.ts'
import { addressed, cable, plugged, uncable, up } from './cable.ts'
import type { LinkDriver } from './driver.ts'

/** Makes a segment. */
export function raiseSegment({ place, name }: Segment): Action[] {
  return [
    reversible({ argv: ['ip', 'link', 'add', 'name', name, 'type', 'bridge'], in: place }),
    up({ place, interface: name }),
  ]
}

/** A veth pair from a machine into a segment. */
export const segmentPortDriver: LinkDriver<SegmentPort> = {
  attach: ({ near, far, network }) => ({
    cable: [cable({ near, far }), plugged({ far, network })],
    known: [],
    near: [...near.addresses.flatMap(address => addressed({ ...near, address })), up(near)],
    wayOut: [],
  }),
  detach: port => ({ cable: [uncable(port)], forgetting: [] }),
  repin: () => [],
}
