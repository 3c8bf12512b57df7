import { host, type Place } from '../../command/command.ts'
import type { MachineFacts } from '../../observe/facts.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import type { Packet } from '../rule-match.ts'
import { bridgeOf, type Port, portsOf, type Surroundings } from './surroundings.ts'

/** Crosses a network: who takes the frame for the next hop, or what is off on the way to them. */
export function crossing(
  surroundings: Surroundings,
  place: Place,
  device: string,
  next: string,
): Port | Evidence {
  const { lab, places } = surroundings
  const ports = portsOf(surroundings)
  const own = ports.find(({ machine, declared }) => machine.name === place && declared.name === device)
  if (own === undefined) return finding(`${place} sends by ${device}, which the lab does not know`, undefined)
  const bridge = bridgeOf(lab, own.declared.network)
  const unplugged = cableOff(own, bridge)
  if (unplugged !== undefined) return unplugged
  const there = places.get(host)?.links?.find(({ name }) => name === bridge)
  if (there?.up !== true)
    return finding(`the switch of network ${own.declared.network} is down`, `ip link set dev ${bridge} up`)
  const others = ports.filter(each => each !== own && bridgeOf(lab, each.declared.network) === bridge)
  const has = (port: Port) => port.link?.addresses.some(({ address }) => address === next)
  const owners = others.filter(has)
  const [owner] = owners
  if (owner === undefined) return nobody(place, next, own, others)
  if (owners.length > 1)
    return finding(
      `${next} is there twice on network ${own.declared.network}: ${owners.map(({ machine }) => machine.name).join(' and ')} have it`,
      `ip -n ${owners[1]?.machine.name} address delete ${next} dev ${owners[1]?.declared.name}`,
    )
  const entry = places.get(place)?.neighbours?.find(each => each.address === next && each.device === device)
  if (entry?.mac !== undefined && entry.mac !== owner.link?.mac)
    return finding(
      `${place} takes ${entry.mac} for ${next}, which is not the address of ${owner.machine.name}'s card`,
      `ip -n ${place} neigh delete ${next} dev ${device}`,
      [`$ ip -n ${place} neigh show ${next}`, `${next} dev ${device} lladdr ${entry.mac} ${entry.state}`],
    )
  return cableOff(owner, bridge) ?? owner
}

/** Nobody answers the question who has the address of the next hop. */
function nobody(
  place: Place,
  next: string,
  { declared: { network } }: Port,
  others: readonly Port[],
): Evidence {
  const shown = [`$ ip -n ${place} neigh show ${next}`, `${next} FAILED, or not asked for yet`]
  const loser = others.find(({ declared }) => declared.addresses.some(({ address }) => address === next))
  if (loser === undefined)
    return finding(
      `nobody on network ${network} has ${next}, so ${place} gets no answer to its ARP request`,
      undefined,
      shown,
    )
  const { machine, declared, link } = loser
  const { prefix = 24 } = declared.addresses.find(({ address }) => address === next) ?? {}
  if (link?.up === false)
    return finding(
      `${declared.name} of ${machine.name} is down`,
      `ip -n ${machine.name} link set dev ${declared.name} up`,
    )
  return finding(
    `${machine.name} has lost its address ${next}`,
    `ip -n ${machine.name} address add ${next}/${prefix} dev ${declared.name}`,
    shown,
  )
}

/** Whether a cable is up at both ends and plugged into its switch. */
function cableOff({ machine, declared, link, end }: Port, bridge: string): Evidence | undefined {
  const { name, port } = declared
  if (link?.up === false)
    return finding(`${name} of ${machine.name} is down`, `ip -n ${machine.name} link set dev ${name} up`)
  if (end === undefined) return finding(`the cable of ${name} of ${machine.name} is gone`, undefined)
  if (end.master !== bridge)
    return finding(
      `the cable of ${name} of ${machine.name} is plugged into ${end.master ?? 'nothing'}, not into ${bridge}`,
      `ip link set dev ${port} master ${bridge} up`,
    )
  if (!end.up)
    return finding(`the switch's end of the cable of ${machine.name} is down`, `ip link set dev ${port} up`)
  return undefined
}

/** Whether nobody listens where a packet has come to. */
export function deafness(
  { listeners = [] }: MachineFacts,
  place: Place,
  { destination, port }: Packet,
): Evidence | undefined {
  const onPort = listeners.filter(one => one.port === port)
  const hears = onPort.some(one =>
    ['*', '0.0.0.0', '[::]', destination].includes(one.address.replace(/^\[::ffff:(.*)\]$/, '$1')),
  )
  if (hears) return undefined
  const shown = [
    `$ ip netns exec ${place} ss -ltn`,
    ...listeners.map(one => `LISTEN ${one.address}:${one.port}`),
  ]
  if (onPort.length > 0)
    return finding(
      `the program in ${place} listens for port ${port} on ${onPort[0]?.address} only, not on ${destination}`,
      undefined,
      shown,
    )
  return finding(`nothing listens on port ${port} in ${place}`, undefined, shown)
}
