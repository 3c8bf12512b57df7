import type { Place } from '../../command/command.ts'
import { commandLine } from '../../command/command-line.ts'
import type { Link, LinkTunnel } from '../../observe/facts.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import type { Packet } from '../packet.ts'
import { showLink } from '../show.ts'
import { again } from './own-network.ts'
import type { Surroundings } from './surroundings.ts'
import type { Tunnel } from './tunnel.ts'

/** Bytes that IPIP puts before a packet: the header of IPv4 (RFC 2003). */
export const ipipOverhead = 20

/**
 * How an IPIP tunnel carries a packet; undefined: the device is none. One without a far end sends to the next hop of the packet's route
 * (net/ipv4/ip_tunnel.c, `ip_tunnel_xmit`).
 */
export function ipipTunnel(
  surroundings: Surroundings,
  place: Place,
  device: string,
  next: string,
): Tunnel | undefined {
  const tunnel = linkOf(surroundings, place, device)?.tunnel
  if (tunnel?.kind !== 'ipip') return undefined
  return {
    ...{ source: tunnel.local ?? '', destination: tunnel.remote ?? next, protocol: 'ipip' },
    opened: arrived => openedBy(surroundings, arrived),
  }
}

function linkOf({ machines }: Surroundings, place: Place, device: string): Link | undefined {
  return machines.get(place)?.links?.find(({ name }) => name === device)
}

/** The device of a machine that opens a packet of protocol 4: of those that are up and fit, the one that says most of its ends. */
function openedBy(
  surroundings: Surroundings,
  { place, packet }: { place: Place; packet: Packet },
): { place: Place; device: string } | Evidence {
  const facts = surroundings.machines.get(place)
  const links = facts?.links ?? []
  const fitting = links
    .filter(({ tunnel }) => tunnel !== undefined && fits(tunnel, packet))
    .sort((a, b) => told(b) - told(a))
  const open = fitting.find(({ up }) => up)
  if (open !== undefined) return { place, device: open.name }
  const [down] = fitting
  const { source, destination } = packet
  const what = `packets of protocol 4 from ${source}`
  if (down !== undefined)
    return finding(
      `${down.name} of ${place} is down, so nobody there opens ${what}`,
      again(surroundings.own, { place, device: down.name, family: 'ipv4' }, facts),
      showLink(place, down, down.name),
    )
  const lost = lostTunnel(surroundings, place)
  if (lost !== undefined)
    return finding(
      `${place} has no ${lost}, so nobody there opens ${what}`,
      again(surroundings.own, { place, device: lost, family: 'ipv4' }, facts),
      showLink(place, undefined, lost),
    )
  return finding(`${place} has no IPIP tunnel that opens ${what} to ${destination}`, undefined, [
    `$ ${commandLine({ argv: ['ip', 'tunnel', 'show'], in: place })}`,
    ...links.flatMap(tunnelLine),
  ])
}

/** A tunnel that the lab's own commands have made there, and that is gone. */
function lostTunnel({ own, machines }: Surroundings, place: Place): string | undefined {
  const links = machines.get(place)?.links ?? []
  return [...(own.get(place)?.links ?? [])].find(
    ([name, { kind }]) => kind === 'ipip' && !links.some(link => link.name === name),
  )?.[0]
}

function fits({ kind, local, remote }: LinkTunnel, { source, destination }: Packet): boolean {
  return kind === 'ipip' && [undefined, destination].includes(local) && [undefined, source].includes(remote)
}

function told({ tunnel }: Link): number {
  return Number(tunnel?.remote !== undefined) * 2 + Number(tunnel?.local !== undefined)
}

/** `ip tunnel show` */
function tunnelLine({ name, tunnel }: Link): string[] {
  if (tunnel === undefined) return []
  return [`${name}: ip/ip remote ${tunnel.remote ?? 'any'} local ${tunnel.local ?? 'any'}`]
}
