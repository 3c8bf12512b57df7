import type { Place } from '../../command/command.ts'
import { commandLine } from '../../command/command-line.ts'
import { familyOf } from '../../model/address.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import type { Packet } from '../packet.ts'
import { showNeighbour, showPort } from '../show.ts'
import { acrossPair } from './across-pair.ts'
import { cardOff, type Port } from './port.ts'
import type { Surroundings } from './surroundings.ts'

/** Crosses a network: who takes the frame for the next hop, or what is off on the way to them. */
export function crossing(
  surroundings: Surroundings,
  place: Place,
  device: string,
  next: string,
): Port | Evidence {
  const { machines, ports } = surroundings
  const own = ports.find(({ machine, declared }) => machine.name === place && declared.name === device)
  if (own === undefined) return finding(`${place} sends by ${device}, which the lab does not know`, undefined)
  if (own.segment.bridge === undefined) return acrossPair(surroundings, own, next)
  const { segment } = own
  if (segment.bridge === '')
    return finding(
      `${place} has a cable to ${segment.place} that a CNI plugin made without a bridge; the way of a packet is not followed through it`,
      undefined,
    )
  const unplugged = cableOff(own)
  if (unplugged !== undefined) return unplugged
  if (segment.link?.up !== true)
    return finding(
      `${segment.device} is down`,
      commandLine({ argv: ['ip', 'link', 'set', 'dev', own.segment.bridge, 'up'], in: segment.place }),
    )
  const entry = machines.get(place)?.neighbours?.find(one => one.address === next && one.device === device)
  const shown = showNeighbour(place, entry, next)
  const network = segment.called
  const others = ports.filter(each => each !== own && each.segment.called === network)
  const [owner, second] = others.filter(({ link }) => link?.addresses.some(({ address }) => address === next))
  if (owner === undefined) {
    const loser = others.find(one => one.declared.addresses.some(({ address }) => address === next))
    const nobody = `nobody on ${network} has ${next}, so ${place} gets no answer to its ${familyOf(next) === 'ipv4' ? 'ARP request' : 'neighbour solicitation'}`
    return (loser && cardOff(loser)) ?? finding(nobody, undefined, shown)
  }
  if (isParentOf(own, owner) || isParentOf(owner, own))
    return finding(
      `${place} does not reach ${owner.machine.name} by ${device}: nothing passes between a macvlan and the interface that it is made from`,
      undefined,
      shown,
    )
  if (second !== undefined) {
    const taken = {
      argv: ['ip', 'address', 'delete', next, 'dev', second.declared.name],
      in: second.machine.name,
    }
    return finding(
      `${next} is there twice on ${network}: ${owner.machine.name} and ${second.machine.name} have it`,
      commandLine(taken),
    )
  }
  if (entry?.mac !== undefined && entry.mac !== owner.link?.mac)
    return finding(
      `${place} takes ${entry.mac} for ${next}, which is not the address of ${owner.machine.name}'s card`,
      commandLine({ argv: ['ip', 'neigh', 'delete', next, 'dev', device], in: place }),
      shown,
    )
  return cableOff(owner) ?? owner
}

function isParentOf({ machine, declared }: Port, { parent }: Port): boolean {
  return parent?.place === machine.name && parent.name === declared.name
}

/** A bridge sends no frame back out of the port that it came in by, unless that is a hairpin. */
export function turnedBack(
  { place, from, packet }: { place: Place; from?: Place; packet: Packet },
  { machine, segment, end }: Port,
  asked: string | undefined,
): Evidence | undefined {
  const isBack = machine.name === from && segment.place === place && packet.in === segment.bridge
  if (!isBack || end === 'none' || end?.port === undefined || end.port.hairpin) return undefined
  return finding(
    `${from} reaches itself through ${asked}, but the ${segment.called} never sends a frame back out of the port that it came in by, hairpin is off`,
    commandLine({ argv: ['bridge', 'link', 'set', 'dev', end.name, 'hairpin', 'on'], in: place }),
    showPort(end, end.name),
  )
}

/** Whether a cable is down at one of its ends, or not plugged into its switch. */
function cableOff(port: Port): Evidence | undefined {
  const { machine, declared, segment, link, end } = port
  const { place, bridge } = segment
  if (end === 'none' || bridge === undefined) return undefined
  const cable = `the cable of ${declared.name} of ${machine.name}`
  if (link?.up === false) return cardOff(port)
  if (end === undefined) return finding(`${cable} is gone`, undefined)
  if (end.master !== bridge)
    return finding(
      `${cable} is plugged into ${end.master ?? 'nothing'}, not into ${bridge}`,
      commandLine({ argv: ['ip', 'link', 'set', 'dev', declared.port, 'master', bridge, 'up'], in: place }),
    )
  if (!end.up)
    return finding(
      `${cable} is down at the switch`,
      commandLine({ argv: ['ip', 'link', 'set', 'dev', declared.port, 'up'], in: place }),
    )
  return undefined
}
