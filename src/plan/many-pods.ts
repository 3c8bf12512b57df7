import type { Command } from '../command/command.ts'
import { host } from '../command/command.ts'
import type { Bridge, Lab, Pod } from '../model/lab.ts'
import { pinnedHardwareAddress } from '../model/machine.ts'
import { pinsPods } from '../model/wiring.ts'

/** What a lab with many pods does besides, because of two things that grow faster than the number of its pods. */
export interface ManyPods {
  why: string
  /** After a bridge has been made. */
  bridge(bridge: Bridge): readonly Command[]
  /** Before a pod's eth0 is set up. */
  before(pod: Pod): readonly Command[]
  /** After a pod has its routes. */
  after(pod: Pod): readonly Command[]
  /** On the host, for each pod. */
  host(pod: Pod): readonly Command[]
}

/** What a lab does besides where its pods are many; undefined where they are few. */
export function manyPods(lab: Lab): ManyPods | undefined {
  return pinsPods(lab) ? measures : undefined
}

const measures: ManyPods = {
  // net.ipv4.neigh.default.gc_thresh3 cannot be set in a namespace; entries that are permanent do not count (arp(7)).
  why:
    'With so many pods two things are done that a few would not need. A kernel keeps 1,024 neighbours at most, in all of ' +
    'its namespaces together, and forgets none within five seconds: so each address is made known with a hardware address ' +
    'for good. And with IPv6 each pod would announce itself to all others: addrgenmode none keeps it from having an address.',
  bridge: ({ name, address }) => [
    { argv: ['ip', 'link', 'set', 'dev', name, 'address', pinnedHardwareAddress(address.address)], in: host },
  ],
  before: ({ name, address }) => [
    {
      argv: [
        ...['ip', 'link', 'set', 'dev', 'eth0'],
        ...['address', pinnedHardwareAddress(address.address), 'addrgenmode', 'none'],
      ],
      in: name,
    },
  ],
  after: ({ name, gateway }) => [neighbour(gateway, 'eth0', name)],
  host: ({ address, bridge }) => [neighbour(address.address, bridge, host)],
}

function neighbour(address: string, device: string, place: string): Command {
  return {
    argv: ['ip', 'neigh', 'add', address, 'lladdr', pinnedHardwareAddress(address), 'dev', device],
    in: place,
  }
}
