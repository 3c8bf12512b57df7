import { host, type Place } from '../../command/command.ts'
import type { Lab, LabMachine, MachineInterface } from '../../model/lab.ts'
import type { Link, MachineFacts, Route } from '../../observe/facts.ts'
import { machineFacts, machineReadings, wayAnswer, wayReading } from '../../observe/readings.ts'
import { readAll, type Source } from '../gather.ts'

/** An interface of a machine, as the lab has it, with what the kernel says of it and of its cable's other end. */
export interface Port {
  machine: LabMachine
  declared: MachineInterface
  link: Link | undefined
  /** The other end, on the host. */
  end: Link | undefined
}

/** All that a journey is followed in. */
export interface Surroundings {
  lab: Lab
  places: ReadonlyMap<Place, MachineFacts>
  /** Asks a kernel for the way of a packet: `3.3.3.3 from 10.1.1.9 iif eth0`. */
  wayOf(place: Place, packet: string): Promise<Route | string>
}

const keys = ['net.ipv4.ip_forward', 'net.ipv4.conf.all.route_localnet']

/** Reads what the kernel says in all machines of a lab. */
export async function readMachines(source: Source): Promise<Surroundings> {
  const { lab } = source.running
  const places = [host, ...lab.machines.map(({ name }) => name)]
  const texts = await readAll(
    source,
    places.flatMap(place => machineReadings(place, keys)),
  )
  return {
    lab,
    places: new Map(places.map(place => [place, machineFacts(place, texts)])),
    wayOf: async (place, packet) => wayAnswer(place, await readAll(source, [wayReading(place, packet)])),
  }
}

/** The interfaces of all machines. */
export function portsOf({ lab, places }: Surroundings): Port[] {
  const ends = places.get(host)?.links
  return lab.machines.flatMap(machine =>
    machine.interfaces.map(declared => ({
      machine,
      declared,
      link: places.get(machine.name)?.links?.find(({ name }) => name === declared.name),
      end: ends?.find(({ name }) => name === declared.port),
    })),
  )
}

/** What a network's bridge is called. */
export function bridgeOf({ networks }: Lab, network: string): string {
  return networks.find(({ name }) => name === network)?.bridge ?? network
}
