import { host, type Place } from '../../lab/lab.ts'
import { hostArgv, shellLine } from '../../plan/command-line.ts'
import type { Plan } from '../../plan/plan.ts'
import { runAnyway } from '../../sandbox/process.ts'
import { enterArgv, insideEnv, type Sandbox } from '../../sandbox/sandbox.ts'
import { ask, askMany } from '../curl.ts'
import type { Facts, Moment, PlaceFacts, Tries } from './facts.ts'
import {
  parseConnections,
  parseLinks,
  parseListeners,
  parseNeighbours,
  parseRoutes,
  parseSysctls,
} from './parse-facts.ts'
import { placeOf, type Question } from './question.ts'
import { parseRule } from './rule-match.ts'
import { parseTables, type Tables } from './tables.ts'

/** Where facts come from. */
export interface Source {
  sandbox: Sandbox
  plan: Plan
  signal: AbortSignal
}

/** Seconds that a new try gets: an answer inside one machine takes a thousandth of that. */
const patience = 0.3
/** Of a service with several endpoints so many requests find each one. */
const severalTries = 32
/** More pods than this are not searched for an address that is there twice. */
const mostPods = 24
/** A service may have thousands of endpoints: so many are looked at. */
const mostEndpoints = 6

const keys = [
  'net.ipv4.ip_forward',
  'net.bridge.bridge-nf-call-iptables',
  'net.netfilter.nf_conntrack_count',
  'net.netfilter.nf_conntrack_max',
]

/** Reads what the kernel says on the whole way of a question, and asks it again in between. */
export async function gather(source: Source, question: Question): Promise<Facts> {
  const address = question.address ?? ''
  const moment = {
    rules: onHost(['iptables-save', '-c']),
    connections: onHost(['conntrack', '-L', '-p', 'tcp', '--orig-dst', address]),
  }
  const before = momentOf(await readAll(source, moment))
  const tries = await tryAgain(source, question)
  const places = placesOnTheWay(source.plan, question, before.tables)
  const readings: Record<string, Reading> = { ...moment, sysctls: onHost(['sysctl', ...keys]) }
  for (const place of places) Object.assign(readings, readingsOf(place, source.plan, question, before.tables))
  for (const pod of source.plan.pods.length > mostPods ? [] : source.plan.pods)
    readings[`${pod.name} links`] ??= { place: pod.name, words: ['ip', '-j', '-d', 'addr', 'show'] }
  const texts = await readAll(source, readings)
  const named = new Set(
    Object.keys(readings)
      .filter(key => key.includes(' '))
      .map(key => key.split(' ')[0]!),
  )
  return {
    places: Object.fromEntries([...named].map(place => [place, placeFacts(place, texts)])),
    sysctls: parseSysctls(texts.get('sysctls') ?? ''),
    before,
    after: momentOf(texts),
    tries,
  }
}

/** A command that only reads, in a network namespace. */
interface Reading {
  place: Place
  words: readonly string[]
}

function onHost(words: readonly string[]): Reading {
  return { place: host, words }
}

const mark = '\u0001'

/** One entry into the sandbox for all readings; what a reading prints, its errors too, by its key. */
async function readAll(
  { sandbox, signal }: Source,
  readings: Readonly<Record<string, Reading>>,
): Promise<ReadonlyMap<string, string>> {
  const script = Object.entries(readings).map(
    ([key, reading]) => `printf '\\001%s\\n' '${key}'; ${shellLine(argvOf(reading))} 2>&1`,
  )
  const { stdout } = await runAnyway(enterArgv(sandbox, ['sh', '-s']), {
    env: insideEnv,
    input: `${script.join('\n')}\n`,
    why: 'reading what the kernel says on the way of a check that failed',
    signal,
  })
  const sections = stdout.split(mark).slice(1)
  return new Map(
    sections.map(section => {
      const end = section.indexOf('\n')
      return [section.slice(0, end), section.slice(end + 1).trim()] as const
    }),
  )
}

/** `ip netns exec` would mount a /sys and an /etc for each command; none of these needs them. */
function argvOf({ place, words }: Reading): readonly string[] {
  if (place === host || words[0] === 'ip') return hostArgv({ argv: words, in: place })
  return ['nsenter', `--net=/run/netns/${place}`, '--', ...words]
}

function readingsOf(place: Place, plan: Plan, question: Question, tables: Tables): Record<string, Reading> {
  const reading = (...words: readonly string[]): Reading => ({ place, words })
  const ends = translations(tables).map(([address]) => address)
  const clients = [question.from, host].flatMap(name => addressesOf(plan, name))
  const addresses = new Set([question.address ?? '', ...ends, ...clients].slice(0, 16))
  const ways = [...addresses].filter(address => address !== '')
  return {
    [`${place} links`]: reading('ip', '-j', '-d', 'addr', 'show'),
    [`${place} routes`]: reading('ip', '-j', 'route', 'show'),
    [`${place} neighbours`]: reading('ip', '-j', 'neigh', 'show'),
    [`${place} listeners`]: reading('ss', '-H', '-l', '-t', '-n'),
    ...(place === host ? {} : { [`${place} rules`]: reading('iptables-save', '-c', '-t', 'filter') }),
    ...Object.fromEntries(ways.map(to => [`${place} way ${to}`, reading('ip', '-j', 'route', 'get', to)])),
  }
}

/** The declared addresses of a pod, of a machine or of the host. */
function addressesOf(plan: Plan, place: Place): readonly string[] {
  if (place !== host)
    return [...plan.pods, ...plan.outside].filter(one => one.name === place).map(one => one.address)
  return plan.steps.flatMap(({ actions }) =>
    actions.flatMap(({ command: { argv, in: where } }) =>
      where === host && argv[0] === 'ip' && argv[2] === 'add'
        ? argv.flatMap(word => /^([\d.]+)\/\d+$/.exec(word)?.[1] ?? [])
        : [],
    ),
  )
}

/** Where rules send to, those of the question's service first. */
function translations(tables: Tables): readonly (readonly [address: string, port: string])[] {
  const ends = [...(tables.get('nat')?.values() ?? [])].flatMap(chain =>
    chain.rules.flatMap(rule => {
      const { target, targetOptions } = parseRule(rule.words)
      const to = target === 'DNAT' ? targetOptions[1] : undefined
      const [address = '', port = ''] = to?.split(':') ?? []
      return to === undefined ? [] : [[address, port] as const]
    }),
  )
  return ends
}

/** The sender, the host, and whom the packet can reach. */
function placesOnTheWay(plan: Plan, question: Question, tables: Tables): readonly Place[] {
  const service = plan.services.find(one => one.clusterIP === question.address && one.port === question.port)
  const ends = [
    ...(question.address === undefined ? [] : [question.address]),
    ...(service?.endpoints.map(endpoint => endpoint.address) ?? []),
    ...(service === undefined ? translations(tables).map(([address]) => address) : []),
  ]
  const targets = ends.flatMap(address => placeOf(plan, [], address) ?? []).slice(0, mostEndpoints)
  return [...new Set([host, question.from, ...targets])]
}

async function tryAgain({ sandbox, plan, signal }: Source, question: Question): Promise<Tries> {
  const { url, from } = question
  const endpoints = plan.services.find(one => one.clusterIP === question.address)?.endpoints.length ?? 1
  if (question.shares !== undefined && endpoints > 1) {
    const options = { requests: severalTries, timeout: patience, atOnce: severalTries, signal }
    const samples = await askMany(sandbox, url, from, options)
    const failures = samples.flatMap(sample => sample.failure ?? [])
    const answers = samples.filter(sample => sample.failure === undefined)
    return {
      failed: failures.length,
      failures,
      answers: answers.map(({ pod }) => (pod === undefined ? {} : { pod })),
    }
  }
  const answer = await ask(sandbox, url, from, patience, signal)
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

function momentOf(texts: ReadonlyMap<string, string>): Moment {
  return {
    tables: parseTables(texts.get('rules') ?? ''),
    connections: parseConnections(texts.get('connections') ?? ''),
  }
}

function placeFacts(place: Place, texts: ReadonlyMap<string, string>): PlaceFacts {
  const text = (what: string) => texts.get(`${place} ${what}`)
  const read = <Value>(what: string, parse: (text: string) => Value | undefined) => {
    const found = text(what)
    return found === undefined ? undefined : parse(found)
  }
  const ways = [...texts.keys()].filter(key => key.startsWith(`${place} way `))
  const facts = {
    links: read('links', parseLinks),
    routes: read('routes', parseRoutes),
    neighbours: read('neighbours', parseNeighbours),
    listeners: read('listeners', parseListeners),
    tables: read('rules', parseTables),
    routesTo: Object.fromEntries(
      ways.map(key => {
        const said = texts.get(key) ?? ''
        return [key.split(' ')[2]!, parseRoutes(said)?.[0] ?? said.split('\n')[0]!]
      }),
    ),
  }
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as unknown as PlaceFacts
}
