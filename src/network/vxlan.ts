import type { Action } from '../command/command.ts'
import { reversible } from '../command/undo.ts'
import type { Vxlan } from '../model/machine.ts'
import { raised } from './cable.ts'
import type { LinkDriver } from './driver.ts'

/** A frame to everybody, or to whom the device does not know. */
const unknown = '00:00:00:00:00:00'

/** A VXLAN of which each machine knows the others by their addresses; who has a hardware address it learns from frames. */
export const vxlanDriver: LinkDriver<Vxlan> = {
  attach: link => ({
    cable: [],
    settings: [],
    known: [],
    near: [...made(link), ...raised(link.near, link.near.addresses)],
    wayOut: [],
  }),
  // It ends with its machine.
  detach: () => ({ cable: [], forgetting: [] }),
  repin: () => [],
}

function made({ near, far, id, local, remotes, port }: Vxlan): Action[] {
  const name = near.interface
  const mtu = near.mtu === undefined ? [] : ['mtu', `${near.mtu}`]
  const [first = '', ...others] = remotes
  const tunnel = ['id', `${id}`, 'local', local, 'remote', first, 'dev', far.interface, 'dstport', `${port}`]
  return [
    ['ip', 'link', 'add', 'name', name, ...mtu, 'type', 'vxlan', ...tunnel],
    ...others.map(remote => ['bridge', 'fdb', 'append', unknown, 'dev', name, 'dst', remote]),
  ].map(argv => reversible({ argv, in: near.place }))
}
