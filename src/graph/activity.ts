import type { Place } from '../command/command.ts'
import type { ShownChain, ShownRule } from '../dataplane/dataplane.ts'
import { dataplaneOf } from '../dataplane/modes.ts'
import { type Family, joinHostPort } from '../model/address.ts'
import type { Lab } from '../model/lab.ts'
import { familiesOf, nodeOf, proxyNodes } from '../model/places.ts'
import { connectionTable, type TrackedConnection } from '../observe/connection-table.ts'
import type { ObservedLab } from '../observe/tool.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { ServiceTarget } from '../plan/plan.ts'
import { chainsInKernels, type PlaceChains } from './lab-rules.ts'

/** What the kernels of a lab's nodes have counted at a moment. */
export interface ActivityReading {
  /** Milliseconds since 1970. */
  at: number
  chains: readonly PlaceChains[]
  tables: readonly { place: Place; connections: readonly TrackedConnection[] }[]
}

/** How often something happened: since the watching began, and each second of late. */
export interface Happened {
  count: number
  /** Left out: nobody has looked twice yet. */
  perSecond?: number
}

/** New connections to an endpoint of a service port. */
export interface EndpointActivity extends Happened {
  pod: string
  /** `10.0.0.11:8080` */
  target: string
}

/** New connections to a service port. */
export interface ServiceActivity extends Happened {
  /** `namespace/name` */
  service: string
  /** Empty where it has none. */
  portName: string
  protocol: ServiceTarget['protocol']
  /** `10.96.0.80:80` */
  address: string
  endpoints: readonly EndpointActivity[]
}

/** The connections that a node's kernel tracks at a moment. */
export interface NodeConnections {
  place: Place
  count: number
  /** Of TCP, by state; of others by protocol: `udp`. */
  kinds: Readonly<Record<string, number>>
}

/** What goes on in a running lab. */
export interface Activity {
  lab: string
  /** Milliseconds since 1970. */
  at: number
  services: readonly ServiceActivity[]
  connections: readonly NodeConnections[]
  /** With how many packets a rule got each second of late; no rules where their mode counts none. */
  chains: readonly PlaceChains[]
}

/** Asks the kernels of a lab's nodes: their rules' counters, where the mode has any, and their tables of connections. */
export async function readActivity(observed: ObservedLab): Promise<ActivityReading> {
  const { sandbox, running, signal } = observed
  const { lab } = running
  const families = familiesOf(lab)
  const counts = dataplaneOf(lab.proxy).saveCounted !== undefined
  const chains = counts ? await chainsInKernels(observed) : []
  const tables: ActivityReading['tables'][number][] = []
  for (const place of proxyNodes(lab))
    tables.push({ place, connections: await connectionTable(sandbox, place, families, signal) })
  return { at: Date.now(), chains, tables }
}

/** Tells what goes on by one reading after the other: what is new in each. */
export class ActivityWatch {
  #last: ActivityReading | undefined
  #seen: ReadonlySet<string> = new Set()
  /** New connections so far, by endpoint of a service port. */
  readonly #counts = new Map<string, number>()

  /** What has happened until this reading; the first one says what there is. */
  next(reading: ActivityReading, { lab, services }: LabInCondition): Activity {
    const last = this.#last
    const seconds = last === undefined ? undefined : (reading.at - last.at) / 1000
    const find = endpointFinder(services, lab)
    const fresh = new Map<string, number>()
    const seen = new Set<string>()
    for (const { place, connections } of reading.tables)
      for (const connection of connections) {
        const id = `${place} ${connection.id}`
        seen.add(id)
        const key = this.#seen.has(id) ? undefined : find(place, connection)
        if (key !== undefined) fresh.set(key, (fresh.get(key) ?? 0) + 1)
      }
    // What was there before the watching began has not happened since.
    if (last !== undefined)
      for (const [key, count] of fresh) this.#counts.set(key, (this.#counts.get(key) ?? 0) + count)
    this.#last = reading
    this.#seen = seen
    const happened = (keys: readonly string[]): Happened => {
      const sum = (counts: ReadonlyMap<string, number>) =>
        keys.reduce((all, key) => all + (counts.get(key) ?? 0), 0)
      return { count: sum(this.#counts), ...perSecond(sum(fresh), seconds) }
    }
    return {
      ...{ lab: lab.name, at: reading.at },
      services: services.map(each => serviceActivity(each, happened)),
      connections: reading.tables.map(nodeConnections),
      chains: withRates(reading.chains, last?.chains ?? [], seconds),
    }
  }
}

/** An endpoint of a service port is told by this from all others. */
function endpointKey(service: ServiceTarget, endpoint: ServiceTarget['endpoints'][number]): string {
  const { service: name, portName, protocol } = service
  return `${name} ${portName} ${protocol} ${endpoint.pod} ${targetOf(endpoint)}`
}

function targetOf({ address, port }: ServiceTarget['endpoints'][number]): string {
  return joinHostPort(address, port)
}

/**
 * Finds to which endpoint of which service a connection of a node's was sent; none, where no service had a part in it. Of sockets that a
 * service has balanced no table knows: their connections are the endpoint's own, and it is its node that is asked, of all connections then.
 */
function endpointFinder(
  services: readonly ServiceTarget[],
  lab: Lab,
): (place: Place, connection: TrackedConnection) => string | undefined {
  const ofSockets = dataplaneOf(lab.proxy).serves === 'sockets'
  const byTarget = new Map<string, { service: ServiceTarget; key: string; pod: string }[]>()
  for (const service of services)
    for (const endpoint of service.endpoints) {
      const target = `${service.protocol} ${targetOf(endpoint)}`
      const own = { service, key: endpointKey(service, endpoint), pod: endpoint.pod }
      byTarget.set(target, [...(byTarget.get(target) ?? []), own])
    }
  return (place, { protocol, destination, port, replySource, replySourcePort }) => {
    const target = joinHostPort(replySource, replySourcePort)
    const found = byTarget.get(`${protocol.toUpperCase()} ${target}`) ?? []
    const asked = joinHostPort(destination, port)
    const near = ofSockets ? found.filter(({ pod }) => nodeOf(lab, pod) === place) : found
    if (asked === target) return ofSockets ? near[0]?.key : undefined
    // Where several services have the endpoint, the address says which one was asked; a rule of somebody's own belongs to none.
    const answers = ({ service }: (typeof found)[number]) =>
      service.entries.some(entry =>
        entry.kind === 'node port'
          ? entry.port === port
          : entry.port === port && entry.address === destination,
      )
    return (near.find(answers) ?? near[0])?.key
  }
}

function serviceActivity(
  service: ServiceTarget,
  happened: (keys: readonly string[]) => Happened,
): ServiceActivity {
  const { service: name, portName, protocol, clusterIP, port } = service
  const keys = service.endpoints.map(endpoint => endpointKey(service, endpoint))
  return {
    ...{ service: name, portName, protocol, address: joinHostPort(clusterIP, port) },
    ...happened(keys),
    endpoints: service.endpoints.map((endpoint, at) => ({
      ...{ pod: endpoint.pod, target: targetOf(endpoint) },
      ...happened(keys.slice(at, at + 1)),
    })),
  }
}

function nodeConnections({ place, connections }: ActivityReading['tables'][number]): NodeConnections {
  const kinds = new Map<string, number>()
  for (const { state, protocol } of connections)
    kinds.set(state ?? protocol, (kinds.get(state ?? protocol) ?? 0) + 1)
  const sorted = [...kinds].sort(([, one], [, other]) => other - one)
  return { place, count: connections.length, kinds: Object.fromEntries(sorted) }
}

function perSecond(count: number, seconds: number | undefined): Pick<Happened, 'perSecond'> {
  return seconds === undefined || seconds <= 0 ? {} : { perSecond: count / seconds }
}

/** The chains, with how many packets each rule got a second since the last time; a rule that was not there then has none. */
function withRates(
  now: readonly PlaceChains[],
  before: readonly PlaceChains[],
  seconds: number | undefined,
): PlaceChains[] {
  const counts = new Map(before.flatMap(counted))
  return now.map(({ place, family, chains }) => ({
    ...{ place, family },
    chains: chains.map(chain => ({
      ...chain,
      rules: chain.rules.map((rule, at) => {
        const last = counts.get(ruleKey(place, family, chain, rule, at))
        if (last === undefined || rule.packets === undefined) return rule
        // Somebody may have set it to zero.
        return { ...rule, ...perSecond(Math.max(0, rule.packets - last), seconds) }
      }),
    })),
  }))
}

function counted({ place, family, chains }: PlaceChains): [string, number][] {
  return chains.flatMap(chain =>
    chain.rules.flatMap((rule, at): [string, number][] =>
      rule.packets === undefined ? [] : [[ruleKey(place, family, chain, rule, at), rule.packets]],
    ),
  )
}

/** A rule is the one of before where it stands in the same place, and says the same. */
function ruleKey(place: Place, family: Family, chain: ShownChain, rule: ShownRule, at: number): string {
  const { table, name } = chain
  return JSON.stringify([place, family, table, name, at, rule.match, rule.verdict, rule.to ?? ''])
}
