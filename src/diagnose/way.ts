import { host, type Place } from '../command/command.ts'
import { commandLine } from '../command/command-line.ts'
import { chainOf, iptablesLine, type ListedRule, type Tables } from '../command/iptables-save.ts'
import { type Family, isLoopback, joinHostPort, splitHostPort } from '../model/address.ts'
import { iptablesOf } from '../model/families.ts'
import type { Lab } from '../model/lab.ts'
import { plugged } from '../network/cable.ts'
import type { Facts, Link, PlaceFacts } from '../observe/facts.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { ServiceTarget } from '../plan/plan.ts'
import { type Declared, type DeclaredDevice, declaredBy } from './declared.ts'
import { type KernelSwitches, kernelSwitches } from './kernel-switches.ts'
import type { Packet } from './packet.ts'
import { placeOf, protocolOf, type Question, serviceAsked } from './question.ts'
import type { Surroundings } from './rule-match.ts'
import { continued, type Outcome, type Trace, trace } from './trace.ts'

/** Where a packet goes after the nat table has had its say. */
export interface Endpoint {
  /** Undefined where nobody of the lab has that address. */
  place: Place | undefined
  address: string
  port: number
  /** The outcome of the nat table that led here; undefined where nothing was translated. */
  translation: Outcome | undefined
}

/** The way of a packet from the sender to where it ends, seen with the facts: what each hop's rule looks at. */
export class Way {
  readonly facts: Facts
  readonly lab: Lab
  readonly question: Question
  readonly declared: Declared
  readonly switches: KernelSwitches
  readonly service: ServiceTarget | undefined
  /** The address asked for. */
  readonly address: string
  readonly port: number
  /** What the nat table does with the first packet, and what it would do if it were as the plan made it. */
  readonly translation: Trace
  readonly declaredTranslation: Trace
  /** Where the packet can go; those that did not answer while others did stand alone. */
  readonly endpoints: readonly Endpoint[]
  readonly around: Surroundings
  /** The same, if all were as the plan made it. */
  readonly declaredAround: Surroundings

  constructor(facts: Facts, running: LabInCondition, question: Question) {
    this.facts = facts
    this.lab = running.lab
    this.question = question
    this.declared = declaredBy(running, question.steps, question.family)
    this.switches = kernelSwitches[question.family]
    this.service = serviceAsked(running, question)
    this.address = question.address ?? ''
    this.port = question.port
    this.around = {
      isLocal: address => isLoopback(address) || this.hostAddresses.includes(address),
      rose: rule => this.risen(rule) > 0,
      ...(facts.after.ipvs === undefined ? {} : { sets: facts.after.ipvs.sets }),
    }
    this.declaredAround =
      facts.after.ipvs === undefined
        ? this.around
        : {
            ...this.around,
            isLocal: address => this.around.isLocal(address) || this.declared.ipvs.addresses.has(address),
            sets: this.declared.ipvs.sets,
          }
    this.translation = this.#translated(facts.after.tables, this.around)
    this.declaredTranslation = this.#translated(this.declared.tables, this.declaredAround)
    this.endpoints = this.#suspects()
  }

  get family(): Family {
    return this.question.family
  }

  /** `10.0.0.11:8080` */
  get target(): string {
    return joinHostPort(this.address, this.port)
  }

  /** A command of the program that has the packet's rules, as people type it. */
  iptables(table: string, ...words: readonly string[]): string {
    return iptablesLine(iptablesOf(this.family), table, ...words)
  }

  get from(): Place {
    return this.question.from
  }

  get fromHost(): boolean {
    return this.from === host
  }

  get host(): PlaceFacts {
    return this.place(host)
  }

  place(name: Place | undefined): PlaceFacts {
    return this.facts.places[name ?? ''] ?? { routesTo: {} }
  }

  device(name: Place | undefined): DeclaredDevice | undefined {
    const device = this.declared.places.get(name ?? '')
    if (device === undefined || device.hostEnd !== undefined) return device
    const peer = this.place(name).links?.find(link => link.name === device.name)?.peer
    const end = this.host.links?.find(link => link.index !== undefined && link.index === peer)?.name
    if (end === undefined) return device
    const { pluggedByPlugin: network } = device
    if (network === undefined) return { ...device, hostEnd: end }
    const command = commandLine(plugged({ far: { place: host, interface: end }, network }).command)
    return { ...device, hostEnd: end, bridge: { value: network, command } }
  }

  hostLink(name: string | undefined): Link | undefined {
    return this.host.links?.find(link => link.name === name)
  }

  /** The interface in a pod or machine. */
  link(name: Place | undefined): Link | undefined {
    const device = this.device(name)?.name ?? 'eth0'
    return this.place(name).links?.find(link => link.name === device)
  }

  /** The host's interface through which a place's packets come and go: its bridge, else its wire. */
  hostSide(name: Place | undefined): string | undefined {
    const device = this.device(name)
    return device?.bridge?.value ?? device?.hostEnd
  }

  /** Whether the host answers for an address to a place that has it as its gateway. */
  isProxied(name: Place | undefined, address: string): boolean {
    const device = this.device(name)
    return device?.proxy !== undefined && device.gateway?.value === address
  }

  get hostAddresses(): readonly string[] {
    const real = this.host.links?.flatMap(link => link.addresses.map(({ address }) => address))
    return real ?? [...this.declared.hostAddresses.values()].map(({ value }) => value.address)
  }

  /** The address that the sender's packets carry until somebody masquerades them. */
  get source(): string {
    const declared = this.device(this.from)?.address?.value.address
    if (declared !== undefined) return declared
    const route = this.place(this.from).routesTo[this.address]
    return (
      (typeof route === 'object' ? route.source : undefined) ?? (this.family === 'ipv4' ? '0.0.0.0' : '::')
    )
  }

  /** Frames that only cross a bridge visit iptables as well. */
  get bridgeCallsIptables(): boolean {
    return this.facts.sysctls[this.switches.bridged] !== '0'
  }

  onOneBridge(endpoint: Endpoint): boolean {
    const bridge = this.device(this.from)?.bridge?.value
    return bridge !== undefined && bridge === this.device(endpoint.place)?.bridge?.value
  }

  /** The host's IP layer does not take part: frames are switched from port to port. */
  isSwitched(endpoint: Endpoint): boolean {
    return endpoint.translation === undefined && this.onOneBridge(endpoint) && endpoint.place !== this.from
  }

  /** IPVS takes the packet as one for the host itself, and the host sends it on as its own. */
  isBalanced({ translation }: Endpoint): boolean {
    return translation?.rule?.server !== undefined
  }

  /** The host passes the packet on from one of its interfaces to another (br_netfilter lets frames stay on their bridge). */
  isRouted(endpoint: Endpoint): boolean {
    if (this.fromHost || endpoint.place === host || this.isBalanced(endpoint)) return false
    return !this.onOneBridge(endpoint) || (endpoint.translation !== undefined && !this.bridgeCallsIptables)
  }

  /** By how many packets a rule's counter has risen with the tries. */
  risen(rule: ListedRule): number {
    const { table, chain, number } = rule
    const before = chainOf(this.facts.before.tables, table, chain).rules[number - 1]
    return rule.packets - (before?.packets ?? 0)
  }

  firstPacket(): Packet {
    const side = this.hostSide(this.from)
    return {
      source: this.source,
      destination: this.address,
      port: this.port,
      mark: 0,
      states: ['NEW'],
      ...protocolOf(this.question, 'request'),
      ...(this.fromHost || side === undefined ? {} : { in: side }),
    }
  }

  /** The packet as it leaves the host for an endpoint. */
  translated(endpoint: Endpoint): Packet {
    const { address, port, translation } = endpoint
    const route = this.host.routesTo[address]
    const out = this.hostSide(endpoint.place) ?? (typeof route === 'object' ? route.device : undefined)
    return {
      ...this.firstPacket(),
      destination: address,
      port,
      mark: translation?.mark ?? 0,
      states: ['NEW', ...(translation === undefined ? [] : ['DNAT'])],
      ...(out === undefined || endpoint.place === host ? {} : { out }),
    }
  }

  /** The answer of an endpoint, as it comes back to the host. */
  answer(endpoint: Endpoint): Packet {
    const forth = this.translated(endpoint)
    return {
      source: endpoint.address,
      sourcePort: endpoint.port,
      destination: this.source,
      mark: 0,
      states: ['ESTABLISHED', ...(endpoint.translation === undefined ? [] : ['DNAT'])],
      ...protocolOf(this.question, 'reply'),
      ...(forth.out === undefined ? {} : { in: forth.out }),
      ...(forth.in === undefined ? {} : { out: forth.in }),
    }
  }

  /** What masquerading makes of a packet to an endpoint. */
  postrouting(endpoint: Endpoint): Outcome | undefined {
    const { in: _, ...packet } = this.translated(endpoint)
    return trace(this.facts.after.tables, 'nat', 'POSTROUTING', packet, this.around).outcomes[0]
  }

  isMasqueraded(endpoint: Endpoint): boolean {
    if (this.isSwitched(endpoint) && !this.bridgeCallsIptables) return false
    return ['MASQUERADE', 'SNAT'].includes(this.postrouting(endpoint)?.target ?? '')
  }

  /** Whom the endpoint sees as its client. */
  clientSeen(endpoint: Endpoint): string {
    if (!this.isMasqueraded(endpoint)) return this.source
    const out = this.translated(endpoint).out ?? ''
    const declared = this.declared.hostAddresses.get(out)?.value.address
    return declared ?? this.hostLink(out)?.addresses[0]?.address ?? this.source
  }

  #translated(tables: Tables, around: Surroundings): Trace {
    const packet = this.firstPacket()
    if (this.fromHost) return trace(tables, 'nat', 'OUTPUT', packet, around)
    const routed = trace(tables, 'nat', 'PREROUTING', packet, around)
    const isBalanced = chainOf(tables, 'nat', 'INPUT').afterwards !== undefined
    if (!isBalanced || !around.isLocal(this.address)) return routed
    return continued(routed, mark => trace(tables, 'nat', 'INPUT', { ...packet, mark }, around))
  }

  #suspects(): Endpoint[] {
    const all = this.#reachable()
    const answered = new Set(this.facts.tries.answers.map(answer => answer.pod))
    const silent = all.filter(endpoint => !answered.has(endpoint.place))
    if (this.facts.tries.failed === 0 || silent.length === 0) return all
    // All rules of a path have counted packets: the tries went that way.
    const met = silent.filter(({ translation }) => translation?.path.every(rule => this.risen(rule) > 0))
    return met.length > 0 ? met : silent
  }

  #reachable(): Endpoint[] {
    const ends = new Map<string, Endpoint>()
    for (const outcome of this.translation.outcomes) {
      if (outcome.to === undefined || outcome.chance === 0) continue
      const { address, port = this.port } = splitHostPort(outcome.to)
      ends.set(outcome.to, this.#endpoint(address, port, outcome))
    }
    return ends.size > 0 ? [...ends.values()] : [this.#endpoint(this.address, this.port, undefined)]
  }

  #endpoint(address: string, port: number, translation: Outcome | undefined): Endpoint {
    return { place: placeOf(this.lab, this.hostAddresses, address), address, port, translation }
  }
}
