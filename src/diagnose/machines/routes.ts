import { commandLine } from '../../command/command-line.ts'
import { valueAfter } from '../../command/ip-argv.ts'
import { contains, familyOf } from '../../model/address.ts'
import { gatewayIn } from '../../model/families.ts'
import type { LabMachine, Overlay, StaticRoute } from '../../model/lab.ts'
import { routeTo } from '../../network/overlay.ts'
import type { MachineFacts, Route } from '../../observe/facts.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import { cidrText } from '../hops/cable.ts'
import { pathFilters } from '../kernel-switches.ts'
import type { Packet } from '../packet.ts'
import type { Shown } from '../show.ts'
import { endOff } from './across-pair.ts'
import { type OwnNetwork, ownRouteOff } from './own-network.ts'
import type { PairedPod } from './paired-pods.ts'
import { cardOff, type Port } from './port.ts'
import type { Surroundings } from './surroundings.ts'

/** A machine that knows no way for a packet. */
export interface Lost {
  machine: LabMachine
  /** Its own. */
  ports: readonly Port[]
  packet: Packet
  /** The kernel's words. */
  said: string
  /** Its settings. */
  sysctls: MachineFacts['sysctls']
  /** Whose answer the packet is. */
  answering: string | undefined
  shown: Shown
  overlay: Overlay | undefined
  pairs: readonly PairedPod[]
  /** The command that brings a pod's default route, where that takes more than the route. */
  gateway: string | undefined
  /** What the lab's own commands have made. */
  own: OwnNetwork
  facts: MachineFacts
}

/** Why a machine knows no way: with a card or an address the kernel takes the routes over it. */
export function wayLost({
  machine,
  ports,
  packet,
  said,
  sysctls,
  answering,
  shown,
  overlay,
  pairs,
  gateway,
  own,
  facts,
}: Lost): Evidence {
  for (const port of ports) {
    const off = port.segment.bridge === undefined ? endOff(port, pairs) : cardOff(port)
    if (off !== undefined) return { ...off, lines: shown }
  }
  const { name: place } = machine
  // What says neither that there is no route nor that the way is barred is about the sender (fib_validate_source).
  const { source, in: device } = packet
  if (device !== undefined && !/unreachable|no route|prohibited|denied/i.test(said)) {
    const thrown = `${place} throws away what comes from ${source} by ${device}`
    const on = pathFilters(device, familyOf(source)).filter(key => !['0', undefined].includes(sysctls[key]))
    if (on.length === 0) return finding(`${thrown}: ${said}`, undefined, shown)
    return finding(
      `${thrown}, since its own way there is another (rp_filter)`,
      commandLine({ argv: ['sysctl', '-w', ...on.map(key => `${key}=0`)], in: place }),
      shown,
    )
  }
  const off =
    gateway === undefined
      ? ownRouteOff(own, { place, destination: packet.destination, instead: undefined }, facts, shown)
      : undefined
  if (off !== undefined) return off
  const goes = answering === undefined ? '' : `, so the answer of ${answering} goes nowhere`
  const route = overlayRoute(overlay, place, packet.destination) ?? ownRoute(machine, packet.destination)
  return finding(
    `${place} has no route to ${packet.destination}${goes}`,
    gateway ?? (route && commandLine({ argv: route, in: place })),
    shown,
  )
}

/** Whether a machine sends a packet by another way than the route that flanneld or the lab gave it for such. */
export function otherWay(
  { overlay, machines, ports, own }: Surroundings,
  place: string,
  destination: string,
  { device, gateway }: Route,
  shown: Shown,
): Evidence | undefined {
  const argv = overlayRoute(overlay, place, destination)
  const off = ownRouteOff(own, { place, destination, instead: gateway ?? device }, machines.get(place), shown)
  if (off !== undefined) return off
  if (argv === undefined) {
    const machine = ports.find(each => each.machine.name === place)?.machine
    const declared = machine?.routes.find(({ to }) => contains(to, destination))
    const isThere = machines.get(place)?.routes?.some(each => declared && isSame(each, declared))
    if (declared === undefined || isThere !== false) return undefined
    return finding(
      `${place} sends what is for ${destination} to ${gateway ?? device}, since its route to ${cidrText(declared.to)} is not there`,
      commandLine({ argv: added(declared), in: place }),
      shown,
    )
  }
  const [via, by] = [valueAfter(argv, 'via'), valueAfter(argv, 'dev')]
  if (gateway === via && device === by) return undefined
  return finding(
    `${place} sends what is for ${destination} to ${gateway ?? device}, since flannel's route to ${argv[3]} is not there`,
    commandLine({ argv, in: place }),
    shown,
  )
}

/** The route that flanneld gave a node for a pod's address. */
function overlayRoute(
  overlay: Overlay | undefined,
  place: string,
  destination: string,
): string[] | undefined {
  const own = overlay?.leases.find(({ node }) => node === place)
  const peer = overlay?.leases.find(({ subnet }) => contains(subnet, destination))
  if (overlay === undefined || own === undefined || peer === undefined || own === peer) return undefined
  return routeTo(overlay, own, peer)
}

/** The route that the lab gave a machine for an address. */
function ownRoute(machine: LabMachine, destination: string): string[] | undefined {
  const { routes } = machine
  const gateway = gatewayIn(machine, familyOf(destination))
  const declared = routes.find(({ to }) => contains(to, destination))
  if (declared !== undefined) return added(declared)
  return gateway === undefined ? undefined : ['ip', 'route', 'add', 'default', 'via', gateway]
}

function added({ to, via }: StaticRoute): string[] {
  return ['ip', 'route', 'add', cidrText(to), 'via', via]
}

/** ip(8) leaves the prefix of a single address out. */
function isSame({ destination, gateway }: Route, { to, via }: StaticRoute): boolean {
  const alone = familyOf(to.address) === 'ipv4' ? 32 : 128
  return gateway === via && destination === (to.prefix === alone ? to.address : cidrText(to))
}
