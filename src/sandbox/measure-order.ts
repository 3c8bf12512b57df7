import type { Command, Place } from '../command/command.ts'
import { runAtAnyway } from './enter.ts'
import { mustStillLive } from './lab-gone.ts'
import { insideProgram } from './program-files.ts'
import type { Sandbox } from './sandbox.ts'
import { toldJson } from './told-json.ts'

/** One way from a client to a server whose new connections are measured. */
export interface ConnectWay {
  client: Place
  server: Place
  /** What the client asks for: the server itself, or a service that leads to it. */
  address: string
  port: number
  /** Where the server listens. */
  serverPort: number
}

/** New connections over each of several ways, a few at a time and in turn: A B C, B C A, C A B. */
export interface ConnectOrder {
  ways: readonly ConnectWay[]
  rounds: number
  /** Connections of each way in a round that are timed, and those before them that are not. */
  connects: number
  warmUp: number
  /** `abRequestsPerRound`, over each way; 0: ab is not asked. */
  abRequests: number
  /** Seconds that a connection gets. */
  timeout: number
}

/** Requests of ab's in a round: so many that each line of its table is one of them. */
export const abRequestsPerRound = 100

/** What ab has told of its requests in one round. */
export interface AbRound {
  /** Microseconds. */
  median: number
  p99: number
}

/** What came of a way. */
export interface WayRounds {
  /** Microseconds that connect(2) took, round by round, in the order in which they came. */
  connects: number[][]
  ab: AbRound[]
  /** Connections that the client has opened, all in all, and those that the server has accepted. */
  opened: number
  accepted: number
}

/** What measure.ts is told. */
export type MeasureOrder =
  | { kind: 'connect'; order: ConnectOrder }
  | { kind: 'load'; commands: TimedCommand[] }

/** A command to time, in the network namespace in which measure.ts is started. */
export type TimedCommand = Pick<Command, 'argv' | 'input'>

/** A command that came to its end, or not. */
export interface TimedRun {
  /** Milliseconds. */
  ms: number
  exitCode: number
  stderr: string
}

/** What whoever waits for the rounds hears. */
export interface ConnectOptions {
  signal: AbortSignal
  /** So many rounds are done. */
  done(rounds: number): void
}

/** Milliseconds that a connection, or a request of ab's, takes at most on a machine that is not busy. */
const patience = { connect: 2, ab: 5, abStart: 200, start: 30_000 }

/** Measures new connections. Throws NetlabError where one of them does not come about. */
export async function measureConnects(
  sandbox: Sandbox,
  order: ConnectOrder,
  { signal, done }: ConnectOptions,
): Promise<WayRounds[]> {
  const { ways, rounds, connects, warmUp, abRequests } = order
  const perWay = patience.connect * (connects + warmUp) + patience.ab * abRequests + patience.abStart
  const finished = await measure(
    sandbox,
    { kind: 'connect', order },
    {
      why: 'measuring new connections',
      deadline: patience.start + rounds * ways.length * perWay,
      signal,
      heard: text => {
        for (const [, count] of text.matchAll(/^round (\d+)$/gm)) done(Number(count))
      },
    },
  )
  const isWhole = (value: unknown): value is WayRounds[] =>
    Array.isArray(value) && value.length === ways.length && value.every(way => isWay(way, order))
  return toldJson(finished, isWhole, 'measuring new connections')
}

/** Milliseconds that the rules of a node may take to load on a machine that is not busy. */
const loadPatience = 1_800_000

/**
 * Runs commands one after the other in a place's network, up to one that fails, and times each where it runs. `apart`: in a network
 * namespace of their own instead, which is gone afterwards.
 */
export async function timeCommands(
  sandbox: Sandbox,
  place: Place,
  commands: readonly TimedCommand[],
  { signal, apart = false }: { signal: AbortSignal; apart?: boolean },
): Promise<TimedRun[]> {
  const why = `loading the rules of ${place}`
  const order: MeasureOrder = { kind: 'load', commands: [...commands] }
  const finished = await measure(sandbox, order, { place, why, deadline: loadPatience, signal, apart })
  const isWhole = (value: unknown): value is TimedRun[] => Array.isArray(value) && value.every(isRun)
  return toldJson(finished, isWhole, why)
}

async function measure(
  sandbox: Sandbox,
  order: MeasureOrder,
  {
    apart = false,
    ...options
  }: {
    why: string
    deadline: number
    signal: AbortSignal
    place?: Place
    apart?: boolean
    heard?: (text: string) => void
  },
) {
  const argv = [...(apart ? ['unshare', '--net', '--'] : []), insideProgram.node, insideProgram.measure]
  const finished = await runAtAnyway(sandbox, argv, {
    onlyNetwork: true,
    input: JSON.stringify(order),
    ...options,
  })
  if (finished.exitCode !== 0) await mustStillLive(sandbox, options.why)
  return finished
}

function isWay(value: unknown, { rounds, connects, abRequests }: ConnectOrder): value is WayRounds {
  if (typeof value !== 'object' || value === null) return false
  const { connects: times, ab, opened, accepted } = value as Readonly<Record<string, unknown>>
  const isRound = (round: unknown) =>
    Array.isArray(round) && round.length === connects && round.every(Number.isFinite)
  return (
    Array.isArray(times) &&
    times.length === rounds &&
    times.every(isRound) &&
    Array.isArray(ab) &&
    ab.length === (abRequests > 0 ? rounds : 0) &&
    ab.every(isAb) &&
    Number.isInteger(opened) &&
    Number.isInteger(accepted)
  )
}

function isAb(value: unknown): boolean {
  const { median, p99 } = (value ?? {}) as Readonly<Record<string, unknown>>
  return Number.isFinite(median) && Number.isFinite(p99)
}

function isRun(value: unknown): value is TimedRun {
  const { ms, exitCode, stderr } = (value ?? {}) as Readonly<Record<string, unknown>>
  return Number.isFinite(ms) && Number.isInteger(exitCode) && typeof stderr === 'string'
}
