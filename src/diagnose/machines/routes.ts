import { commandLine } from '../../command/command-line.ts'
import { contains } from '../../model/address.ts'
import type { LabMachine } from '../../model/lab.ts'
import type { MachineFacts } from '../../observe/facts.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import type { Packet } from '../rule-match.ts'
import type { Shown } from '../show.ts'
import { cardOff } from './network.ts'
import { type Port, pathFilters } from './surroundings.ts'

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
}

/** Why a machine knows no way: with a card or an address the kernel takes the routes over it. */
export function wayLost({ machine, ports, packet, said, sysctls, answering, shown }: Lost): Evidence {
  for (const port of ports) {
    const off = cardOff(port)
    if (off !== undefined) return { ...off, lines: shown }
  }
  const { name: place } = machine
  // What says neither that there is no route nor that the way is barred is about the sender (fib_validate_source).
  const { source, in: device } = packet
  if (device !== undefined && !/unreachable|no route|prohibited|denied/i.test(said)) {
    const thrown = `${place} throws away what comes from ${source} by ${device}`
    const on = pathFilters(device).filter(key => !['0', undefined].includes(sysctls[key]))
    if (on.length === 0) return finding(`${thrown}: ${said}`, undefined, shown)
    return finding(
      `${thrown}, since its own way there is another (rp_filter)`,
      commandLine({ argv: ['sysctl', '-w', ...on.map(key => `${key}=0`)], in: place }),
      shown,
    )
  }
  const goes = answering === undefined ? '' : `, so the answer of ${answering} goes nowhere`
  const route = routeTo(machine, packet.destination)
  return finding(
    `${place} has no route to ${packet.destination}${goes}`,
    route && commandLine({ argv: ['ip', 'route', 'add', ...route], in: place }),
    shown,
  )
}

/** The route that the lab gave a machine for an address. */
function routeTo({ routes, gateway }: LabMachine, destination: string): string[] | undefined {
  const declared = routes.find(({ to }) => contains(to, destination))
  if (declared !== undefined) return [`${declared.to.address}/${declared.to.prefix}`, 'via', declared.via]
  return gateway === undefined ? undefined : ['default', 'via', gateway]
}
