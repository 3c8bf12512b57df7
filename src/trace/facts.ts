import { host, type Place } from '../command/command.ts'
import { parseSaved } from '../command/iptables-save.ts'
import type { Family } from '../model/address.ts'
import { iptablesOf } from '../model/families.ts'
import { type Reading, readingScript, sectionsOf } from '../observe/readings.ts'
import { type ObservedLab, runTool } from '../observe/tool.ts'
import type { ChainFacts } from '../sandbox/trace/order.ts'
import { type PlaceRules, readHandles } from './known-rules.ts'
import type { RouteTaken } from './report.ts'
import type { Between } from './visits.ts'

const why = 'reading what the kernel says where a request has passed'

async function readAll(
  { sandbox, signal }: ObservedLab,
  readings: readonly Reading[],
): Promise<ReadonlyMap<string, string>> {
  if (readings.length === 0) return new Map()
  const { stdout } = await runTool(sandbox, ['sh', '-s'], {
    // What one of them complains of is told by what it leaves out.
    input: `${readingScript(readings)}true\n`,
    why,
    ...(signal === undefined ? {} : { signal }),
  })
  return sectionsOf(stdout)
}

/** As nft calls the families whose rules iptables makes. */
const iptablesFamilies: Readonly<Record<string, Family>> = { ip: 'ipv4', ip6: 'ipv6' }
const iptablesTables: ReadonlySet<string> = new Set(['raw', 'mangle', 'nat', 'filter', 'security'])

/** What the kernel says where a request has been, after it. */
export interface Facts {
  rules: ReadonlyMap<Place, PlaceRules>
  /** For each visit those that its packet took. */
  routes: readonly (readonly RouteTaken[])[]
}

/** The rules of the chains that packets went through, and the ways of the packets that each place passed on or sent. */
export async function readFacts(
  context: ObservedLab,
  chains: readonly ChainFacts[],
  betweens: readonly Between[] = [],
): Promise<Facts> {
  const places = [...new Set(chains.map(({ place }) => place))]
  const questions = betweens.map((between, visit) =>
    routeQuestions(between).map((argv, at) => ({ key: `route ${visit} ${at}`, place: host, argv })),
  )
  const rules = places.flatMap(place => ruleReadings(place, chains))
  const texts = await readAll(context, [...rules, ...questions.flat()])
  return {
    rules: new Map(places.map(place => [place, placeRules(place, texts)])),
    routes: betweens.map((between, visit) => [
      ...bridged(between),
      ...questions[visit]!.flatMap(({ key }) => routeIn(texts.get(key) ?? '')),
    ]),
  }
}

/** What `ip route get` has answered, if anything. */
function routeIn(text: string): RouteTaken[] {
  const [line = ''] = text.split('\n')
  return line === '' ? [] : [{ kind: 'route', text: line.replace(/\s+/g, ' ').trim() }]
}

function ruleReadings(place: Place, chains: readonly ChainFacts[]): Reading[] {
  const met = chains.filter(chain => chain.place === place)
  const isIptables = ({ family, table }: ChainFacts) =>
    family in iptablesFamilies && iptablesTables.has(table)
  const families = new Set(met.filter(isIptables).map(({ family }) => family))
  const saves = [...families].map(family => ({
    key: `rules ${family} ${place}`,
    place,
    argv: [`${iptablesOf(iptablesFamilies[family]!)}-save`],
  }))
  const own = new Set(
    met.filter(chain => !isIptables(chain)).map(({ family, table }) => `${family} ${table}`),
  )
  const lists = [...own].map(table => ({
    key: `nft ${table} ${place}`,
    place,
    argv: ['nft', '-a', 'list', 'table', ...table.split(' ')],
  }))
  return [...saves, ...lists]
}

function placeRules(place: Place, texts: ReadonlyMap<string, string>): PlaceRules {
  const saved = (family: string) => texts.get(`rules ${family} ${place}`)
  const lists = [...texts].filter(([key]) => key.startsWith('nft ') && key.endsWith(` ${place}`))
  return {
    tables: Object.fromEntries(
      Object.keys(iptablesFamilies).flatMap(family => {
        const text = saved(family)
        return text === undefined ? [] : [[family, parseSaved(text)]]
      }),
    ),
    texts: new Map(lists.flatMap(([, text]) => [...readHandles(text)])),
  }
}

/** A frame that a bridge passes on meets no route. */
function bridged(between: Between): RouteTaken[] {
  const bridge = bridgeOf(between)
  return bridge === undefined ? [] : [{ kind: 'bridged', bridge }]
}

/** The bridge that has passed a frame on from one of its ports to another. */
function bridgeOf({ stay }: Between): string | undefined {
  const from = stay?.passages.find(({ kind }) => kind === 'in')?.portOf
  const to = stay?.passages.findLast(({ kind }) => kind === 'out')?.portOf
  return from !== undefined && from === to ? from : undefined
}

/** Of a packet that came: where it goes after all that is done to it before; of one that is sent: where it was to go, and then where it goes. */
function routeQuestions(between: Between): string[][] {
  if (bridgeOf(between) !== undefined) return []
  const { place, stay, told } = between
  const passages = stay?.passages ?? []
  const from = passages.find(({ kind }) => kind === 'in')
  // What a place sends to itself it has a route for already.
  if (from?.link === 'lo') return []
  const ends = [
    ...(from === undefined ? [] : [from.ends]),
    ...told.flatMap(({ item }) => (item.kind === 'chain' && item.hook !== 'postrouting' ? [item.ends] : [])),
    ...(from === undefined && passages[0] !== undefined ? [passages[0].ends] : []),
  ]
  const destinations = [...new Set(ends.map(({ destination }) => destination))]
  const where = place === host ? [] : ['-n', place]
  const get = ['ip', ...where, 'route', 'get']
  if (from === undefined) return destinations.slice(0, 2).map(destination => [...get, destination])
  const last = destinations.at(-1)!
  return [[...get, last, 'from', ends.at(-1)!.source, 'iif', from.portOf ?? from.link]]
}
