import type { Place } from '../../command/command.ts'
import type { Cidr } from '../../model/cidr.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import { showLink, showPort, showRoutes } from '../show.ts'
import type { Way } from '../way.ts'
import { gatewayCommands } from './gateway.ts'

/** A pod's or machine's own interface, its cable, and the bridge port at the other end. */
export function cable(way: Way, place: Place | undefined): Evidence | undefined {
  return ownEnd(way, place) ?? otherEnd(way, place) ?? port(way, place)
}

function ownEnd(way: Way, place: Place | undefined): Evidence | undefined {
  const device = way.device(place)
  const { links } = way.place(place)
  if (device === undefined || place === undefined || links === undefined) return undefined
  const link = way.link(place)
  if (link === undefined)
    return finding(
      `${place} has no ${device.name}: its cable is gone`,
      undefined,
      showLink(place, link, device.name),
    )
  if (link.up) return undefined
  // Switching an interface off takes its routes away, and switching it on brings back only its own subnet's.
  const up = device.up ?? `ip -n ${place} link set dev ${device.name} up`
  return finding(
    `${device.name} in ${place} is down`,
    [up, ...gatewayCommands(way, place)].join(' && '),
    showLink(place, link, device.name),
    showRoutes(way, place),
  )
}

function otherEnd(way: Way, place: Place | undefined): Evidence | undefined {
  const device = way.device(place)
  if (device?.hostEnd === undefined || way.host.links === undefined) return undefined
  const link = way.hostLink(device.hostEnd)
  if (link?.up) return undefined
  const shown = [showLink('host', link, device.hostEnd), showLink(place, way.link(place), device.name)]
  const what = `${device.hostEnd}, the host's end of ${place}'s cable,`
  if (link === undefined) return finding(`${what} is not there`, undefined, ...shown)
  // The kernel has taken the host's route over it.
  const mend = [
    `ip link set dev ${device.hostEnd} up`,
    ...(device.hostRoute === undefined ? [] : [device.hostRoute]),
  ]
  return finding(`${what} is down`, mend.join(' && '), ...shown)
}

function port(way: Way, place: Place | undefined): Evidence | undefined {
  const device = way.device(place)
  if (device?.hostEnd === undefined || device.bridge === undefined || way.host.links === undefined)
    return undefined
  const { value: bridge, command } = device.bridge
  // The ports of a bridge that is down are disabled with it.
  if (way.hostLink(bridge)?.up === false) return undefined
  const link = way.hostLink(device.hostEnd)
  const shown = showPort(link, device.hostEnd)
  if (link?.master === undefined)
    return finding(
      `${place} is plugged into no bridge, its ${device.hostEnd} belongs to ${bridge}`,
      command,
      shown,
    )
  if (link.master !== bridge)
    return finding(`${place} is plugged into ${link.master}, not into ${bridge}`, command, shown)
  if (link.port !== undefined && link.port.state !== 'forwarding') {
    const mend = `bridge link set dev ${device.hostEnd} state 3`
    return finding(
      `${bridge}'s port ${device.hostEnd} is ${link.port.state}, it lets nothing through`,
      mend,
      shown,
    )
  }
  return undefined
}

/** A pod's or machine's own address, with its mask. */
export function address(way: Way, place: Place | undefined): Evidence | undefined {
  const device = way.device(place)
  const link = way.link(place)
  if (device?.address === undefined || link === undefined || place === undefined) return undefined
  const { value, command } = device.address
  if (link.addresses.some(one => cidrText(one) === cidrText(value))) return undefined
  const shown = [showLink(place, link, device.name), showRoutes(way, place)]
  const mend = readdress(
    `ip -n ${place}`,
    command,
    link.addresses,
    device.name,
    gatewayCommands(way, place, true),
  )
  return finding(wrongAddress(`${place}'s ${device.name}`, value, link.addresses), mend, ...shown)
}

/** `…'s eth0 has 10.0.0.99/24, the lab gives it 10.0.0.11/24`; of the same address only the mask is named. */
export function wrongAddress(whose: string, wanted: Cidr, present: readonly Cidr[]): string {
  const masked = present.find(one => one.address === wanted.address)
  if (masked !== undefined)
    return `${whose} has ${wanted.address} with the wrong mask, /${masked.prefix} where the lab gives it /${wanted.prefix}`
  const has =
    present.length === 0 ? 'no address' : `the wrong address, ${present.map(cidrText).join(' and ')}`
  return `${whose} has ${has}; the lab gives it ${cidrText(wanted)}`
}

/**
 * The wrong addresses go first: one that was added later in the same subnet would take the right one with it. With its last
 * address an interface loses its routes, so the default route is set again.
 */
export function readdress(
  ip: string,
  command: string,
  present: readonly Cidr[],
  device: string,
  gateway: readonly string[],
): string {
  const away = present.map(one => `${ip} address del ${cidrText(one)} dev ${device}`)
  return [...away, command, ...gateway.map(asReplacement)].join(' && ')
}

/** A command that adds a route, also where there is one already. */
export function asReplacement(command: string): string {
  return command.replace(' route add ', ' route replace ')
}

export function cidrText({ address, prefix }: Cidr): string {
  return `${address}/${prefix}`
}
