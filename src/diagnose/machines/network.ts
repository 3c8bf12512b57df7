import type { Place } from '../../command/command.ts'
import { commandLine } from '../../command/command-line.ts'
import { familyOf } from '../../model/address.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import type { Packet } from '../rule-match.ts'
import { showNeighbour, showPort } from '../show.ts'
import type { Port, Surroundings } from './surroundings.ts'

/** Crosses a network: who takes the frame for the next hop, or what is off on the way to them. */
export function crossing(
  { machines, ports }: Surroundings,
  place: Place,
  device: string,
  next: string,
): Port | Evidence {
  const own = ports.find(({ machine, declared }) => machine.name === place && declared.name === device)
  if (own === undefined) return finding(`${place} sends by ${device}, which the lab does not know`, undefined)
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
      commandLine({ argv: ['ip', 'link', 'set', 'dev', segment.bridge, 'up'], in: segment.place }),
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

/** Whether a machine's card is down, or has lost an address that the lab gave it. */
export function cardOff({ machine, declared: { name, addresses }, link }: Port): Evidence | undefined {
  const place = machine.name
  if (link?.up === false)
    return finding(
      `${name} of ${place} is down`,
      commandLine({ argv: ['ip', 'link', 'set', 'dev', name, 'up'], in: place }),
    )
  const lost = addresses.find(({ address }) => !link?.addresses.some(own => own.address === address))
  return lost === undefined
    ? undefined
    : finding(
        `${name} of ${place} has lost its address ${lost.address}`,
        commandLine({
          argv: ['ip', 'address', 'add', `${lost.address}/${lost.prefix}`, 'dev', name],
          in: place,
        }),
      )
}

/** Whether a cable is down at one of its ends, or not plugged into its switch. */
function cableOff(port: Port): Evidence | undefined {
  const { machine, declared, segment, link, end } = port
  if (end === 'none') return undefined
  const { place, bridge } = segment
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
