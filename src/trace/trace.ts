import { host, type Place } from '../command/command.ts'
import type { Evidence } from '../diagnose/evidence.ts'
import { explainRequest } from '../diagnose/explain.ts'
import { hiddenEvidence } from '../diagnose/socket-lb.ts'
import type { Addressed } from '../model/cidr.ts'
import { addressesOf } from '../model/families.ts'
import { machinesOf, placesOf } from '../model/places.ts'
import { patienceInVain } from '../observe/connections.ts'
import { readAnswer } from '../observe/curl.ts'
import type { ObservedLab } from '../observe/tool.ts'
import { fitting } from '../sandbox/patience.ts'
import { isFirstOf } from '../sandbox/trace/first-packet.ts'
import { type TraceOrder, Tracer, type TraceSeen } from '../sandbox/trace/order.ts'
import { endKnown, endOf } from './end.ts'
import { explanationsOf } from './explanations.ts'
import { readFacts } from './facts.ts'
import { type Flow, firstTry, flowsOf } from './flow.ts'
import { waysBetween, withRoutes } from './join.ts'
import { type Explanations, ruleFinder } from './known-rules.ts'
import type { ClientSaw, TraceReport } from './report.ts'
import { sawOfAnswer, sawOfPacket } from './saw.ts'
import { readTraceTarget, type TraceTarget } from './target.ts'

/** Seconds that a request gets; an answer inside one machine takes a thousandth of that. */
const patience = 1

/** Makes one request and follows its packets. */
export async function trace(
  context: ObservedLab,
  from: Place,
  url: string,
  /** `unexplained`: a task is open, and to find the cause is a part of it. */
  { unexplained = false }: { unexplained?: boolean } = {},
): Promise<TraceReport> {
  const { running } = context
  const timeout = fitting(patienceInVain(url, patience))
  const { target, order, explanations, seen } = await watched(context, from, longestOf(timeout), () => {
    const target = readTraceTarget(running, url, from, timeout)
    return { target, order: orderOf(context, target, from, timeout) }
  })
  const saw = await sawOf(context, seen, target)
  const flow = flowsOf(seen.events, from, isFirstOf(order.request)).at(-1) ?? nothing
  // Which ways to ask for does not depend on what the rules say.
  const asked = waysBetween(seen, flow, from, () => ({})).flatMap(({ betweens }) => betweens)
  const { rules, routes } = await readFacts(context, seen.chains, asked)
  const between = waysBetween(seen, flow, from, ruleFinder(seen.chains, rules, explanations))
  const ways = withRoutes(between, routes)
  const { events, repeats } = firstTry(seen.events, flow, from)
  const evidence = unexplained
    ? undefined
    : await (saw.ok ? hidden(context, target, from) : explained(context, target, from))
  const end = endKnown(endOf(ways, saw, from, events, running.lab), evidence?.end)
  return {
    ...{ lab: running.lab.name, from, request: target.shown, ways, end, saw, repeats },
    notes: notesOf(seen),
    ...(evidence === undefined ? {} : { evidence }),
    ...(unexplained && !saw.ok ? { unexplained: true } : {}),
  }
}

/** What was to be watched, and what was seen of it. */
interface Watched {
  target: TraceTarget
  order: TraceOrder
  seen: TraceSeen
  /** What the lab's rules are for. */
  explanations: Explanations
}

/** Where many others ask at the same time, the kernel may not get rid of all that it has to tell: so it is asked again. */
const tries = 3

/** Watches a request: all that takes long goes on while a program starts, or waits for the answer. */
export async function watched(
  { sandbox, signal, running }: ObservedLab,
  from: Place,
  longest: number,
  read: () => Pick<Watched, 'target' | 'order'>,
): Promise<Watched> {
  let explanations: Explanations | undefined
  for (let tried = 1; ; tried += 1) {
    const tracer = await Tracer.open(sandbox, { from, longest }, signal)
    const { target, order } = givingUp(tracer, read)
    const watching = tracer.trace(order)
    explanations ??= explanationsOf(running)
    const seen = await watching
    if (!seen.lost || tried === tries) return { target, order, seen, explanations }
  }
}

/** What cannot be read leaves no program that waits for it. */
function givingUp<T>(tracer: Tracer, read: () => T): T {
  try {
    return read()
  } catch (error) {
    tracer.giveUp()
    throw error
  }
}

/** Seconds for a request that gets so many, with what is done around it. */
function longestOf(timeout: number): number {
  return timeout * 2 + 1
}

/** No packet was seen. */
const nothing: Flow = { key: '', directionOf: () => undefined }

/** More places than this are not all watched: those are left out that can hardly be on the way. */
const mostPlaces = 200

/** Whom to watch, and which packets are the request's. */
export function orderOf(
  { running }: ObservedLab,
  target: TraceTarget,
  from: Place,
  timeout: number,
): TraceOrder {
  const { lab, services } = running
  const all = placesOf(lab)
  const ends = services
    .filter(({ clusterIP }) => clusterIP === target.address)
    .flatMap(({ endpoints }) => endpoints.map(({ pod }) => pod))
  const owner = machinesOf(lab).find(({ addresses }) => addresses.includes(target.address ?? ''))?.name
  const near = new Set([host, from, owner, ...ends, ...lab.nodes.map(({ name }) => name)])
  const others = [...lab.pods, ...lab.outside].filter(({ name }) => name !== from)
  const own = [...lab.pods, ...lab.outside].filter(({ name }) => name === from)
  return {
    from,
    places: all.length <= mostPlaces ? all : all.filter(place => near.has(place)).slice(0, mostPlaces),
    request: target.request,
    others: others.flatMap(addressTexts),
    own: own.flatMap(addressTexts),
    timeout,
    longest: longestOf(timeout),
  }
}

function addressTexts(one: Addressed): string[] {
  return addressesOf(one).map(({ address }) => address)
}

async function sawOf(
  { sandbox }: ObservedLab,
  { answer }: TraceSeen,
  { request, port, text }: TraceTarget,
): Promise<ClientSaw> {
  if (answer.kind === 'packet') return sawOfPacket(answer, request.kind === 'datagram' && port === 53)
  const finished = { ...answer, cut: false }
  return sawOfAnswer(await readAnswer(sandbox, finished, `asking ${text}`))
}

/** What the diagnosis says; it follows TCP only, and pings. */
async function explained(
  context: ObservedLab,
  target: TraceTarget,
  from: Place,
): Promise<Evidence | undefined> {
  if (target.request.kind === 'datagram') return undefined
  return explainRequest(context, target.request.kind === 'ping' ? (target.address ?? '') : target.text, from)
}

/** What is off, though the request was answered. */
async function hidden(
  { running }: ObservedLab,
  { address, port, request }: TraceTarget,
  from: Place,
): Promise<Evidence | undefined> {
  if (address === undefined || port === undefined || request.kind === 'ping') return undefined
  const protocol = request.kind === 'datagram' ? 'UDP' : 'TCP'
  return hiddenEvidence(running, { from, address, port, protocol })
}

/** What could not be seen, and why. */
export function notesOf({ unseen, lost }: TraceSeen): string[] {
  const legacy = unseen.filter(({ why }) => why === 'legacy').map(({ place }) => place)
  const others = unseen.filter(({ why }) => why !== 'legacy')
  return [
    ...(legacy.length === 0
      ? []
      : [
          `the rules of ${legacy.join(', ')} are iptables-legacy's: the kernel tells of them in its own log only, so that links and connections are shown without them`,
        ]),
    ...others.map(({ place, why }) => `the rules of ${place} could not be watched: ${why}`),
    ...(lost
      ? [
          'the kernel told more than could be read, as where many others send at the same time: some hops may be missing',
        ]
      : []),
  ]
}
