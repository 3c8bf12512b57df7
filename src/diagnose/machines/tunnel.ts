import type { Place } from '../../command/command.ts'
import { commandLine } from '../../command/command-line.ts'
import type { Lease, Overlay } from '../../model/lab.ts'
import { tunnelDevice } from '../../model/overlay.ts'
import { tunnelPort } from '../../network/overlay.ts'
import type { MachineFacts } from '../../observe/facts.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import type { Packet } from '../packet.ts'
import { showNeighbour } from '../show.ts'
import type { Surroundings } from './surroundings.ts'

/** A packet that carries another one. */
export interface Tunnel {
  /** Empty: that of the route. */
  source: string
  destination: string
  protocol: 'udp' | 'ipip'
  /** Of UDP. */
  port?: number
  /** Where and by which device the packet comes out of the one that has arrived somewhere, or why it does not. */
  opened(arrived: { place: Place; packet: Packet }): { place: Place; device: string } | Evidence
}

/** How flannel's tunnel carries a packet to the next hop, or what is off with it. */
export function flannelTunnel(
  { overlay, machines }: Surroundings,
  place: Place,
  next: string,
): Tunnel | Evidence {
  const own = overlay?.leases.find(({ node }) => node === place)
  if (overlay === undefined || own === undefined)
    return finding(`${place} sends by ${tunnelDevice}, which the lab does not know`, undefined)
  const end = tunnelEnd(overlay, machines, place, next)
  if ('headline' in end) return end
  const { node, publicIP } = end
  return {
    ...{ source: own.publicIP.address, destination: publicIP.address, protocol: 'udp', port: tunnelPort },
    opened: () => ({ place: node, device: tunnelDevice }),
  }
}

/** The node to whose end of the tunnel a packet is sent, or what the sender's kernel has wrong of it. */
function tunnelEnd(
  overlay: Overlay,
  machines: ReadonlyMap<Place, MachineFacts>,
  place: Place,
  next: string,
): Lease | Evidence {
  const peer = overlay.leases.find(({ subnet }) => subnet.address === next)
  if (peer === undefined)
    return finding(`${place} sends into the tunnel for ${next}, which is no node's`, undefined)
  const own = machines.get(place)
  const mac = deviceOf(machines.get(peer.node))?.mac
  if (mac === undefined) return finding(`${peer.node} has no ${tunnelDevice}`, undefined)
  const entry = own?.neighbours?.find(each => each.address === next && each.device === tunnelDevice)
  const known = ['ip', 'neigh', 'replace', next, 'lladdr', mac, 'dev', tunnelDevice, 'nud', 'permanent']
  const shown = showNeighbour(place, entry, next)
  if (entry?.mac === undefined)
    return finding(
      `${place} has no neighbour entry for ${next} on ${tunnelDevice}, and in a tunnel nobody answers ARP`,
      commandLine({ argv: known, in: place }),
      shown,
    )
  if (entry.mac !== mac)
    return finding(
      `${place} takes ${entry.mac} for ${next}, which is not the address of ${peer.node}'s ${tunnelDevice}`,
      commandLine({ argv: known, in: place }),
      shown,
    )
  return wrongMachine(place, own?.forwarding ?? [], mac, peer) ?? downAt(peer, machines) ?? peer
}

/** Whether the device sends a hardware address's frames to another machine than the one that has it, or to none. */
function wrongMachine(
  place: Place,
  forwarding: NonNullable<MachineFacts['forwarding']>,
  mac: string,
  { node, publicIP: { address } }: Lease,
): Evidence | undefined {
  const entries = forwarding.filter(each => each.mac === mac)
  if (entries.some(({ to }) => to === address)) return undefined
  const [wrong] = entries
  return finding(
    wrong === undefined
      ? `${place} does not know on which node ${mac} is: ${tunnelDevice} has no FDB entry for it`
      : `${place} sends frames for ${mac} to ${wrong.to}, and ${node}, which has it, is ${address}`,
    commandLine({ argv: ['bridge', 'fdb', 'replace', mac, 'dev', tunnelDevice, 'dst', address], in: place }),
    [
      `$ ${commandLine({ argv: ['bridge', 'fdb', 'show', 'dev', tunnelDevice], in: place })}`,
      ...forwarding.map(each => `${each.mac} dst ${each.to}`),
    ],
  )
}

function downAt({ node }: Lease, machines: ReadonlyMap<Place, MachineFacts>): Evidence | undefined {
  if (deviceOf(machines.get(node))?.up === true) return undefined
  const argv = ['ip', 'link', 'set', 'dev', tunnelDevice, 'up']
  return finding(`${tunnelDevice} of ${node} is down`, commandLine({ argv, in: node }))
}

function deviceOf(facts: MachineFacts | undefined) {
  return facts?.links?.find(({ name }) => name === tunnelDevice)
}
