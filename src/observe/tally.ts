import type { Place } from '../command/command.ts'
import { familiesOf, nodeOf, podsByAddress } from '../model/places.ts'
import { fitting, patiently } from '../sandbox/patience.ts'
import { connectionsTo, destinationOf } from './connections.ts'
import { ask, askMany, type Sample } from './curl.ts'
import type { ObservedLab } from './tool.ts'

/** How often requests failed, by kind. */
export interface Failures {
  refused: number
  unreachable: number
  timeout: number
  other: number
}

/** Requests from one place to one address, sorted by who answered. */
export interface Tally {
  requests: number
  failures: Failures
  failed: number
  /** Pod → answers. */
  backends: Record<string, number>
  /** The client's addresses, as pods saw them; empty where nobody looked. */
  clients: readonly string[]
}

/** Seconds that each connection of a sample gets: enough for TCP to try a second time. */
const connectTimeout = 1.6
/** The same where failures are expected, so that nobody waits long for them. */
const connectTimeoutWhereSomeFail = 0.4

/** Connections under way at once: few enough that no queue overflows, enough to keep both ends busy. */
const atOnce = 64
/** Where failures are expected, most connections just wait for their time to be over, on a slow machine, too. */
const atOnceWhereSomeFail = { most: 256, least: 32 }

/** Connections under way at once on a machine that takes so many times longer than usual, so that each is answered in its time. */
export function connectionsAtOnce(someFail: boolean, slowness: number): number {
  if (!someFail) return Math.ceil(atOnce / slowness)
  const { most, least } = atOnceWhereSomeFail
  return Math.max(least, Math.ceil(most / slowness))
}

/**
 * Requests between two looks at the kernel's table of connections: a client's port may be taken again by a later
 * connection, whose entry then stands for both, and among this many that is rare.
 */
const requestsPerLook = 200

export interface TallyOptions {
  /** Failures are expected. */
  someFail?: boolean
  /** Whether to look how pods see the client. */
  looksAtClients?: boolean
  /** Whose table of connections says where each one went; left out: that of the node where the client is. */
  node?: Place
}

/** Asks a URL many times and sorts the answers by the pod that gave them. */
export async function tally(
  context: ObservedLab,
  url: string,
  from: Place,
  requests: number,
  { someFail = false, looksAtClients = false, node = nodeOf(context.running.lab, from) }: TallyOptions = {},
): Promise<Tally> {
  const samples: Sample[] = []
  const backends = new Map<string, number>()
  const { lab } = context.running
  const pods = podsByAddress(lab)
  const clients = new Set<string>()
  let named = true
  while (samples.length < requests) {
    const left = requests - samples.length
    const some = await patiently(
      slowness =>
        askMany(context.sandbox, url, from, {
          // The first few show whether the answers name their pods.
          requests: named && samples.length > 0 ? left : Math.min(left, requestsPerLook),
          timeout: (someFail ? connectTimeoutWhereSomeFail : connectTimeout) * slowness,
          atOnce: connectionsAtOnce(someFail, slowness),
          ...(context.signal === undefined ? {} : { signal: context.signal }),
        }),
      late => late.some(sample => sample.failure === 'timeout'),
    )
    samples.push(...some)
    const answers = some.filter(answered)
    named = answers.every(sample => sample.pod !== undefined)
    const unexpected = answers.length < some.length && !someFail
    const looks = !named || (looksAtClients && samples.length === some.length)
    const connections = looks
      ? await connectionsTo(context.sandbox, node, destinationOf(url), familiesOf(lab), context.signal)
      : undefined
    for (const sample of answers) {
      const connection = connections?.get(sample.client)
      const pod = sample.pod ?? pods.get(connection?.replySource ?? '') ?? 'unknown'
      if (connection !== undefined) clients.add(connection.replyDestination)
      backends.set(pod, (backends.get(pod) ?? 0) + 1)
    }
    // One request that fails is enough to know that something is off; each further one would cost its waiting time.
    if (unexpected) break
  }
  const good = samples.filter(answered).length
  return {
    requests: samples.length,
    failures: await failureCounts(context, url, from, samples),
    failed: samples.length - good,
    backends: Object.fromEntries(backends),
    clients: [...clients],
  }
}

/** Two samples as one. */
export function togetherIn(one: Tally, other: Tally): Tally {
  const backends = new Map(Object.entries(one.backends))
  for (const [pod, times] of Object.entries(other.backends))
    backends.set(pod, (backends.get(pod) ?? 0) + times)
  return {
    requests: one.requests + other.requests,
    failed: one.failed + other.failed,
    failures: {
      refused: one.failures.refused + other.failures.refused,
      unreachable: one.failures.unreachable + other.failures.unreachable,
      timeout: one.failures.timeout + other.failures.timeout,
      other: one.failures.other + other.failures.other,
    },
    backends: Object.fromEntries(backends),
    clients: [...new Set([...one.clients, ...other.clients])],
  }
}

/** Requests that were sent one after the other, until one failed: no other one is in their way. */
export interface InTurn {
  /** Milliseconds that those took which were answered, in rising order. */
  latencies: readonly number[]
  /** How the last one failed; all zero where it did not. */
  failures: Failures
}

/** Asks a URL many times, one request after the other, until one fails. */
export async function askInTurn(
  context: ObservedLab,
  url: string,
  from: Place,
  requests: number,
): Promise<InTurn> {
  const { sandbox, signal } = context
  const rest = { requests, atOnce: 'inTurn', ...(signal === undefined ? {} : { signal }) } as const
  const samples = await patiently(
    slowness => askMany(sandbox, url, from, { timeout: connectTimeout * slowness, ...rest }),
    late => late.some(sample => sample.failure === 'timeout'),
  )
  const failed = samples.filter(sample => !answered(sample))
  return {
    latencies: samples
      .filter(answered)
      .map(({ ms }) => ms)
      .sort((one, other) => one - other),
    failures: await failureCounts(context, url, from, failed),
  }
}

function answered(sample: Sample): boolean {
  return sample.failure === undefined && sample.status < 500
}

/** Tries of a request alone, until one comes to what failed before. */
const mostTries = 30
/** Tries that are waited for in vain, after which silence is what it is: a neighbour that is gone may take longer to be given up. */
const mostLate = 3

/** curl's parallel mode does not say why a connection could not be made; one that fails alone does. */
async function failureCounts(
  context: ObservedLab,
  url: string,
  from: Place,
  samples: readonly Sample[],
): Promise<Failures> {
  const timeout = samples.filter(sample => sample.failure === 'timeout').length
  const unclear = samples.filter(sample => sample.failure === 'other' || sample.status >= 500).length
  const counts: Failures = { refused: 0, unreachable: 0, timeout, other: 0 }
  if (unclear === 0) return counts
  let late = 0
  for (let tries = 0; tries < mostTries; tries += 1) {
    const { failure } = await ask(context.sandbox, url, from, fitting(connectTimeout), context)
    if (failure === 'refused' || failure === 'unreachable') return { ...counts, [failure]: unclear }
    if (failure === 'timeout') late += 1
    if (late === mostLate) return { ...counts, timeout: timeout + unclear }
  }
  return { ...counts, other: unclear }
}
