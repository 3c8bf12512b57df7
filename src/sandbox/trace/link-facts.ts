import { type NetlinkMessage, numberInMachineOrder, readAttributes, textOf } from './netlink.ts'
import { listLinks } from './sockets.ts'

/** A link of a network namespace, and what it is joined to. */
export interface LinkFacts {
  index: number
  name: string
  /** The number of the cable's other end, in the namespace where that is. */
  peer?: number
  /** The bridge that it is a port of. */
  master?: string
}

/** `IFLA_…` (include/uapi/linux/if_link.h). */
const attribute = { name: 3, peer: 5, master: 10 } as const

/** The links of the network namespace that this process is in. */
export function linkFacts(): LinkFacts[] {
  return readLinks(listLinks())
}

/** What the kernel's list of links says. */
export function readLinks(messages: readonly NetlinkMessage[]): LinkFacts[] {
  const links = messages.map(({ head, attributes }) => ({
    index: head.readInt32LE(4),
    has: readAttributes(attributes),
  }))
  const names = new Map(links.map(({ index, has }) => [index, textOf(has.get(attribute.name))]))
  return links.map(({ index, has }) => {
    const peer = numberInMachineOrder(has.get(attribute.peer))
    const master = names.get(numberInMachineOrder(has.get(attribute.master)) ?? 0)
    return {
      ...{ index, name: names.get(index) ?? '' },
      ...(peer === undefined ? {} : { peer }),
      ...(master === undefined ? {} : { master }),
    }
  })
}
