import type { Place } from '../../command/command.ts'
import { iptables, ruleText } from '../../command/iptables-save.ts'
import { contains } from '../../model/address.ts'
import type { MachineFacts, Route } from '../../observe/facts.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import type { Question } from '../question.ts'
import type { Packet } from '../rule-match.ts'
import type { Shown } from '../show.ts'
import { trace } from '../trace.ts'
import { crossing, deafness } from './network.ts'
import { stoppedBy } from './stopped.ts'
import type { Surroundings } from './surroundings.ts'

/** Somebody who passes packets on in a circle is met more often than this. */
const mostHops = 32

/** A packet under way, and where it is. */
interface Stand {
  place: Place
  packet: Packet
  /** The interface that it came in by; undefined where it was sent. */
  in?: string
}

/** What a machine's nat table made of the first packet of a connection. */
interface Translation {
  place: Place
  before: Ends
  after: Ends
}

type Ends = Pick<Packet, 'source' | 'destination'>

/** The way of a request over machines, there and back. */
export class Journey {
  /** The ways that the kernels told. */
  readonly shown: Shown[] = []
  readonly #surroundings: Surroundings
  readonly #question: Question
  readonly #translations: Translation[] = []
  /** Machines whose kernels have seen the request. */
  readonly #met = new Set<Place>()

  constructor(surroundings: Surroundings, question: Question) {
    this.#surroundings = surroundings
    this.#question = question
  }

  /** The first hop that is off; undefined where all are as they should be. */
  async followed(): Promise<Evidence | undefined> {
    const { from, address = '', port, client } = this.#question
    const packet = { source: '', destination: address, port, mark: 0, states: ['NEW'] }
    const end = await this.#carry({ place: from, packet })
    if ('headline' in end) return end
    const deaf = deafness(this.#facts(end.place), end.place, end.packet)
    if (deaf !== undefined) return deaf
    if (client !== undefined && client !== end.packet.source) return this.#otherClient(client, end)
    const { source, destination, port: sourcePort = port } = end.packet
    const answer = {
      source: destination,
      sourcePort,
      destination: source,
      mark: 0,
      states: ['ESTABLISHED'],
    }
    const back = await this.#carry({ place: end.place, packet: answer }, end.place)
    return 'headline' in back ? back : this.#wrongSender(back, end.place)
  }

  /** Carries a packet to whoever takes it. `answering`: who has sent it as an answer. */
  async #carry(start: Stand, answering?: Place): Promise<Stand | Evidence> {
    let at = start
    for (let hops = 0; hops < mostHops; hops += 1) {
      const next = await this.#pass(at, answering)
      if ('headline' in next) return next
      if (next.place === at.place) return next
      at = next
    }
    return finding(
      `packets from ${start.place} to ${start.packet.destination} go round in a circle, and ${at.place} is part of it`,
      undefined,
      ...this.shown.slice(-2),
    )
  }

  /** What a machine does with a packet: it stays, goes on to the next one, or is lost. */
  async #pass(at: Stand, answering: Place | undefined): Promise<Stand | Evidence> {
    const { place } = at
    const came = at.in === undefined ? at.packet : this.#translatedFirst(at, answering)
    if (answering === undefined) this.#met.add(place)
    if (at.in !== undefined && this.#isOwn(place, came.destination)) return this.#taken(at, came, answering)
    if (at.in !== undefined && this.#facts(place).sysctls['net.ipv4.ip_forward'] !== '1')
      return finding(
        `${place} does not forward: net.ipv4.ip_forward is ${this.#facts(place).sysctls['net.ipv4.ip_forward'] ?? 'unknown'} there`,
        `ip netns exec ${place} sysctl -w net.ipv4.ip_forward=1`,
        [`$ ip netns exec ${place} sysctl net.ipv4.ip_forward`, 'net.ipv4.ip_forward = 0'],
      )
    const sent = at.in === undefined && answering === undefined ? await this.#sent(place, came) : came
    const route = await this.#route(place, sent, at.in)
    if (typeof route === 'string') return this.#noRoute(place, sent.destination, route, answering)
    const source = sent.source === '' ? (route.source ?? '') : sent.source
    const packet: Packet = { ...sent, source, ...(route.device === 'lo' ? {} : { out: route.device }) }
    const chain = at.in === undefined ? 'OUTPUT' : 'FORWARD'
    if (route.device === 'lo') return { place, packet }
    const stopped = this.#stopped(place, chain, packet, answering)
    if (stopped !== undefined) return stopped
    const left = this.#translatedLast(place, packet, answering)
    const next = route.gateway ?? left.destination
    const arrived = crossing(this.#surroundings, place, route.device, next)
    if ('headline' in arrived) return arrived
    const { out: _, ...rest } = left
    return {
      place: arrived.machine.name,
      in: arrived.declared.name,
      packet: { ...rest, in: arrived.declared.name },
    }
  }

  /** What the machine itself sends meets OUTPUT's nat table when it has its way, and is then routed anew. */
  async #sent(place: Place, packet: Packet): Promise<Packet> {
    const route = await this.#route(place, packet, undefined)
    if (typeof route === 'string') return packet
    const before = { ...packet, source: packet.source || (route.source ?? ''), out: route.device }
    const { out: _, ...after } = this.#nat(place, 'OUTPUT', before)
    if (after.destination === packet.destination) return packet
    this.#translations.push({ place, before, after })
    return after
  }

  /** A packet for an address of the machine itself. */
  #taken(at: Stand, packet: Packet, answering: Place | undefined): Stand | Evidence {
    const { place } = at
    const { 'net.ipv4.conf.all.route_localnet': localnet } = this.#facts(place).sysctls
    if (packet.destination.startsWith('127.') && localnet !== '1')
      return finding(
        `${place} throws away what comes from a cable for ${packet.destination}: net.ipv4.conf.all.route_localnet is 0 there`,
        `ip netns exec ${place} sysctl -w net.ipv4.conf.all.route_localnet=1`,
        [
          `$ ip netns exec ${place} sysctl net.ipv4.conf.all.route_localnet`,
          `net.ipv4.conf.all.route_localnet = ${localnet}`,
        ],
      )
    return this.#stopped(place, 'INPUT', packet, answering) ?? { place, packet }
  }

  /** PREROUTING, and what it did before with the connection that this is an answer of. */
  #translatedFirst({ place, packet }: Stand, answering: Place | undefined): Packet {
    if (answering === undefined) {
      const translated = this.#nat(place, 'PREROUTING', packet)
      if (translated.destination !== packet.destination)
        this.#translations.push({ place, before: packet, after: translated })
      return translated
    }
    const known = this.#translations.findLast(
      one =>
        one.place === place &&
        one.after.source === packet.destination &&
        one.before.source !== one.after.source,
    )
    return known === undefined ? packet : { ...packet, destination: known.before.source }
  }

  /** POSTROUTING, and what is put back there in an answer. */
  #translatedLast(place: Place, packet: Packet, answering: Place | undefined): Packet {
    if (answering === undefined) {
      const translated = this.#nat(place, 'POSTROUTING', packet)
      if (translated.source !== packet.source)
        this.#translations.push({ place, before: packet, after: translated })
      return translated
    }
    const known = this.#translations.find(
      one =>
        one.place === place &&
        one.after.destination === packet.source &&
        one.before.destination !== one.after.destination,
    )
    return known === undefined ? packet : { ...packet, source: known.before.destination }
  }

  /** What a chain of the nat table makes of a packet. */
  #nat(place: Place, chain: string, packet: Packet): Packet {
    const { outcomes } = trace(this.#facts(place).tables, 'nat', chain, packet, this.#around(place))
    const likely = outcomes.toSorted((one, other) => other.chance - one.chance)[0]
    const [address = '', port] = likely?.to?.split(':') ?? []
    switch (likely?.target) {
      case 'DNAT':
        return { ...packet, destination: address, ...(port === undefined ? {} : { port: Number(port) }) }
      case 'SNAT':
        return { ...packet, source: address }
      case 'MASQUERADE': {
        const link = this.#facts(place).links?.find(({ name }) => name === packet.out)
        return { ...packet, source: link?.addresses[0]?.address ?? packet.source }
      }
      default:
        return packet
    }
  }

  /** Who of the filter table stops a packet. */
  #stopped(place: Place, chain: string, packet: Packet, answering: Place | undefined): Evidence | undefined {
    const { tables } = this.#facts(place)
    const { out, ...rest } = packet
    const asked = answering === undefined || this.#met.has(place) ? packet.states : ['INVALID']
    const seen = { ...rest, states: asked, ...(chain === 'INPUT' || out === undefined ? {} : { out }) }
    const { outcomes } = trace(tables, 'filter', chain, seen, this.#around(place))
    const stopped = outcomes.find(({ target, chance }) => ['DROP', 'REJECT'].includes(target) && chance > 0)
    return stopped && stoppedBy({ place, chain, packet: seen, isAnswer: answering !== undefined }, stopped)
  }

  async #route(place: Place, { source, destination }: Packet, device: string | undefined) {
    const from = source === '' ? '' : ` from ${source}`
    const words = `${destination}${from}${device === undefined ? '' : ` iif ${device}`}`
    const route = await this.#surroundings.wayOf(place, words)
    const said = typeof route === 'string' ? route : routeText(route)
    this.shown.push([`$ ip -n ${place} route get ${words}`, said])
    return route
  }

  #noRoute(place: Place, destination: string, said: string, answering: Place | undefined): Evidence {
    const machine = this.#surroundings.lab.machines.find(({ name }) => name === place)
    const links = this.#facts(place).links ?? []
    for (const { name, addresses } of machine?.interfaces ?? []) {
      const link = links.find(each => each.name === name)
      const lost = addresses.find(({ address }) => !link?.addresses.some(each => each.address === address))
      if (link?.up === false)
        return finding(
          `${name} of ${place} is down`,
          `ip -n ${place} link set dev ${name} up`,
          ...this.#lately(),
        )
      if (lost !== undefined)
        return finding(
          `${name} of ${place} has lost its address ${lost.address}`,
          `ip -n ${place} address add ${lost.address}/${lost.prefix} dev ${name}`,
          ...this.#lately(),
        )
    }
    const what = answering === undefined ? '' : `, so the answer of ${answering} goes nowhere`
    if (/cross-device/i.test(said))
      return finding(
        `${place} drops packets that come by another interface than its own way back (rp_filter)`,
        `ip netns exec ${place} sysctl -w net.ipv4.conf.all.rp_filter=0`,
        ...this.#lately(),
      )
    return finding(
      `${place} has no route to ${destination}${what}`,
      this.#routeMissing(place, destination),
      ...this.#lately(),
    )
  }

  /** The declared route that a machine lacks. */
  #routeMissing(place: Place, destination: string): string | undefined {
    const machine = this.#surroundings.lab.machines.find(({ name }) => name === place)
    const declared = machine?.routes.find(({ to }) => contains(to, destination))
    if (declared !== undefined)
      return `ip -n ${place} route add ${declared.to.address}/${declared.to.prefix} via ${declared.via}`
    return machine?.gateway === undefined
      ? undefined
      : `ip -n ${place} route add default via ${machine.gateway}`
  }

  #lately(): Shown[] {
    return this.shown.slice(-1)
  }

  #otherClient(client: string, { place, packet }: Stand): Evidence {
    const last = this.#translations.findLast(({ before, after }) => before.source !== after.source)
    return finding(
      last === undefined
        ? `${place} sees the client as ${packet.source}: no rule on the way makes it ${client}`
        : `${place} sees the client as ${packet.source}, since ${last.place} writes that over ${last.before.source}`,
      undefined,
      last === undefined
        ? []
        : [
            `$ ip netns exec ${last.place} ${iptables('nat', '-v', '-S', 'POSTROUTING')}`,
            ...this.#rules(last.place),
          ],
    )
  }

  #rules(place: Place): string[] {
    const rules = this.#facts(place).tables.get('nat')?.get('POSTROUTING')?.rules ?? []
    return rules.map(rule => `[${rule.packets}] ${ruleText(rule)}`)
  }

  /** An answer from somebody else than who was asked is none. */
  #wrongSender({ place, packet }: Stand, answering: Place): Evidence | undefined {
    const { from, address } = this.#question
    if (place !== from)
      return finding(
        `the answer of ${answering} ends at ${place}, which has ${packet.destination} and has asked nothing`,
        undefined,
        ...this.shown.slice(-2),
      )
    if (packet.source === address) return undefined
    const translator = this.#translations.find(
      ({ before, after }) => before.destination !== after.destination,
    )
    const who =
      translator === undefined
        ? ''
        : `: it did not come back by ${translator.place}, which would have put ${address} back`
    return finding(
      `the answer reaches ${from} from ${packet.source} and not from ${address}, so it is thrown away${who}`,
      undefined,
      ...this.shown.slice(-2),
    )
  }

  #facts(place: Place): MachineFacts {
    return this.#surroundings.places.get(place) ?? { routesTo: {}, tables: new Map(), sysctls: {} }
  }

  #isOwn(place: Place, address: string): boolean {
    const own = this.#facts(place).links?.flatMap(link => link.addresses) ?? []
    return address.startsWith('127.') || own.some(each => each.address === address)
  }

  #around(place: Place) {
    return { isLocal: (address: string) => this.#isOwn(place, address), rose: () => false }
  }
}

function routeText({ destination, gateway, device, source }: Route): string {
  return [
    destination,
    ...(gateway === undefined ? [] : ['via', gateway]),
    ...['dev', device],
    ...(source === undefined ? [] : ['src', source]),
  ].join(' ')
}
