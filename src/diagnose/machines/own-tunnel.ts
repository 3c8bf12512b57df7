import type { Place } from '../../command/command.ts'
import { commandLine } from '../../command/command-line.ts'
import type { LabMachine, VxlanInterface } from '../../model/lab.ts'
import { vxlanNetwork } from '../../model/vxlan.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import { cardOff } from './port.ts'
import type { Surroundings } from './surroundings.ts'
import type { Tunnel } from './tunnel.ts'

/** How a lab's own VXLAN carries a packet to the next hop, or what is off with it; undefined: the device is none. */
export function ownTunnel(
  { machines, ports }: Surroundings,
  place: Place,
  device: string,
  next: string,
): Tunnel | Evidence | undefined {
  const all = [...new Set(ports.map(({ machine }) => machine))]
  const own = all.find(({ name }) => name === place)?.vxlans?.find(({ name }) => name === device)
  if (own === undefined) return undefined
  const ends = all.filter(({ name }) => name !== place).flatMap(machine => endsOf(machine, own))
  const peer = ends.find(({ vxlan }) => vxlan.addresses.some(({ address }) => address === next))
  const called = vxlanNetwork(own)
  if (peer === undefined) return finding(`nobody on ${called} has ${next}`, undefined)
  const { machine, vxlan } = peer
  if (!own.remotes.includes(vxlan.local)) {
    const argv = ['bridge', 'fdb', 'append', '00:00:00:00:00:00', 'dev', device, 'dst', vxlan.local]
    const known = own.remotes.join(' and ')
    return finding(
      `${device} of ${place} sends to ${known}, and ${machine.name}, which has ${next} on ${called}, is ${vxlan.local}`,
      commandLine({ argv, in: place }),
    )
  }
  const there = machines.get(machine.name)?.links?.find(({ name }) => name === vxlan.name)
  if (there === undefined) return finding(`${machine.name} has no ${vxlan.name}`, undefined)
  const addresses = vxlan.addresses.filter(({ address }) => address === next)
  const off = cardOff({ machine, declared: { name: vxlan.name, addresses }, link: there })
  if (off !== undefined) return off
  return {
    ...{ source: own.local, destination: vxlan.local, protocol: 'udp', port: vxlan.port },
    opened: () => ({ place: machine.name, device: vxlan.name }),
  }
}

function endsOf(machine: LabMachine, { id, port }: VxlanInterface) {
  return (machine.vxlans ?? [])
    .filter(each => each.id === id && each.port === port)
    .map(vxlan => ({ machine, vxlan }))
}
