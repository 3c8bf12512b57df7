import type { Command } from '../command/command.ts'
import { host, type Place } from '../command/command.ts'
import { commandLine } from '../command/command-line.ts'
import { linkName, parseIp, valueAfter } from '../command/ip-argv.ts'
import type { Tables } from '../command/iptables-save.ts'
import { IptablesState } from '../command/iptables-state.ts'
import type { Cidr } from '../model/lab.ts'
import type { Step } from '../plan/plan.ts'

/** A value with the command that sets it, as people type it. */
export interface Setting<Value> {
  value: Value
  command: string
}

/** What a plan's commands make of a pod, of a machine outside, or of a bridge. */
export interface DeclaredDevice {
  /** The interface's name where it is: `eth0`, `br1`. */
  name: string
  address?: Setting<Cidr>
  up?: string
  gateway?: Setting<string>
  /** The other end of its cable, on the host. */
  hostEnd?: string
  hostEndUp?: string
  /** The bridge that the other end is plugged into. */
  bridge?: Setting<string>
  hairpin?: Setting<boolean>
}

/** What the commands of a plan's steps leave behind, as far as packets care. */
export interface Declared {
  /** Pods and outside machines. */
  places: ReadonlyMap<Place, DeclaredDevice>
  bridges: ReadonlyMap<string, DeclaredDevice>
  sysctls: ReadonlyMap<string, Setting<string>>
  /** The host's. */
  tables: Tables
  /** The pods that run programs. */
  servers: ReadonlySet<Place>
  /** The command that gives the host its default route. */
  hostGateway?: string
  /** The host's own addresses on bridges and wires, by interface. */
  hostAddresses: ReadonlyMap<string, Setting<Cidr>>
}

/** Reads out of a plan's steps what they declare. */
export function declaredBy(steps: readonly Step[]): Declared {
  const reader = new Reader()
  for (const step of steps) for (const { command } of step.actions) reader.read(command)
  reader.readTables()
  return reader
}

class Reader implements Declared {
  readonly places = new Map<Place, DeclaredDevice>()
  readonly bridges = new Map<string, DeclaredDevice>()
  readonly sysctls = new Map<string, Setting<string>>()
  readonly servers = new Set<Place>()
  readonly hostAddresses = new Map<string, Setting<Cidr>>()
  tables: Tables = new Map()
  hostGateway?: string
  readonly #iptables = new IptablesState()

  readTables(): void {
    this.tables = this.#iptables.tables(host, 'iptables')
  }

  read(command: Command): void {
    const { argv, in: place } = command
    const [program, ...words] = argv
    if (command.container !== undefined) {
      this.servers.add(place)
    } else if (program === 'ip') this.#readIp(command)
    else if (program === 'bridge') this.#readPort(command, words)
    else if (program === 'sysctl') this.#readSysctl(command, words)
    else this.#iptables.note(place, argv)
  }

  #readSysctl(command: Command, words: readonly string[]): void {
    for (const word of words) {
      const [, key, value = ''] = /^([\w./-]+)=(.*)$/.exec(word) ?? []
      if (key !== undefined) this.sysctls.set(key, { value: value.trim(), command: commandLine(command) })
    }
  }

  #readIp(command: Command): void {
    const ip = parseIp(command.argv)
    if (ip === undefined) return
    const { object, verb, words } = ip
    const isAdding = verb === 'add' || verb === 'replace'
    if (object === 'link') {
      if (verb === 'add') this.#readNewLink(words)
      else this.#readLinkSet(command, words)
    } else if (object === 'address') this.#readAddress(command, words, isAdding)
    else if (object === 'route' && words.includes('default')) {
      const value = valueAfter(words, 'via')
      const device = this.places.get(command.in)
      if (command.in === host && isAdding) this.hostGateway = commandLine(command)
      if (device === undefined) return
      if (value !== undefined && isAdding) device.gateway = { value, command: commandLine(command) }
      else delete device.gateway
    }
  }

  #readNewLink(words: readonly string[]): void {
    const name = linkName(words)
    const [kind, peer, place] = [valueAfter(words, 'type'), words.indexOf('peer'), valueAfter(words, 'netns')]
    if (name === undefined) return
    if (kind === 'bridge') this.bridges.set(name, { name })
    if (kind === 'veth' && peer !== -1 && place !== undefined) {
      this.places.set(place, { name: valueAfter(words.slice(peer), 'name') ?? 'eth0', hostEnd: name })
    }
  }

  #readLinkSet(command: Command, words: readonly string[]): void {
    const name = linkName(words) ?? ''
    const device = this.#device(command.in, name)
    if (device === undefined) return
    const line = commandLine(command)
    const master = valueAfter(words, 'master')
    if (master !== undefined) device.bridge = { value: master, command: line }
    if (words.includes('up') && device.hostEnd === name) device.hostEndUp = line
    else if (words.includes('up')) device.up = line
    else if (words.includes('down') && device.hostEnd !== name) delete device.up
    const hairpin = valueAfter(words, 'hairpin')
    if (hairpin !== undefined) device.hairpin = { value: hairpin === 'on', command: line }
  }

  #readPort(command: Command, words: readonly string[]): void {
    const device = this.#device(command.in, valueAfter(words, 'dev') ?? '')
    const hairpin = valueAfter(words, 'hairpin')
    if (device !== undefined && hairpin !== undefined)
      device.hairpin = { value: hairpin === 'on', command: commandLine(command) }
  }

  #readAddress(command: Command, words: readonly string[], isAdding: boolean): void {
    const cidr = words.find(word => /^[\d.]+\/\d+$/.test(word))
    const name = valueAfter(words, 'dev')
    if (cidr === undefined || name === undefined) return
    const [address = '', prefix = '32'] = cidr.split('/')
    const device = this.#device(command.in, name)
    if (!isAdding) {
      if (command.in === host) this.hostAddresses.delete(name)
      if (device?.address?.value.address === address) delete device.address
      return
    }
    const setting = { value: { address, prefix: Number(prefix) }, command: commandLine(command) }
    if (command.in === host) this.hostAddresses.set(name, setting)
    if (device !== undefined && device.hostEnd !== name) device.address = setting
  }

  /** The pod, machine or bridge that an interface belongs to. */
  #device(place: Place, name: string): DeclaredDevice | undefined {
    if (place !== host) {
      const device = this.places.get(place)
      return device?.name === name ? device : undefined
    }
    return this.bridges.get(name) ?? [...this.places.values()].find(device => device.hostEnd === name)
  }
}
