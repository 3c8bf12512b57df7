import { host, type Place } from '../../command/command.ts'
import type { Lab, LabMachine, MachineInterface } from '../../model/lab.ts'
import type { Link, MachineFacts, Route } from '../../observe/facts.ts'
import {
  addressReading,
  machineFacts,
  machineReadings,
  placeFacts,
  wayAnswer,
  wayReading,
} from '../../observe/readings.ts'
import { readAll, type Source } from '../gather.ts'

/** An interface of a machine, as the lab has it, with what the kernel says of it and of its cable's other end. */
export interface Port {
  machine: LabMachine
  declared: MachineInterface
  /** The bridge that its network is. */
  bridge: string
  link: Link | undefined
  /** The other end, on the host. */
  end: Link | undefined
}

/** All that a journey is followed in. */
export interface Surroundings {
  machines: ReadonlyMap<Place, MachineFacts>
  ports: readonly Port[]
  /** The host's: the switches, and the other ends of all cables. */
  hostLinks: readonly Link[]
  /** Asks a kernel for the way of a packet: `3.3.3.3 from 10.1.1.9 iif eth0`. */
  wayOf(place: Place, packet: string): Promise<Route | string>
}

/** The kernel's switches that decide what becomes of packets. */
export const settings = { forwards: 'net.ipv4.ip_forward', localnet: 'net.ipv4.conf.all.route_localnet' }

/** The switches of a device that make the kernel check by which way it would answer; the higher value holds (ip-sysctl, rp_filter). */
export function pathFilters(device: string): string[] {
  return ['all', device].map(name => `net.ipv4.conf.${name}.rp_filter`)
}

/** Reads what the kernel says in all machines of a lab; undefined where the lab has died meanwhile. */
export async function readMachines(source: Source): Promise<Surroundings | undefined> {
  const { lab } = source.running
  const places = lab.machines.map(({ name }) => name)
  const keysOf = ({ interfaces }: LabMachine) => [
    ...Object.values(settings),
    ...new Set(interfaces.flatMap(({ name }) => pathFilters(name))),
  ]
  const texts = await readAll(source, [
    addressReading(host),
    ...lab.machines.flatMap(machine => machineReadings(machine.name, keysOf(machine))),
  ])
  const { links: hostLinks } = placeFacts(host, [], texts)
  if (hostLinks === undefined) return undefined
  const machines = new Map(places.map(place => [place, machineFacts(place, texts)]))
  return {
    machines,
    ports: portsOf(lab, machines, hostLinks),
    hostLinks,
    wayOf: async (place, packet) => wayAnswer(place, await readAll(source, [wayReading(place, packet)])),
  }
}

function portsOf(
  { machines, networks }: Lab,
  facts: ReadonlyMap<Place, MachineFacts>,
  hostLinks: readonly Link[],
): Port[] {
  const bridges = new Map(networks.map(({ name, bridge }) => [name, bridge]))
  return machines.flatMap(machine =>
    machine.interfaces.map(declared => ({
      ...{ machine, declared },
      bridge: bridges.get(declared.network) ?? declared.network,
      link: facts.get(machine.name)?.links?.find(({ name }) => name === declared.name),
      end: hostLinks.find(({ name }) => name === declared.port),
    })),
  )
}

/** Whether an address is one of a machine's own. */
export function isOwn({ links = [] }: MachineFacts, address: string): boolean {
  return address.startsWith('127.') || links.some(link => link.addresses.some(own => own.address === address))
}
