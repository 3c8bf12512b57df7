import type { Place } from '../../command/command.ts'
import { commandLine } from '../../command/command-line.ts'
import type { LabMachine, MachineInterface } from '../../model/lab.ts'
import type { Link } from '../../observe/facts.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'

/** A bridge that is a network of a lab, or a cable. */
export interface Segment {
  /** `network lan`, `bridge docker0 of hdss7-21` */
  called: string
  /** The bridge in words: `the switch of network lan` */
  device: string
  /** Where it is. */
  place: Place
  /** Undefined: it is a cable between two, and there is no bridge. */
  bridge: string | undefined
  /** Bytes: the largest packet on it, as the lab has it; left out: 1500. */
  mtu?: number
  /** The bridge itself. */
  link: Link | undefined
}

/** An interface on a segment, as the lab has it, with what the kernel says of it and of its cable's other end. */
export interface Port {
  machine: LabMachine
  declared: MachineInterface
  segment: Segment
  link: Link | undefined
  /** The other end, where the segment is; `none`: it is the segment's bridge itself. */
  end: Link | 'none' | undefined
  /** The interface of which it is a macvlan. */
  parent?: { place: Place; name: string }
}

/** A machine's own end of a network. */
interface Card extends Pick<Port, 'machine' | 'link'> {
  declared: Pick<MachineInterface, 'name' | 'addresses'>
}

/** Whether a machine's card is down, or has lost an address that the lab gave it. */
export function cardOff({ machine, declared: { name, addresses }, link }: Card): Evidence | undefined {
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
