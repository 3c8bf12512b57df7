import { host, type Place } from '../command/command.ts'
import { parseRule } from '../command/iptables-argv.ts'
import type { Tables } from '../command/iptables-save.ts'
import { type Family, familyOf, splitHostPort } from '../model/address.ts'
import type { ProxySettings } from '../model/lab.ts'
import { machinesOf } from '../model/places.ts'
import { patienceInVain } from '../observe/connections.ts'
import { ask, askMany } from '../observe/curl.ts'
import type { Facts, Tries } from '../observe/facts.ts'
import { parseSysctls } from '../observe/parse-facts.ts'
import {
  addressReading,
  momentOf,
  momentReadings,
  placeFacts,
  placeReadings,
  type Reading,
  readingScript,
  sectionsOf,
} from '../observe/readings.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { runAtAnyway } from '../sandbox/enter.ts'
import { fitting } from '../sandbox/patience.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { declaredBy } from './declared.ts'
import { kernelSwitches } from './kernel-switches.ts'
import { placeOf, type Question } from './question.ts'

/** Where facts come from. */
export interface Source {
  sandbox: Sandbox
  running: LabInCondition
  signal: AbortSignal
}

/** Seconds that a new try gets: an answer inside one machine takes a thousandth of that. */
const patience = 0.3
/** Of a service with several endpoints so many requests find each one. */
const severalTries = 32
/** More pods than this are not searched for an address that is there twice. */
const mostPods = 24
/** A service may have thousands of endpoints: so many are looked at, and so many ways to them. */
const mostEndpoints = 6
const mostWays = 16

const keys = ['net.netfilter.nf_conntrack_count', 'net.netfilter.nf_conntrack_max']

/** The mode that kube-proxy is in after so many of a lab's steps. */
export function modeAfter({ outlines, lab }: LabInCondition, steps: number): ProxySettings['mode'] {
  return outlines[steps - 1]?.mode ?? lab.proxy.mode
}

/** Reads what the kernel says on the whole way of a question, and asks it again in between. */
export async function gather(source: Source, question: Question): Promise<Facts> {
  const { running } = source
  const { family } = question
  const { forwards, bridged } = kernelSwitches[family]
  const counters = momentReadings(question.address ?? '', family, modeAfter(running, question.steps))
  const before = momentOf(await readAll(source, counters), family)
  const tries = question.seen ?? (await tryAgain(source, question))
  const ends = endsOf(running, question, before.tables)
  const places = [...new Set([host, question.from, ...endPlaces(running, ends)])]
  const ways = waysOf(running, question, ends)
  const others = running.lab.pods.map(pod => pod.name).filter(name => !places.includes(name))
  const beside = others.length > mostPods ? [] : others
  const texts = await readAll(source, [
    ...counters,
    {
      key: 'sysctls',
      place: host,
      argv: ['sysctl', forwards, bridged, ...keys, ...proxyKeys(running, places, family)],
    },
    ...places.flatMap(place => placeReadings(place, ways, family)),
    ...beside.map(place => addressReading(place)),
  ])
  return {
    places: Object.fromEntries(
      [...places, ...beside].map(place => [place, placeFacts(place, ways, texts, family)]),
    ),
    sysctls: parseSysctls(texts.get('sysctls') ?? ''),
    before,
    after: momentOf(texts, family),
    tries,
  }
}

/** What commands that only read have printed, by their keys. */
export async function readAll(
  { sandbox, signal }: Source,
  readings: readonly Reading[],
): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await runAtAnyway(sandbox, ['sh', '-s'], {
    input: readingScript(readings),
    why: 'reading what the kernel says on the way of a check that failed',
    signal,
  })
  return sectionsOf(stdout)
}

/** The addresses that a packet can end at: the one that is asked for, the endpoints behind it, and whom rules send to. */
function endsOf({ services }: LabInCondition, question: Question, tables: Tables): readonly string[] {
  const asked = services.filter(one => one.clusterIP === question.address)
  const ruled = [...(tables.get('nat')?.values() ?? [])].flatMap(chain =>
    chain.rules.flatMap(rule => {
      const { target, targetOptions } = parseRule(rule)
      const to = targetOptions.find(({ name }) => name === '--to-destination')
      const said = target === 'DNAT' ? to?.values[0] : undefined
      return said === undefined ? [] : [splitHostPort(said).address]
    }),
  )
  const endpoints = asked.flatMap(service => service.endpoints.map(endpoint => endpoint.address))
  const itself = question.address === undefined ? [] : [question.address]
  return [...new Set([...itself, ...endpoints, ...ruled])]
}

function endPlaces({ lab }: LabInCondition, ends: readonly string[]): readonly Place[] {
  return ends.flatMap(address => placeOf(lab, [], address) ?? []).slice(0, mostEndpoints)
}

/** The addresses to which each place is asked for its way: there, and back to those that a client can seem to be. */
function waysOf(running: LabInCondition, question: Question, ends: readonly string[]): readonly string[] {
  const { family } = question
  const client = machinesOf(running.lab)
    .find(one => one.name === question.from)
    ?.addresses.find(address => familyOf(address) === family)
  const { hostAddresses } = declaredBy(running, running.outlines.length, family)
  const hosts = [...hostAddresses.values()].map(({ value }) => value.address)
  const clients = [...(client === undefined ? [] : [client]), ...hosts]
  return [...new Set([...ends.slice(0, mostWays), ...clients.slice(0, mostWays)])]
}

/** The settings by which the host answers for the gateways of places that are on no network. */
function proxyKeys(running: LabInCondition, places: readonly Place[], family: Family): readonly string[] {
  const { places: devices } = declaredBy(running, running.outlines.length, family)
  return places.flatMap(place => devices.get(place)?.proxy?.value ?? [])
}

/** Asks once more, or as often as it takes to find each endpoint. */
export async function tryAgain({ sandbox, running, signal }: Source, question: Question): Promise<Tries> {
  const { url, from } = question
  const endpoints = running.services.find(one => one.clusterIP === question.address)?.endpoints.length ?? 1
  if (question.shares !== undefined && endpoints > 1) {
    const options = { requests: severalTries, timeout: fitting(patience), atOnce: severalTries, signal }
    const samples = await askMany(sandbox, url, from, options)
    const failures = samples.flatMap(sample => sample.failure ?? [])
    const answers = samples.filter(sample => sample.failure === undefined)
    return {
      failed: failures.length,
      failures,
      answers: answers.map(({ pod }) => (pod === undefined ? {} : { pod })),
    }
  }
  const answer = await ask(sandbox, url, from, fitting(patienceInVain(url, patience)), { signal })
  if (answer.failure !== undefined) return { failed: 1, failures: [answer.failure], answers: [] }
  const [, pod, client] = /^you are talking to (\S+) \(\S*\), you are (\S+)$/m.exec(answer.body) ?? []
  const named = answer.pod ?? pod
  return {
    failed: 0,
    failures: [],
    answers: [
      { ...(named === undefined ? {} : { pod: named }), ...(client === undefined ? {} : { client }) },
    ],
  }
}
