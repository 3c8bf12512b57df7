import type { Action, Command } from '../command/command.ts'
import { host, type Place } from '../command/command.ts'
import { commandLine } from '../command/command-line.ts'
import { linkName, parseIp, valueAfter } from '../command/ip-argv.ts'
import type { Tables } from '../command/iptables-save.ts'
import { placed } from '../command/undo.ts'
import { canonical, type Family, familyOf } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import { bridgesByPlugins, networkOf, podInterface } from '../model/cni.ts'
import { addressesOf, gatewaysOf } from '../model/families.ts'
import type { Lab } from '../model/lab.ts'
import type { AddressedEnd, BridgePort, RoutedPair, Wire } from '../model/machine.ts'
import { wiringOf } from '../model/wiring.ts'
import { addressed, defaultRoute, plugged, up } from '../network/cable.ts'
import { answering, proxyArp, routeTo, routeToGateway } from '../network/routed-pair.ts'
import { carriedOut } from '../plan/carried-out.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { type DeclaredIpvs, type DeclaredRules, declaredRules } from './declared-rules.ts'

/** A value with the command that sets it, as people type it. */
export interface Setting<Value> {
  value: Value
  command: string
}

/** What a lab makes of a pod, of a machine outside, or of a bridge. */
export interface DeclaredDevice {
  /** The interface's name where it is: `eth0`, `br1`. */
  name: string
  address?: Setting<Cidr>
  up?: string
  /** `route`: the command that it needs before, where the gateway is on no network of its own. */
  gateway?: Setting<string> & { route?: string }
  /** The setting of the host's end by which the host answers for the gateway. */
  proxy?: Setting<string>
  /** The host's route to the address, where no bridge has it. */
  hostRoute?: string
  /** The other end of its cable, on the host. */
  hostEnd?: string
  /** The bridge that the other end is plugged into. */
  bridge?: Setting<string>
  /** The same, where a CNI plugin has done it, to an end whose name it made up. */
  pluggedByPlugin?: string
}

/** What a lab's steps leave behind, as far as packets care. */
export interface Declared {
  /** Pods and outside machines. */
  places: ReadonlyMap<Place, DeclaredDevice>
  bridges: ReadonlyMap<string, DeclaredDevice>
  /** The pods that run programs. */
  servers: ReadonlySet<Place>
  /** The command that gives the host its default route. */
  hostGateway?: string
  /** The host's own addresses on bridges and wires, by interface. */
  hostAddresses: ReadonlyMap<string, Setting<Cidr>>
  /** The host's; worked out where they are asked for. */
  readonly tables: Tables
  /** The same. */
  readonly ipvs: DeclaredIpvs
}

/** What the first so many of a lab's steps leave behind in one family: what it declares, and what its own commands change of that. */
export function declaredBy(running: LabInCondition, steps: number, family: Family): Declared {
  const declaration = new Declaration(() => declaredRules(carriedOut(running, steps), host, family), family)
  for (const { build, run } of running.outlines.slice(0, steps)) {
    if (build.includes('network')) declaration.wire(running.lab)
    if (build.includes('cni')) declaration.attach(running.lab)
    if (build.includes('servers')) declaration.serve(running.lab)
    for (const { argv, in: place } of run) declaration.change(placed(argv, place))
  }
  return declaration
}

class Declaration implements Declared {
  readonly places = new Map<Place, DeclaredDevice>()
  readonly bridges = new Map<string, DeclaredDevice>()
  readonly servers = new Set<Place>()
  readonly hostAddresses = new Map<string, Setting<Cidr>>()
  hostGateway?: string
  readonly #compiled: () => DeclaredRules
  readonly #family: Family
  #rules: DeclaredRules | undefined

  constructor(compiled: () => DeclaredRules, family: Family) {
    this.#compiled = compiled
    this.#family = family
  }

  get tables(): Tables {
    return this.#known.tables
  }

  get ipvs(): DeclaredIpvs {
    return this.#known.ipvs
  }

  get #known(): DeclaredRules {
    this.#rules ??= this.#compiled()
    return this.#rules
  }

  wire(lab: Lab): void {
    const { networks, machines } = wiringOf(lab)
    for (const network of networks) {
      if (network.kind === 'segment' || network.place !== host) continue
      const { name } = network
      const end = { ...network, interface: name }
      const address = addressSetting(end, this.#family)
      this.bridges.set(name, { name, ...withAddress(address), up: lineOf(up(end)) })
      if (address !== undefined) this.hostAddresses.set(name, address)
    }
    for (const { name, links } of machines) {
      for (const link of links) {
        // The way over nodes and machines on networks is followed in machines/.
        if (link.kind === 'segment-port' || link.kind === 'macvlan' || link.kind === 'vxlan') continue
        if (link.far.place !== host) continue
        this.places.set(name, deviceOf(link, this.#family))
        if (link.kind === 'wire') this.#wired(link.far)
      }
    }
  }

  /** What CNI plugins have made; what the node's ends of the cables are called is to be seen in the kernel only. */
  attach(lab: Lab): void {
    for (const { node, name, address } of bridgesByPlugins(lab)) {
      if (node !== host) continue
      const end = { place: node, interface: name, address }
      const setting = addressSetting(end, this.#family)
      this.bridges.set(name, { name, ...withAddress(setting), up: lineOf(up(end)) })
      if (setting !== undefined) this.hostAddresses.set(name, setting)
    }
    for (const pod of lab.pods) {
      const network = networkOf(lab, pod)
      if (network === undefined || pod.node !== host) continue
      const { name: place, address, gateway } = pod
      const near = { place, interface: podInterface, address, ...(gateway === '' ? {} : { gateway }) }
      this.places.set(place, {
        ...ownEnd(near, this.#family),
        ...(network.bridge === undefined ? {} : { pluggedByPlugin: network.bridge }),
      })
    }
  }

  #wired(far: AddressedEnd): void {
    const address = addressSetting(far, this.#family)
    if (address !== undefined) this.hostAddresses.set(far.interface, address)
    const gateway = gatewaySetting(far, this.#family)
    if (gateway !== undefined) this.hostGateway = gateway.command
  }

  serve({ pods }: Lab): void {
    for (const { name, containers } of pods) if (containers.length > 0) this.servers.add(name)
  }

  /** What a lab's own command changes has no model: it is read from its words. */
  change(command: Command): void {
    const ip = parseIp(command.argv)
    if (ip === undefined) return
    const { object, verb, words } = ip
    const isAdding = verb === 'add' || verb === 'replace'
    if (object === 'link') {
      if (verb === 'add') this.#newLink(words)
      else this.#changeLink(command, words)
    } else if (object === 'address') this.#changeAddress(command, words, isAdding)
    else if (object === 'route' && words.includes('default')) {
      const value = valueAfter(words, 'via')
      // Where no next hop tells, ip(8) means IPv4.
      const unsaid = ip.options.includes('-6') ? 'ipv6' : 'ipv4'
      if ((value === undefined ? unsaid : familyOf(value)) !== this.#family) return
      const device = this.places.get(command.in)
      if (command.in === host && isAdding) this.hostGateway = commandLine(command)
      if (device === undefined) return
      if (value !== undefined && isAdding) device.gateway = { value, command: commandLine(command) }
      else delete device.gateway
    }
  }

  #newLink(words: readonly string[]): void {
    const name = linkName(words)
    const [kind, peer, place] = [valueAfter(words, 'type'), words.indexOf('peer'), valueAfter(words, 'netns')]
    if (name === undefined) return
    if (kind === 'bridge') this.bridges.set(name, { name })
    if (kind === 'veth' && peer !== -1 && place !== undefined) {
      this.places.set(place, { name: valueAfter(words.slice(peer), 'name') ?? 'eth0', hostEnd: name })
    }
  }

  #changeLink(command: Command, words: readonly string[]): void {
    const name = linkName(words) ?? ''
    const device = this.#device(command.in, name)
    if (device === undefined) return
    const line = commandLine(command)
    const master = valueAfter(words, 'master')
    if (master !== undefined) device.bridge = { value: master, command: line }
    if (device.hostEnd === name) return
    if (words.includes('up')) device.up = line
    else if (words.includes('down')) delete device.up
  }

  #changeAddress(command: Command, words: readonly string[], isAdding: boolean): void {
    const cidr = words.find(word => /^[\dA-Fa-f.:]+\/\d+$/.test(word))
    if (cidr !== undefined && familyOf(cidr) !== this.#family) return
    const name = valueAfter(words, 'dev')
    if (cidr === undefined || name === undefined) return
    const [written = '', prefix = '32'] = cidr.split('/')
    const address = canonical(written)
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

/** A machine's own end of a link, with what is at the other. */
function deviceOf(link: BridgePort | RoutedPair | Wire, family: Family): DeclaredDevice {
  const { near, far } = link
  return {
    ...ownEnd(near, family),
    hostEnd: far.interface,
    ...(link.kind === 'bridge-port'
      ? { bridge: { value: link.network, command: lineOf(plugged(link)) } }
      : {}),
    ...(link.kind === 'routed-pair' ? pairOf(link, family) : {}),
  }
}

function ownEnd(near: AddressedEnd, family: Family): DeclaredDevice {
  const gateway = gatewaySetting(near, family)
  return {
    name: near.interface,
    ...withAddress(addressSetting(near, family)),
    up: lineOf(up(near)),
    ...(gateway === undefined ? {} : { gateway }),
  }
}

function withAddress(address: Setting<Cidr> | undefined): Pick<DeclaredDevice, 'address'> {
  return address === undefined ? {} : { address }
}

/** The address of one family, with the command that sets it. */
function addressSetting(end: AddressedEnd, family: Family): Setting<Cidr> | undefined {
  const all = addressesOf(end)
  const at = all.findIndex(({ address }) => familyOf(address) === family)
  const action = addressed(end)[at]
  return action === undefined ? undefined : { value: all[at]!, command: lineOf(action) }
}

/** What a pod with a /32 has in place of a bridge. */
function pairOf(pair: RoutedPair, family: Family): Partial<DeclaredDevice> {
  const gateway = gatewaySetting(pair.near, family)
  return {
    ...(gateway === undefined ? {} : { gateway: { ...gateway, route: lineOf(routeToGateway(pair)) } }),
    proxy: { value: proxyArp(pair.far.interface), command: lineOf(answering(pair.far)) },
    hostRoute: lineOf(routeTo(pair)),
  }
}

function gatewaySetting(end: AddressedEnd, family: Family): Setting<string> | undefined {
  const all = gatewaysOf(end)
  const at = all.findIndex(gateway => familyOf(gateway) === family)
  const action = defaultRoute(end)[at]
  return action === undefined ? undefined : { value: all[at]!, command: lineOf(action) }
}

function lineOf({ command }: Action): string {
  return commandLine(command)
}
