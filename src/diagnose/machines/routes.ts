import { commandLine } from '../../command/command-line.ts'
import { valueAfter } from '../../command/ip-argv.ts'
import { contains, familyOf } from '../../model/address.ts'
import { gatewayIn } from '../../model/families.ts'
import type { LabMachine, Overlay } from '../../model/lab.ts'
import { routeTo } from '../../network/overlay.ts'
import type { MachineFacts, Route } from '../../observe/facts.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import { pathFilters } from '../kernel-switches.ts'
import type { Packet } from '../rule-match.ts'
import type { Shown } from '../show.ts'
import { cardOff } from './network.ts'
import type { Port } from './surroundings.ts'

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
}: Lost): Evidence {
  for (const port of ports) {
    const off = cardOff(port)
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
  const goes = answering === undefined ? '' : `, so the answer of ${answering} goes nowhere`
  const route = overlayRoute(overlay, place, packet.destination) ?? ownRoute(machine, packet.destination)
  return finding(
    `${place} has no route to ${packet.destination}${goes}`,
    route && commandLine({ argv: route, in: place }),
    shown,
  )
}

/** Whether a node sends what is for another one's pods by another way than flanneld's. */
export function otherWay(
  overlay: Overlay | undefined,
  place: string,
  destination: string,
  { device, gateway }: Route,
  shown: Shown,
): Evidence | undefined {
  const argv = overlayRoute(overlay, place, destination)
  if (argv === undefined) return undefined
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
  const add = ['ip', 'route', 'add']
  if (declared !== undefined)
    return [...add, `${declared.to.address}/${declared.to.prefix}`, 'via', declared.via]
  return gateway === undefined ? undefined : [...add, 'default', 'via', gateway]
}
