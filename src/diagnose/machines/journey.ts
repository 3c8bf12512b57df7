import { host, type Place } from '../../command/command.ts'
import { commandLine } from '../../command/command-line.ts'
import { iptablesLine, ruleText } from '../../command/iptables-save.ts'
import { beforeNat } from '../../dataplane/nft-tables.ts'
import { isLoopback } from '../../model/address.ts'
import { iptablesOf } from '../../model/families.ts'
import { tunnelDevice, vxlanOverhead } from '../../model/overlay.ts'
import { proxyNodes } from '../../model/places.ts'
import { ignoresPings, type MachineFacts, type Route } from '../../observe/facts.ts'
import type { Evidence } from '../evidence.ts'
import { finding, thrownAway } from '../evidence.ts'
import { type KernelSwitches, kernelSwitches } from '../kernel-switches.ts'
import { listening } from '../listening.ts'
import type { Packet } from '../packet.ts'
import { pingsIgnored } from '../ping.ts'
import { protocolOf, type Question } from '../question.ts'
import { routeWords, type Shown, showListeners } from '../show.ts'
import { virtualServerOff } from '../virtual-server.ts'
import { pastPair } from './across-pair.ts'
import { ipipOverhead, ipipTunnel } from './ipip-tunnel.ts'
import { missingRule } from './missing-rule.ts'
import { crossing, turnedBack } from './network.ts'
import { ownAddressLost, ownRouteOff } from './own-network.ts'
import { ownTunnel } from './own-tunnel.ts'
import { gatewayRoutes } from './paired-pods.ts'
import type { Port } from './port.ts'
import { otherWay, wayLost } from './routes.ts'
import type { Crossed } from './sizes.ts'
import { type Hook, stopped } from './stopped.ts'
import { isOwn, type Surroundings } from './surroundings.ts'
import { Translations } from './translations.ts'
import { flannelTunnel, type Tunnel } from './tunnel.ts'

/** A packet that meets more machines than this goes round in a circle. */
const mostHops = 32

/** What a router says of a packet that is too large (RFC 1191, RFC 4443). */
const tooLarge = { ipv4: { icmpType: 3, icmpCode: 4 }, ipv6: { icmpType: 2, icmpCode: 0 } } as const

/** Bytes before a packet in a tunnel, by what carries it: VXLAN's, or IPIP's. */
const overheads = { udp: vxlanOverhead, ipip: ipipOverhead } as const

/** A packet under way, and where it is. */
interface Stand {
  place: Place
  packet: Packet
  /** Who has sent it as an answer; undefined on the way there. */
  answering?: Place
  /** Whose card it was last sent by. */
  from?: Place
  /** It is no answer of TCP's, but what a router's kernel says of a packet. */
  isMessage?: true
  /** It carries a packet of that way through a tunnel, or through several, with so many bytes of theirs. */
  wraps?: { direction: Crossed['direction']; bytes: number; tunnels: readonly string[] }
}

/** The way of a request over machines, there and back. */
export class Journey {
  /** The ways that the kernels told. */
  readonly shown: Shown[] = []
  /** The links that the request and its answer were sent over, in order. */
  readonly crossed: Crossed[] = []
  /** Where the request has come to, and as what. */
  end: Pick<Stand, 'place' | 'packet'> | undefined
  readonly #surroundings: Surroundings
  readonly #question: Question
  readonly #translations = new Translations()
  /** From which address wrapped packets have come to which machine. */
  readonly #wrappedTo = new Set<string>()
  /** Machines whose kernels have seen the request. */
  readonly #met = new Set<Place>()

  constructor(surroundings: Surroundings, question: Question) {
    this.#surroundings = surroundings
    this.#question = question
  }

  get #switches(): KernelSwitches {
    return kernelSwitches[this.#surroundings.family]
  }

  get #program(): 'iptables' | 'ip6tables' {
    return iptablesOf(this.#surroundings.family)
  }

  /** The first hop that is off; undefined where all are as they should be. */
  async followed(): Promise<Evidence | undefined> {
    const { from, address = '', port, client } = this.#question
    const asking = protocolOf(this.#question, 'request')
    const request = { source: '', destination: address, port, ...asking, mark: 0, states: [] }
    const end = await this.#carried({ place: from, packet: request })
    if ('headline' in end) return end
    this.end = end
    const { place, packet } = end
    const unheard = this.#unheard(end)
    if (unheard !== undefined) return unheard
    if (client !== undefined && client !== packet.source) return this.#otherClient(client, end)
    const { source, destination, port: sourcePort = port } = packet
    const answering = protocolOf(this.#question, 'reply')
    const answer = { source: destination, sourcePort, destination: source, ...answering, mark: 0, states: [] }
    const back = await this.#carried({ place, packet: answer, answering: place })
    return 'headline' in back ? back : this.#wrongSender(back, place)
  }

  /** Carries what a router's kernel says of a packet to who has sent that: the first hop that is off; undefined where it arrives. */
  async told({ place, packet }: Crossed): Promise<Evidence | undefined> {
    const said = { protocol: 'icmp' as const, ...tooLarge[this.#surroundings.family] }
    const message = { source: '', destination: packet.source, ...said, mark: 0, states: [] }
    const end = await this.#carried({ place, packet: message, answering: place, isMessage: true })
    return 'headline' in end ? end : undefined
  }

  /** Carries a packet to whoever takes it. */
  async #carried(start: Stand): Promise<Stand | Evidence> {
    let at = start
    for (let hops = 0; hops < mostHops; hops += 1) {
      const next = await (at.packet.in === undefined ? this.#send(at) : this.#receive(at))
      if ('headline' in next || next.place === at.place) return next
      at = next
    }
    return finding(
      `packets for ${at.packet.destination} go round in a circle, and ${at.place} is part of it`,
      undefined,
      ...this.shown.slice(-2),
    )
  }

  /** What a machine does with a packet of its own. */
  async #send(at: Stand): Promise<Stand | Evidence> {
    if (at.answering === undefined) this.#met.add(at.place)
    const off = this.#ipvsOff(at)
    if (off !== undefined) return off
    const route = await this.#route(at)
    if (typeof route === 'string') return this.#wayLost(at, route)
    const { source } = at.packet
    const packet = { ...at.packet, source: source === '' ? (route.source ?? '') : source, out: route.device }
    const early = this.#stopped({ ...at, packet }, 'OUTPUT', ['raw', 'mangle', beforeNat, 'nat'])
    if (early !== undefined) return early
    const sent = { ...at, packet: this.#natted(at, 'OUTPUT', packet) }
    const unsent = this.#untranslated(sent, 'OUTPUT', packet)
    if (unsent !== undefined) return unsent
    // What has another destination now is routed anew.
    const isOther = sent.packet.destination !== packet.destination
    return this.#passOn(sent, 'OUTPUT', ['filter'], isOther ? await this.#route(sent) : route)
  }

  /** What a machine does with a packet that comes in: it takes it, passes it on, or loses it. */
  async #receive(at: Stand): Promise<Stand | Evidence> {
    const { place } = at
    const facts = this.#facts(place)
    if (at.answering === undefined) this.#met.add(place)
    const early = this.#stopped(at, 'PREROUTING', ['raw', 'mangle', beforeNat, 'nat'])
    if (early !== undefined) return early
    const packet = this.#natted(at, 'PREROUTING', at.packet)
    const came = { ...at, packet }
    const off = this.#ipvsOff(came) ?? this.#untranslated(came, 'PREROUTING', at.packet)
    if (off !== undefined) return off
    const { forwards, localnet } = this.#switches
    if (isLoopback(packet.destination) && (localnet === undefined || facts.sysctls[localnet] !== '1'))
      return this.#unset(
        `${place} throws away what comes from a cable for ${packet.destination}`,
        place,
        localnet,
      )
    if (isOwn(facts, packet.destination)) return this.#take(came)
    const lost = ownAddressLost(this.#surroundings.own, place, packet.destination, facts)
    if (lost !== undefined) return lost
    const forwarded = facts.sysctls[forwards] ?? 'unknown'
    if (forwarded !== '1') {
      const what = at.answering === undefined ? 'the request' : 'the answer'
      return {
        ...this.#unset(`${place} does not forward`, place, forwards),
        end: thrownAway(place, `${forwards} is ${forwarded}`, what),
      }
    }
    return this.#passOn(came, 'FORWARD', ['mangle', 'filter'], await this.#route(came))
  }

  /** What a node's rules lack that should have translated a request; `before`: the packet as it met them. */
  #untranslated(
    { place, packet, answering, wraps }: Stand,
    chain: 'PREROUTING' | 'OUTPUT',
    before: Packet,
  ): Evidence | undefined {
    const { lab, rulesOf } = this.#surroundings
    const isFirst = answering === undefined && wraps === undefined && packet === before
    if (!isFirst || this.#question.wantsFailure || !proxyNodes(lab).includes(place)) return undefined
    return missingRule(this.#facts(place), {
      ...{ place, chain, packet: { ...packet, states: ['NEW'] } },
      ...{ declared: rulesOf(place).tables, program: this.#program },
    })
  }

  /** What is off in the virtual server that a request has come to. */
  #ipvsOff({ place, packet: { destination, port = 0 }, answering }: Stand): Evidence | undefined {
    const { lab, hasIpvs, rulesOf } = this.#surroundings
    const { ipvs, links = [] } = this.#facts(place)
    const { from, shares, isPing } = this.#question
    if (answering !== undefined || isPing || ipvs === undefined || !proxyNodes(lab).includes(place))
      return undefined
    if (!hasIpvs) return undefined
    const wanted = rulesOf(place).ipvs
    const isSampled = shares !== undefined
    return virtualServerOff({
      ...{ lab, place, from, address: destination, port, isSampled, now: ipvs, links, wanted },
    })
  }

  /** A packet for the machine itself, unless IPVS sends it on. */
  async #take(at: Stand): Promise<Stand | Evidence> {
    const dropped = this.#stopped(at, 'INPUT', ['mangle', 'filter'])
    if (dropped !== undefined) return dropped
    if (at.answering === undefined) {
      if (this.#facts(at.place).ipvs === undefined) return at
      const { in: _, ...packet } = this.#natted(at, 'INPUT', at.packet)
      if (packet.destination === at.packet.destination && packet.port === at.packet.port) return at
      const sent = { ...at, packet }
      return this.#passOn(sent, 'OUTPUT', ['mangle', 'filter'], await this.#route(sent, ''))
    }
    // What OUTPUT had translated is put back before its sender sees the answer.
    return { ...at, packet: this.#translations.withSender(at.place, at.packet) }
  }

  /** A packet that leaves a machine, or comes back to it by its loopback interface. */
  async #passOn(
    at: Stand,
    chain: string,
    tables: Hook['tables'],
    route: Route | string,
  ): Promise<Stand | Evidence> {
    if (typeof route === 'string') return this.#wayLost(at, route)
    const { place } = at
    const packet = { ...at.packet, out: route.device }
    const [told = []] = this.shown.slice(-1)
    const astray =
      otherWay(this.#surroundings, place, packet.destination, route, told) ??
      pastPair(this.#surroundings, place, packet.destination, route, told)
    if (astray !== undefined) return astray
    const left = { ...at, packet }
    const dropped = this.#stopped(left, chain, tables)
    if (dropped !== undefined) return dropped
    if (route.device === 'lo') return this.#take({ ...at, packet: { ...at.packet, in: 'lo' } })
    const late = this.#stopped(left, 'POSTROUTING', ['mangle', 'nat'])
    if (late !== undefined) return late
    const { out: _, ...sent } = this.#natted(at, 'POSTROUTING', packet)
    const next = route.gateway ?? sent.destination
    const tunnel =
      route.device === tunnelDevice
        ? flannelTunnel(this.#surroundings, place, next)
        : (ownTunnel(this.#surroundings, place, route.device, next) ??
          ipipTunnel(this.#surroundings, place, route.device, next))
    if (tunnel !== undefined) {
      this.#cross({ ...at, packet: sent }, route.device, chain)
      return 'headline' in tunnel ? tunnel : this.#wrapUp({ ...at, packet: sent }, route.device, tunnel)
    }
    const taker = crossing(this.#surroundings, place, route.device, next)
    if ('headline' in taker) return taker
    this.#cross({ ...at, packet: sent }, route.device, chain, taker)
    return turnedBack(at, taker, this.#question.address) ?? this.#bridged({ ...at, packet: sent }, taker)
  }

  /** Remembers that a packet was sent over a link. */
  #cross(at: Stand, device: string, chain: string, taker?: Port): void {
    const { place, packet, answering, wraps, isMessage } = at
    if (isMessage) return
    const own = this.#surroundings.ports.find(
      ({ machine, declared }) => machine.name === place && declared.name === device,
    )
    const mtu = this.#facts(place).links?.find(({ name }) => name === device)?.mtu ?? 0
    this.crossed.push({
      ...{ place, device, mtu, packet, forwards: chain === 'FORWARD', wrapper: wraps?.bytes ?? 0 },
      direction: wraps?.direction ?? (answering === undefined ? 'there' : 'back'),
      ...(own === undefined || taker === undefined ? {} : { ports: { own, taker } }),
    })
  }

  /** Sends a packet through a tunnel: a packet of the machine's own carries it to another one. */
  async #wrapUp(at: Stand, device: string, tunnel: Tunnel): Promise<Stand | Evidence> {
    const { opened, ...header } = tunnel
    const wrapper = { ...header, mark: 0, states: [] }
    const name = `${device} of ${at.place}`
    const outer = at.wraps?.tunnels ?? []
    // The kernel drops it: a dead loop (net/ipv4/ip_tunnel.c, net/core/dev.c).
    if (outer.includes(name))
      return finding(
        `${name} would have to carry its own packets: those for ${at.packet.destination}, its far end, are routed into it`,
        undefined,
        ...this.shown.slice(-1),
      )
    const wraps = {
      direction: at.wraps?.direction ?? (at.answering === undefined ? ('there' as const) : ('back' as const)),
      bytes: overheads[tunnel.protocol] + (at.wraps?.bytes ?? 0),
      tunnels: [...outer, name],
    }
    // Unlike UDP's, which is sent from another port, a packet of protocol 4 answers those that came the other way.
    const answers = tunnel.protocol === 'ipip' && this.#wrappedTo.has(`${tunnel.destination} ${at.place}`)
    const carried = await this.#carried({
      ...{ place: at.place, packet: wrapper, wraps },
      ...(answers ? { answering: at.place } : {}),
    })
    if ('headline' in carried) return carried
    this.#wrappedTo.add(`${carried.packet.source} ${carried.place}`)
    const end = opened(carried)
    if ('headline' in end) return end
    return { ...at, place: end.place, packet: { ...at.packet, in: end.device } }
  }

  /** Brings a packet to who takes it. Between two pods on a bridge the node looks at it all the same, where it is told to. */
  #bridged(at: Stand, { machine, declared, segment }: Port): Stand | Evidence {
    const { place: node, bridge } = segment
    const isBetween = node !== host && node !== at.place && node !== machine.name && bridge !== undefined
    const arrived = { ...at, from: at.place, place: machine.name }
    if (!isBetween || this.#facts(node).sysctls[this.#switches.bridged] !== '1')
      return { ...arrived, packet: { ...at.packet, in: declared.name } }
    const passing = { ...at, place: node, packet: { ...at.packet, in: bridge, out: bridge } }
    const dropped = this.#stopped(passing, 'FORWARD', ['mangle', 'filter'])
    if (dropped !== undefined) return dropped
    const { out: _, ...packet } = this.#natted(passing, 'POSTROUTING', passing.packet)
    return { ...arrived, packet: { ...packet, in: declared.name } }
  }

  /** What the nat table does at a hook: to the first packet what its rules say, to an answer the reverse of what they did. */
  #natted(
    { place, answering }: Stand,
    chain: 'PREROUTING' | 'INPUT' | 'OUTPUT' | 'POSTROUTING',
    packet: Packet,
  ): Packet {
    if (answering === undefined)
      return this.#translations.translated(place, this.#facts(place), chain, packet)
    if (chain === 'PREROUTING') return this.#translations.withReceiver(place, packet)
    return chain === 'POSTROUTING' ? this.#translations.withSender(place, packet) : packet
  }

  #stopped(
    { place, packet, answering, isMessage }: Stand,
    chain: string,
    tables: Hook['tables'],
  ): Evidence | undefined {
    const kind = isMessage ? 'message' : answering === undefined ? 'packets' : 'answer'
    const known = { packets: 'NEW', answer: 'ESTABLISHED', message: 'RELATED' }[kind]
    // A kernel that has not seen the request makes nothing of an answer to it.
    const state = kind === 'packets' || this.#met.has(place) ? known : 'INVALID'
    const { in: device, out, ...rest } = packet
    const seen = {
      ...{ ...rest, states: [state, ...this.#translations.statesAt(place)] },
      ...(chain === 'OUTPUT' || chain === 'POSTROUTING' || device === undefined ? {} : { in: device }),
      ...(chain === 'INPUT' || chain === 'PREROUTING' || out === undefined ? {} : { out }),
    }
    const { lab, hasIpvs, rulesOf } = this.#surroundings
    const program = this.#program
    const sets = hasIpvs && proxyNodes(lab).includes(place) ? rulesOf(place).ipvs.sets : undefined
    const hook = { place, chain, tables, packet: seen, kind, program, lab } as const
    return stopped(this.#facts(place), { ...hook, ...(sets === undefined ? {} : { sets }) })
  }

  /** `source`: whom the kernel takes for the packet's sender as it looks for the way; IPVS names none. */
  async #route(
    { place, packet: { source: own, destination, in: device } }: Stand,
    source = own,
  ): Promise<Route | string> {
    const words = [
      destination,
      ...(source === '' ? [] : ['from', source]),
      ...(device === undefined ? [] : ['iif', device]),
    ].join(' ')
    const route = await this.#surroundings.wayOf(place, words)
    const said = typeof route === 'string' ? route : routeWords(route)
    this.shown.push([`$ ip -n ${place} route get ${words}`, said])
    return route
  }

  #wayLost({ place, packet, answering }: Stand, said: string): Evidence {
    const { overlay, pairs, own: ownNetwork } = this.#surroundings
    const pair = pairs.find(({ pod }) => pod.name === place)
    // Of a node's cables to its pods only that to the receiver matters.
    const ports = this.#surroundings.ports.filter(
      ({ machine, segment }) =>
        machine.name === place && (segment.bridge !== undefined || pair !== undefined),
    )
    const [own] = ports
    const [shown = []] = this.shown.slice(-1)
    const facts = this.#facts(place)
    if (own === undefined)
      return (
        ownRouteOff(
          ownNetwork,
          { place, destination: packet.destination, instead: undefined },
          facts,
          shown,
        ) ?? finding(`${place} has no route to ${packet.destination}`, undefined, shown)
      )
    const { sysctls, routes } = facts
    const gateway = pair === undefined ? undefined : gatewayRoutes(pair, routes).join(' && ')
    return wayLost({
      machine: own.machine,
      ports,
      packet,
      said,
      sysctls,
      answering,
      shown,
      overlay,
      pairs,
      gateway,
      own: ownNetwork,
      facts,
    })
  }

  /** A setting that is off. */
  #unset(what: string, place: Place, key: string | undefined): Evidence {
    if (key === undefined) return finding(what, undefined)
    const value = this.#facts(place).sysctls[key] ?? 'unknown'
    return finding(
      `${what}: ${key} is ${value} there`,
      commandLine({ argv: ['sysctl', '-w', `${key}=1`], in: place }),
      [`$ ${commandLine({ argv: ['sysctl', key], in: place })}`, `${key} = ${value}`],
    )
  }

  /** Nobody listens where the request has come to. */
  #unheard({ place, packet: { destination, port } }: Stand): Evidence | undefined {
    if (this.#question.isPing && this.#facts(place).sysctls[ignoresPings[this.#surroundings.family]] === '1')
      return pingsIgnored(place, this.#surroundings.family)
    // A port that was open for a moment is not any more.
    if (this.#question.seen !== undefined) return undefined
    const { listeners = [] } = this.#facts(place)
    const { onPort, isHeard } = listening(listeners, destination, port)
    if (isHeard) return undefined
    const [other] = onPort
    const what =
      other === undefined
        ? `nothing listens on port ${port} in ${place}`
        : `the program in ${place} listens for port ${port} on ${other.address} only, not on ${destination}`
    return finding(what, undefined, showListeners(place, listeners))
  }

  #otherClient(client: string, { place, packet }: Stand): Evidence {
    const made = this.#translations.lastOf('source')
    const seen = `${place} sees the client as ${packet.source}`
    if (made === undefined) return finding(`${seen}: no rule on the way makes it ${client}`, undefined)
    const rules = this.#facts(made.place).tables.get('nat')?.get('POSTROUTING')?.rules ?? []
    return finding(`${seen}, since ${made.place} writes that over ${made.before.source}`, undefined, [
      `$ ip netns exec ${made.place} ${iptablesLine(this.#program, 'nat', '-v', '-S', 'POSTROUTING')}`,
      ...rules.map(rule => `[${rule.packets}] ${ruleText(rule)}`),
    ])
  }

  /** An answer from somebody else than who was asked is none. */
  #wrongSender({ place, packet }: Stand, answering: Place): Evidence | undefined {
    const { from, address } = this.#question
    const shown = this.shown.slice(-2)
    if (place !== from)
      return finding(
        `the answer of ${answering} ends at ${place}, which has ${packet.destination} and has asked nothing`,
        undefined,
        ...shown,
      )
    if (packet.source === address) return undefined
    const made = this.#translations.lastOf('target')
    const who = made && `: it did not come back by ${made.place}, which would have put ${address} back`
    return finding(
      `the answer reaches ${from} from ${packet.source} and not from ${address}, so it is thrown away${who ?? ''}`,
      undefined,
      ...shown,
    )
  }

  #facts(place: Place): MachineFacts {
    return this.#surroundings.machines.get(place) ?? { routesTo: {}, tables: new Map(), sysctls: {} }
  }
}
