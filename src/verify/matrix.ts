import type { Place } from '../command/command.ts'
import type { Evidence } from '../diagnose/evidence.ts'
import { explainPair } from '../diagnose/explain.ts'
import type { FailureKind, Lab, ReachRule } from '../model/lab.ts'
import { matrixPlaces, translatorAt } from '../model/places.ts'
import type { ObservedLab } from '../observe/tool.ts'
import { mustLive } from '../sandbox/lab-gone.ts'
import { type Pair, tryPairs } from '../sandbox/pairs-order.ts'
import type { MatrixPair, MatrixReport } from './report.ts'

/** Differences of which the cause is looked for, one of each who asks: the others mostly have the same one. */
const mostExplained = 8

/** Asks each of a lab's places from each other one (or from some of them) over TCP, and compares with what the lab says of who reaches whom. */
export async function reachMatrix(context: ObservedLab, from?: readonly Place[]): Promise<MatrixReport> {
  const { sandbox, running, signal } = context
  const places = matrixPlaces(running.lab)
  const asking = places.map(({ name }) => name).filter(name => from?.includes(name) ?? true)
  const tried =
    places.length < 2 || asking.length === 0 ? [] : await tryPairs(sandbox, places, asking, signal)
  mustLive(sandbox, 'asking each of its places from each other one')
  const pairs: MatrixPair[] = tried.map(pair => judged(running.lab, pair))
  const off = pairs.filter(({ ok }) => !ok)
  const differing = off.filter((pair, at) => off.findIndex(({ from }) => from === pair.from) === at)
  const evidence = new Map<MatrixPair, MatrixPair['evidence']>()
  for (const pair of differing.slice(0, mostExplained)) {
    const address = places.find(({ name }) => name === pair.to)?.address ?? ''
    evidence.set(pair, await explained(context, pair, address))
  }
  return {
    places,
    pairs: pairs.map(pair => {
      const found = evidence.get(pair)
      return found === undefined ? pair : { ...pair, evidence: found }
    }),
    ok: pairs.every(({ ok }) => ok),
  }
}

function explained(
  context: ObservedLab,
  { from, to, port, client, failure }: MatrixPair,
  address: string,
): Promise<Evidence | undefined> {
  const rule = ruleFor(context.running.lab, from, to)
  const own = matrixPlaces(context.running.lab).find(({ name }) => name === from)?.address
  const wanted = rule?.client === 'own' ? own : rule?.client
  const seen = {
    ...{ failed: failure === undefined ? 0 : 1, failures: failure === undefined ? [] : [failure] },
    answers: client === undefined ? [] : [{ pod: to, client }],
  }
  return explainPair(context, `${address}:${port}`, from, seen, {
    fails: rule?.expect === 'fails',
    ...(wanted === undefined ? {} : { client: wanted }),
  })
}

function judged(lab: Lab, { from, to, port, own, client, error }: Pair): MatrixPair {
  const rule = ruleFor(lab, from, to)
  const failure = error === undefined ? undefined : failureOf(error)
  const translator = client === undefined || client === own ? undefined : translatorAt(lab, client)
  const seen = {
    ...(client === undefined ? {} : { client, translated: client !== own }),
    ...(translator === undefined ? {} : { translatedAt: translator }),
  }
  const pair = { from, to, port, ...seen, ...(failure === undefined ? {} : { failure }) }
  const expected = rule === undefined ? undefined : expectedWords(rule, own)
  return {
    ...pair,
    ok: rule === undefined || holds(rule, pair, own),
    ...(expected === undefined ? {} : { expected }),
  }
}

/** The last rule of a lab that speaks of a pair; a lab that says anything means that all others reach each other. */
function ruleFor({ reach }: Lab, from: Place, to: Place): ReachRule | undefined {
  if (reach.length === 0) return undefined
  const speaks = (places: readonly Place[], place: Place) => places.length === 0 || places.includes(place)
  return reach.findLast(rule => speaks(rule.from, from) && speaks(rule.to, to)) ?? everybody
}

const everybody: ReachRule = { from: [], to: [], expect: 'ok' }

function holds(
  { expect, client }: ReachRule,
  pair: Pick<MatrixPair, 'client' | 'failure'>,
  own?: string,
): boolean {
  if (expect === 'fails') return pair.failure !== undefined
  if (pair.failure !== undefined) return false
  return client === undefined || pair.client === (client === 'own' ? own : client)
}

function expectedWords({ expect, client }: ReachRule, own: string | undefined): string {
  if (expect === 'fails') return 'it is not reached'
  if (client === undefined) return 'it is reached'
  return `it is reached, and sees ${client === 'own' ? `the client's own address${own === undefined ? '' : `, ${own}`}` : client}`
}

function failureOf(error: string): FailureKind | 'other' {
  if (error === 'timeout') return 'timeout'
  if (error === 'ECONNREFUSED') return 'refused'
  return /^E(HOST|NET)UNREACH$|^EPERM$|^EACCES$/.test(error) ? 'unreachable' : 'other'
}
