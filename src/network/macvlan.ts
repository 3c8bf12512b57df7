import type { Action } from '../command/command.ts'
import { reversible } from '../command/undo.ts'
import { addressesOf } from '../model/families.ts'
import type { Macvlan } from '../model/machine.ts'
import { defaultRoute, raised } from './cable.ts'
import type { LinkDriver } from './driver.ts'

/** A macvlan of an interface of the node. */
export const macvlanDriver: LinkDriver<Macvlan> = {
  attach: link => ({
    // Its parent may be another machine's cable, and all cables come first.
    cable: [],
    settings: [],
    known: [],
    near: [...made(link), ...raised(link.near, addressesOf(link.near)), ...defaultRoute(link.near)],
    wayOut: [],
  }),
  // It ends with its namespace; whoever remembers its hardware address knows that of the next one with its address.
  detach: () => ({ cable: [], forgetting: [] }),
  repin: () => [],
}

/** Older kernels look for the new name where the command runs, and the node may have an interface of that name: so it is renamed when it is there (rtnl_newlink). */
function made({ near, far, mode, madeAs }: Macvlan): Action[] {
  const address = near.lladdr === undefined ? [] : ['address', near.lladdr]
  const own = ['link', far.interface, 'name', madeAs, ...address, 'netns', near.place]
  return [
    {
      command: { argv: ['ip', 'link', 'add', ...own, 'type', 'macvlan', 'mode', mode], in: far.place },
      undo: [{ argv: ['ip', 'link', 'delete', 'dev', near.interface], in: near.place }],
    },
    reversible({ argv: ['ip', 'link', 'set', 'dev', madeAs, 'name', near.interface], in: near.place }),
  ]
}
