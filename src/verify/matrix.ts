import type { Place } from '../command/command.ts'
import type { Evidence } from '../diagnose/evidence.ts'
import { explainPair } from '../diagnose/explain.ts'
import type { FailureKind, Lab } from '../model/lab.ts'
import { askedAddress, matrixPlaces, translatorAt } from '../model/places.ts'
import type { ObservedLab } from '../observe/tool.ts'
import { mustLive } from '../sandbox/lab-gone.ts'
import { type Pair, tryPairs } from '../sandbox/pairs-order.ts'
import { holdsOfPing, holdsOverTcp, wantedOf, wantedWords } from './reach-rules.ts'
import type { MatrixPair, MatrixReport } from './report.ts'

/**
 * Differences of which the cause is looked for: of those from the lab's word one of each who asks, of those between ping and TCP one of each who
 * is asked. The others mostly have the same cause.
 */
const mostExplained = 8

/** Asks each of a lab's places from each other one (or from some of them), over TCP and by ping, and compares with what the lab says of who reaches whom. */
export async function reachMatrix(context: ObservedLab, from?: readonly Place[]): Promise<MatrixReport> {
  const { sandbox, running, signal } = context
  const places = matrixPlaces(running.lab)
  const asking = places.map(({ name }) => name).filter(name => from?.includes(name) ?? true)
  const tried =
    places.length < 2 || asking.length === 0 ? [] : await tryPairs(sandbox, places, asking, signal)
  mustLive(sandbox, 'asking each of its places from each other one')
  const pairs = tried.map(pair => judged(running.lab, pair))
  const evidence = new Map<MatrixPair, MatrixPair['evidence']>()
  const off = firstOfEach(
    pairs.filter(({ ok }) => !ok),
    ({ from }) => from,
  )
  const strange = firstOfEach(
    pairs.filter(pair => isStrange(running.lab, pair)),
    ({ to, ping }) => `${to} ${ping}`,
  )
  for (const pair of [...off, ...strange]) {
    if (evidence.size === mostExplained) break
    const placeOf = (place: Place) => places.find(({ name }) => name === place) ?? { addresses: [] }
    const address = askedAddress(placeOf(pair.from), placeOf(pair.to)) ?? ''
    const own =
      tried[pairs.indexOf(pair)]?.own ?? askedAddress({ addresses: [address] }, placeOf(pair.from)) ?? ''
    evidence.set(pair, await explained(context, pair, { address, own }))
  }
  return {
    places: places.map(({ name, addresses }) => ({ name, address: addresses[0] ?? '' })),
    pairs: pairs.map(pair => {
      const found = evidence.get(pair)
      return found === undefined ? pair : { ...pair, evidence: found }
    }),
    ok: pairs.every(({ ok }) => ok),
  }
}

/** Those whose key no one before them has. */
function firstOfEach(pairs: readonly MatrixPair[], keyOf: (pair: MatrixPair) => string): MatrixPair[] {
  const keys = pairs.map(keyOf)
  return pairs.filter((pair, at) => keys.indexOf(keyOf(pair)) === at)
}

/** Ping and TCP differ, and the lab does not say that they should. */
function isStrange(lab: Lab, { from, to, failure, ping, ok }: MatrixPair): boolean {
  return ok && (failure === undefined) !== (ping === 'ok') && wantedOf(lab, from, to).ping === undefined
}

/** What makes a pair as it is; the address that was asked, and that of who asked. */
function explained(
  context: ObservedLab,
  pair: MatrixPair,
  { address, own }: { address: string; own: string },
): Promise<Evidence | undefined> {
  const { from, to, port, client, failure, ping } = pair
  const wanted = wantedOf(context.running.lab, from, to)
  const isTcpOff = !holdsOverTcp(wanted, pair, own)
  const isPingOff = !holdsOfPing(wanted, pair)
  if (!isTcpOff && (isPingOff || failure === undefined)) {
    const seen = { failed: ping === 'ok' ? 0 : 1, failures: ping === 'ok' ? [] : [ping], answers: [] }
    return explainPair(context, { address, from, seen, fails: isPingOff && ping === 'ok' })
  }
  const as = wanted.tcp?.client === 'own' ? own : wanted.tcp?.client
  const seen = {
    ...{ failed: failure === undefined ? 0 : 1, failures: failure === undefined ? [] : [failure] },
    answers: client === undefined ? [] : [{ pod: to, client }],
  }
  const fails = isTcpOff && wanted.tcp?.expect === 'fails'
  return explainPair(context, {
    ...{ address, port, from, seen, fails },
    ...(as === undefined ? {} : { client: as }),
  })
}

function judged(lab: Lab, { from, to, port, own, client, error, ping }: Pair): MatrixPair {
  const wanted = wantedOf(lab, from, to)
  const failure = error === undefined ? undefined : failureOf(error)
  const translator = client === undefined || client === own ? undefined : translatorAt(lab, client)
  const seen = {
    ...(client === undefined ? {} : { client, translated: client !== own }),
    ...(translator === undefined ? {} : { translatedAt: translator }),
    ...(failure === undefined ? {} : { failure }),
    ping: ping === 'ok' ? ('ok' as const) : failureOf(ping),
  }
  const expected = wantedWords(wanted, own)
  return {
    ...{ from, to, port, ...seen },
    ok: holdsOverTcp(wanted, seen, own) && holdsOfPing(wanted, seen),
    ...(expected === undefined ? {} : { expected }),
  }
}

function failureOf(error: string): FailureKind | 'other' {
  if (error === 'timeout') return 'timeout'
  if (error === 'ECONNREFUSED') return 'refused'
  return /^E(HOST|NET)UNREACH$|^EPERM$|^EACCES$/.test(error) ? 'unreachable' : 'other'
}
