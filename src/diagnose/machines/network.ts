import type { Place } from '../../command/command.ts'
import { commandLine } from '../../command/command-line.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import { showNeighbour } from '../show.ts'
import type { Port, Surroundings } from './surroundings.ts'

/** Crosses a network: who takes the frame for the next hop, or what is off on the way to them. */
export function crossing(
  { machines, ports, hostLinks }: Surroundings,
  place: Place,
  device: string,
  next: string,
): Port | Evidence {
  const own = ports.find(({ machine, declared }) => machine.name === place && declared.name === device)
  if (own === undefined) return finding(`${place} sends by ${device}, which the lab does not know`, undefined)
  const { bridge, declared } = own
  const unplugged = cableOff(own)
  if (unplugged !== undefined) return unplugged
  if (hostLinks.find(({ name }) => name === bridge)?.up !== true)
    return finding(`the switch of network ${declared.network} is down`, `ip link set dev ${bridge} up`)
  const entry = machines.get(place)?.neighbours?.find(one => one.address === next && one.device === device)
  const shown = showNeighbour(place, entry, next)
  const others = ports.filter(each => each !== own && each.bridge === bridge)
  const [owner, second] = others.filter(({ link }) => link?.addresses.some(({ address }) => address === next))
  if (owner === undefined) {
    const loser = others.find(one => one.declared.addresses.some(({ address }) => address === next))
    const nobody = `nobody on network ${declared.network} has ${next}, so ${place} gets no answer to its ARP request`
    return (loser && cardOff(loser)) ?? finding(nobody, undefined, shown)
  }
  if (second !== undefined) {
    const taken = {
      argv: ['ip', 'address', 'delete', next, 'dev', second.declared.name],
      in: second.machine.name,
    }
    return finding(
      `${next} is there twice on network ${declared.network}: ${owner.machine.name} and ${second.machine.name} have it`,
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
  const { machine, declared, bridge, link, end } = port
  const cable = `the cable of ${declared.name} of ${machine.name}`
  if (link?.up === false) return cardOff(port)
  if (end === undefined) return finding(`${cable} is gone`, undefined)
  if (end.master !== bridge)
    return finding(
      `${cable} is plugged into ${end.master ?? 'nothing'}, not into ${bridge}`,
      `ip link set dev ${declared.port} master ${bridge} up`,
    )
  if (!end.up) return finding(`${cable} is down at the switch`, `ip link set dev ${declared.port} up`)
  return undefined
}
