import type { Place } from '../command/command.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { patienceInVain } from '../observe/connections.ts'
import { askManyArgv, readSamples, type Sample } from '../observe/curl.ts'
import type { ObservedLab } from '../observe/tool.ts'
import { fitting } from '../sandbox/patience.ts'
import { isFirstOf } from '../sandbox/trace/first-packet.ts'
import type { TraceEvent, TraceSeen } from '../sandbox/trace/order.ts'
import { toldBy } from './chain-groups.ts'
import { readFacts } from './facts.ts'
import { type Flow, flowsOf } from './flow.ts'
import { type FindRule, ruleFinder } from './known-rules.ts'
import { readTraceTarget } from './target.ts'
import { notesOf, orderOf, watched } from './trace.ts'
import { type ChainTree, chainTrees, type PlaceChain } from './tree.ts'

/** Many requests, laid over each other. */
export interface ManyReport {
  lab: string
  from: Place
  request: string
  requests: number
  failed: number
  /** Who answered, where it says so, and how often. */
  answers: Readonly<Record<string, number>>
  chains: readonly ChainTree[]
  notes: readonly string[]
}

/** Seconds that each request gets. */
const patience = 1

/** Makes many requests, one after the other and each on a connection of its own, and lays their ways over each other. */
export async function traceMany(
  context: ObservedLab,
  from: Place,
  url: string,
  requests: number,
): Promise<ManyReport> {
  const { running, sandbox } = context
  const timeout = fitting(patienceInVain(url, patience))
  const options = { requests, timeout, atOnce: 'inTurn' } as const
  const longest = timeout * 2 + requests
  const { target, order, explanations, seen } = await watched(context, from, longest, () => {
    const target = readTraceTarget(running, url, from, timeout)
    if (target.request.kind !== 'command') throw onlyTcp(url)
    const request = { kind: 'command', argv: askManyArgv(url, options) } as const
    return { target, order: { ...orderOf(context, target, from, timeout), request, longest } }
  })
  const { answer } = seen
  const told = answer.kind === 'command' ? answer : { stdout: '', stderr: '', exitCode: 0, ms: answer.ms }
  const why = `tracing ${url} from ${from}`
  const samples = await readSamples(sandbox, { ...told, cut: false }, why, options)
  const flows = flowsOf(seen.events, from, isFirstOf(order.request))
  const { rules } = await readFacts(context, seen.chains)
  const find = ruleFinder(seen.chains, rules, explanations)
  const events = eventsByKey(seen.events)
  return {
    ...{ lab: running.lab.name, from, request: target.shown, requests: samples.length },
    failed: samples.filter(({ failure }) => failure !== undefined).length,
    answers: answersOf(samples),
    chains: chainTrees(flows.map(flow => chainsMet(flow, events.get(flow.key) ?? [], seen, find))),
    notes: notesOf(seen),
  }
}

function onlyTcp(url: string): NetlabError {
  return new NetlabError({
    what: `many requests are traced over TCP only, not ${url}`,
    fix: 'leave --requests out',
    exitCode: exitCode.wrongInput,
  })
}

/** Whatever a server calls itself is its name, `constructor` too. */
export function answersOf(samples: readonly Pick<Sample, 'pod'>[]): Record<string, number> {
  const answers = new Map<string, number>()
  for (const { pod } of samples) if (pod !== undefined) answers.set(pod, (answers.get(pod) ?? 0) + 1)
  return Object.fromEntries(answers)
}

/** The chains that a request's first packet went through. */
function chainsMet(
  flow: Flow,
  events: readonly TraceEvent[],
  { chains, links }: TraceSeen,
  find: FindRule,
): PlaceChain[] {
  const places = [...new Set(events.map(({ place }) => place))]
  return places.flatMap(place =>
    toldBy(place, events, flow, { chains, links: links[place] ?? [], find }).flatMap(({ direction, item }) =>
      direction === 'out' && item.kind === 'chain' ? [{ place, met: item }] : [],
    ),
  )
}

/** The rule events of each request's packets, by its key. */
function eventsByKey(events: readonly TraceEvent[]): Map<string, TraceEvent[]> {
  const parts = new Map<string, TraceEvent[]>()
  const underWay = new Map<string, string>()
  for (const event of events) {
    if (event.kind !== 'rule') continue
    const id = `${event.place} ${event.id}`
    if (event.packet !== undefined) underWay.set(id, event.packet.key ?? '')
    const key = underWay.get(id) ?? ''
    const part = parts.get(key)
    if (part === undefined) parts.set(key, [event])
    else part.push(event)
  }
  return parts
}
