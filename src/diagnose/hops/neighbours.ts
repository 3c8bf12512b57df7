import { host, type Place } from '../../command/command.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import { showLink, showNeighbour } from '../show.ts'
import type { Way } from '../way.ts'
import { cidrText } from './cable.ts'

/** Someone else has the address that a packet is for, or comes from: who asks for it may get the wrong answer. */
export function duplicate(way: Way, owner: Place | undefined, address: string): Evidence | undefined {
  if (owner === undefined) return undefined
  for (const [place, { links = [] }] of Object.entries(way.facts.places)) {
    const link = links.find(one => one.addresses.some(cidr => cidr.address === address))
    if (place === owner || link === undefined) continue
    const cidr = link.addresses.find(one => one.address === address)!
    const own = way.device(owner)?.name ?? way.hostSide(owner) ?? ''
    const mend = [
      `${ipIn(place)} address del ${cidrText(cidr)} dev ${link.name}`,
      ...misled(way, address, link.mac),
    ].join(' && ')
    const ownLink =
      owner === host
        ? way.host.links?.find(one => one.addresses.some(a => a.address === address))
        : way.link(owner)
    return finding(
      `${address} is there twice, a duplicate: ${owner} has it, and so does ${place}`,
      mend,
      showLink(owner, ownLink, ownLink?.name ?? own),
      showLink(place, link, link.name),
    )
  }
  return undefined
}

/** What a place remembers of the hardware address behind an address. */
export function neighbour(
  way: Way,
  place: Place | undefined,
  address: string,
  owner: Place | undefined,
): Evidence | undefined {
  const entry = way.place(place).neighbours?.find(one => one.address === address)
  const owners = owner === host ? hostMacs(way, place) : [way.link(owner)?.mac]
  if (entry?.mac === undefined || place === undefined || owners.length === 0 || owners.includes(entry.mac))
    return undefined
  if (owners.includes(undefined)) return undefined
  const shown =
    owner === host ? [] : [[`$ ip -n ${owner} -br link show`, `${way.link(owner)?.name} ${owners[0]}`]]
  const whose = owner === host ? 'the host' : owner
  return finding(
    `${place === host ? 'the host' : place}'s neighbour entry for ${address} is wrong, ${entry.mac} is not the address of ${whose}'s card`,
    `${ipIn(place)} neigh del ${address} dev ${entry.device}`,
    showNeighbour(place, entry, address),
    ...shown,
  )
}

/** The commands that make those forget who have taken the wrong one at its word. */
function misled(way: Way, address: string, mac: string): readonly string[] {
  return Object.entries(way.facts.places).flatMap(([place, { neighbours = [] }]) =>
    neighbours
      .filter(entry => entry.address === address && entry.mac === mac)
      .map(({ device }) => `${ipIn(place)} neigh del ${address} dev ${device}`),
  )
}

function ipIn(place: Place): string {
  return place === host ? 'ip' : `ip -n ${place}`
}

/** The hardware addresses by which the host can be reached from a place. */
function hostMacs(way: Way, place: Place | undefined): readonly (string | undefined)[] {
  const side = way.hostLink(way.hostSide(place))
  return side === undefined ? [] : [side.mac]
}
