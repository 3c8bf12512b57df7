import type { Place } from '../../command/command.ts'
import { startAt } from '../enter.ts'
import { mustStillLive } from '../lab-gone.ts'
import { fitting } from '../patience.ts'
import { mustHaveHadNetwork } from '../place-gone.ts'
import type { Running } from '../process.ts'
import { insideProgram } from '../program-files.ts'
import type { Sandbox } from '../sandbox.ts'
import { toldJson } from '../told-json.ts'
import type { ConnectionEvent } from './connection-event.ts'
import type { LinkFacts } from './link-facts.ts'
import type { NeighbourPacket, Packet } from './packet.ts'
import type { RuleEvent } from './rule-event.ts'

/** A request that is to be made, and how its packets are known. */
export type TracedRequest =
  | {
      kind: 'command'
      argv: readonly string[]
      /** Ports of which the client takes one; left out: any. */
      ports?: readonly [first: number, last: number]
    }
  /** `key`: the first bytes of the payload, in hexadecimal, two of a datagram and four of a ping. */
  | { kind: 'datagram'; address: string; port: number; payload: string; key: string }
  | { kind: 'ping'; address: string; key: string }

/** What the program is told that watches a request's packets. */
export interface TraceOrder {
  from: Place
  /** Whose network namespaces are watched. */
  places: readonly Place[]
  request: TracedRequest
  /** Addresses of clients whose own packets are none of this request's. */
  others: readonly string[]
  /** The client's own, where it has no others. */
  own: readonly string[]
  /** Seconds that a datagram or a ping waits for its answer. */
  timeout: number
  /** Seconds after which all of it ends, whatever the command does. */
  longest: number
}

/** A packet on a link. */
export interface LinkEvent {
  kind: 'link'
  /** The link's name. */
  link: string
  isOut: boolean
  /** The frame is addressed to another one's hardware. */
  forOther?: true
  /** Nanoseconds since the first one. */
  at: number
  packet?: Packet
  neighbour?: NeighbourPacket
}

/** Something that the kernel told, and where. Of one place they are in the order in which they were told. */
export type TraceEvent = (LinkEvent | RuleEvent | ConnectionEvent) & { place: Place }

/** A chain that a traced packet went through. */
export interface ChainFacts {
  place: Place
  family: string
  table: string
  name: string
  /** Of a chain at a hook: which one (`prerouting`), its priority, and its type (`nat`). */
  hook?: { name: string; priority: number; type: string }
  /** The handles of its rules in order. */
  handles: readonly number[]
}

/** What came of the request itself. */
export type TracedAnswer =
  | { kind: 'command'; stdout: string; stderr: string; exitCode: number; ms: number }
  /** `error`: the system's code, or `timeout`. */
  | { kind: 'packet'; ms: number; error?: string; bytes?: string; sender?: string }

/** All that was seen. */
export interface TraceSeen {
  answer: TracedAnswer
  events: TraceEvent[]
  chains: ChainFacts[]
  /** Places whose rules could not be watched, and why. */
  unseen: { place: Place; why: string }[]
  /** The links of the places where anything was seen. */
  links: Record<Place, LinkFacts[]>
  /** The kernel told more than could be read. */
  lost: boolean
}

/** Seconds within which Node and the tables of the trace have started, and ended. */
const startPatience = 20

/** A program in a lab that waits for what it is to watch: to start it takes longer than all the rest, so it is started first. */
export class Tracer {
  readonly #sandbox: Sandbox
  readonly #running: Running
  readonly #why: string

  private constructor(sandbox: Sandbox, running: Running, why: string) {
    this.#sandbox = sandbox
    this.#running = running
    this.#why = why
  }

  /** Starts it; `longest` is that of the order which follows. */
  static async open(
    sandbox: Sandbox,
    { from, longest }: Pick<TraceOrder, 'from' | 'longest'>,
    signal?: AbortSignal,
  ): Promise<Tracer> {
    const why = `watching a request from ${from}`
    const running = await startAt(sandbox, [insideProgram.node, insideProgram.trace], {
      why,
      deadline: (longest + fitting(startPatience)) * 1000,
      ...(signal === undefined ? {} : { signal }),
    })
    return new Tracer(sandbox, running, why)
  }

  /** Has one request made and its packets watched. Throws NetlabError where the lab or its client has gone, or what was told is not whole. */
  async trace(order: TraceOrder): Promise<TraceSeen> {
    this.#running.give(JSON.stringify(order))
    const finished = await this.#running.finished
    mustHaveHadNetwork(order.from, finished, this.#why)
    if (finished.exitCode !== 0) await mustStillLive(this.#sandbox, this.#why)
    return toldJson(finished, isSeen, this.#why)
  }

  /** Ends it where there is nothing to watch after all. */
  giveUp(): void {
    this.#running.give('')
  }
}

function isSeen(value: unknown): value is TraceSeen {
  if (typeof value !== 'object' || value === null) return false
  const { answer, events, chains, unseen, links, lost } = value as Readonly<Record<string, unknown>>
  const isObject = (one: unknown) => typeof one === 'object' && one !== null
  return (
    isObject(answer) &&
    [events, chains, unseen].every(list => Array.isArray(list) && list.every(isObject)) &&
    isObject(links) &&
    typeof lost === 'boolean'
  )
}
