import type { Command } from '../../command/command.ts'
import { host, type Place } from '../../command/command.ts'
import { commandLine } from '../../command/command-line.ts'
import { parseIptables } from '../../command/iptables-state.ts'
import type { Cidr } from '../../lab/lab.ts'
import type { Step } from '../../plan/plan.ts'
import { canonicalRule } from './rule-match.ts'
import type { Chain, Tables } from './tables.ts'

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
  return reader
}

class Reader implements Declared {
  readonly places = new Map<Place, DeclaredDevice>()
  readonly bridges = new Map<string, DeclaredDevice>()
  readonly sysctls = new Map<string, Setting<string>>()
  readonly tables = new Map<string, Map<string, Chain>>()
  readonly servers = new Set<Place>()
  readonly hostAddresses = new Map<string, Setting<Cidr>>()
  hostGateway?: string

  read(command: Command): void {
    const { argv, in: place } = command
    const [program, ...words] = argv
    if (command.container !== undefined) {
      this.servers.add(place)
    } else if (program === 'ip') this.#readIp(command, words)
    else if (program === 'bridge') this.#readPort(command, words)
    else if (program === 'sysctl') this.#readSysctl(command, words)
    else if (program === 'iptables' && place === host) this.#readIptables(argv)
  }

  #readSysctl(command: Command, words: readonly string[]): void {
    for (const word of words) {
      const [, key, value = ''] = /^([\w./-]+)=(.*)$/.exec(word) ?? []
      if (key !== undefined) this.sysctls.set(key, { value: value.trim(), command: commandLine(command) })
    }
  }

  #readIp(command: Command, words: readonly string[]): void {
    const [object = '', verb = ''] = words
    const isAdding = verb === 'add' || verb === 'replace' || verb === 'a'
    if (isShort(object, 'link')) {
      if (verb === 'add') this.#readNewLink(words)
      else this.#readLinkSet(command, words)
    } else if (isShort(object, 'address')) this.#readAddress(command, words, isAdding)
    else if (isShort(object, 'route') && words.includes('default')) {
      const value = after(words, 'via')
      const device = this.places.get(command.in)
      if (command.in === host && isAdding) this.hostGateway = commandLine(command)
      if (device === undefined) return
      if (value !== undefined && isAdding) device.gateway = { value, command: commandLine(command) }
      else delete device.gateway
    }
  }

  #readNewLink(words: readonly string[]): void {
    const name = after(words, 'name')
    const [kind, peer, place] = [after(words, 'type'), words.indexOf('peer'), after(words, 'netns')]
    if (name === undefined) return
    if (kind === 'bridge') this.bridges.set(name, { name })
    if (kind === 'veth' && peer !== -1 && place !== undefined) {
      this.places.set(place, { name: after(words.slice(peer), 'name') ?? 'eth0', hostEnd: name })
    }
  }

  #readLinkSet(command: Command, words: readonly string[]): void {
    const name = after(words, 'dev') ?? words.slice(2).find(word => !['up', 'down'].includes(word)) ?? ''
    const device = this.#device(command.in, name)
    if (device === undefined) return
    const line = commandLine(command)
    const master = after(words, 'master')
    if (master !== undefined) device.bridge = { value: master, command: line }
    if (words.includes('up') && device.hostEnd === name) device.hostEndUp = line
    else if (words.includes('up')) device.up = line
    else if (words.includes('down') && device.hostEnd !== name) delete device.up
    const hairpin = after(words, 'hairpin')
    if (hairpin !== undefined) device.hairpin = { value: hairpin === 'on', command: line }
  }

  #readPort(command: Command, words: readonly string[]): void {
    const device = this.#device(command.in, after(words, 'dev') ?? '')
    const hairpin = after(words, 'hairpin')
    if (device !== undefined && hairpin !== undefined)
      device.hairpin = { value: hairpin === 'on', command: commandLine(command) }
  }

  #readAddress(command: Command, words: readonly string[], isAdding: boolean): void {
    const cidr = words.find(word => /^[\d.]+\/\d+$/.test(word))
    const name = after(words, 'dev')
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

  #readIptables(argv: readonly string[]): void {
    const command = parseIptables(argv)
    if (command === undefined) return
    const { table, operation, chain: name, position, rule: words } = command
    const chains = this.tables.get(table) ?? new Map<string, Chain>()
    this.tables.set(table, chains)
    const chain = chains.get(name) ?? { name, packets: 0, rules: [] }
    const rule = { table, chain: name, number: 0, words, packets: 0 }
    const at = (position ?? 1) - 1
    switch (operation) {
      case '-P':
        chains.set(name, { ...chain, policy: words[0] ?? 'ACCEPT' })
        return
      case '-X':
        chains.delete(name)
        return
      case '-F':
        if (name === '') chains.clear()
        else chains.set(name, { ...chain, rules: [] })
        return
      case '-A':
        chain.rules.push(rule)
        break
      case '-I':
        chain.rules.splice(at, 0, rule)
        break
      case '-R':
        chain.rules[at] = rule
        break
      case '-D': {
        const same = chain.rules.findIndex(other => canonicalRule(other.words) === canonicalRule(words))
        const index = position === undefined ? same : at
        if (index !== -1) chain.rules.splice(index, 1)
      }
    }
    chains.set(name, chain)
  }
}

/** `a`, `addr` and `address` are the same to ip(8). */
function isShort(word: string, long: string): boolean {
  return word !== '' && long.startsWith(word)
}

function after(words: readonly string[], word: string): string | undefined {
  const at = words.indexOf(word)
  return at === -1 ? undefined : words[at + 1]
}
