import { enterNetwork, host, type Place } from '../command/command.ts'
import { shellLine } from '../command/command-line.ts'
import { parseSets } from '../command/ipset-list.ts'
import { parseSaved } from '../command/iptables-save.ts'
import { parseServers } from '../command/ipvs-list.ts'
import { parseNftTable } from '../command/nft-list.ts'
import { withVirtualServers } from '../dataplane/ipvs-tables.ts'
import { withNftTable } from '../dataplane/nft-tables.ts'
import type { Family } from '../model/address.ts'
import { iptablesOf, nftTableOf } from '../model/families.ts'
import type { ProxySettings } from '../model/lab.ts'
import { fitting } from '../sandbox/patience.ts'
import {
  type DrawnFacts,
  type IpvsFacts,
  ignoresPings,
  type MachineFacts,
  type Moment,
  type PlaceFacts,
  type Route,
} from './facts.ts'
import {
  parseConnections,
  parseForwarding,
  parseLinks,
  parseListeners,
  parseNeighbours,
  parseRoutes,
  parseSysctls,
} from './parse-facts.ts'

/** A command that only reads, with the key under which its output is found again. */
export interface Reading {
  key: string
  place: Place
  argv: readonly string[]
  input?: string
}

/** Seconds: conntrack reads the whole table to find a few entries, and the table may have very many. */
const longestList = 0.2

/** What the tries change: counters and connections. */
export function momentReadings(
  address: string,
  family: Family,
  mode: ProxySettings['mode'],
): readonly Reading[] {
  const of = family === 'ipv6' ? ['-f', 'ipv6'] : []
  const list = ['conntrack', '-L', ...of, '-p', 'tcp', '--orig-dst', address]
  return [
    { key: 'rules', place: host, argv: [`${iptablesOf(family)}-save`, '-c'] },
    ...modeReadings('', host, family, mode),
    { key: 'connections', place: host, argv: ['timeout', fitting(longestList).toFixed(1), ...list] },
  ]
}

/** What kube-proxy has beside rules of iptables, in the modes in which it has something; `of`: behind each key. */
function modeReadings(of: string, place: Place, family: Family, mode: ProxySettings['mode']): Reading[] {
  switch (mode) {
    case 'nftables':
      return [nftReading(`nft${of}`, place, family)]
    case 'ipvs':
      return [
        { key: `servers${of}`, place, argv: ['ipvsadm', '-L', '-n'] },
        { key: `sets${of}`, place, argv: ['ipset', 'save'] },
      ]
    default:
      return []
  }
}

function nftReading(key: string, place: Place, family: Family): Reading {
  return { key, place, argv: ['nft', 'list', 'ruleset', nftTableOf(family).split(' ')[0]!] }
}

/** All rules of a place, of whatever program; `saved`: those of iptables. */
function rulesOf(
  saved: string,
  of: string,
  texts: ReadonlyMap<string, string>,
  family: Family,
): Pick<Moment, 'tables' | 'ipvs'> {
  const name = nftTableOf(family)
  const tables = withNftTable(parseSaved(saved), parseNftTable(texts.get(`nft${of}`) ?? '', name), name)
  const ipvs = ipvsFacts(texts.get(`servers${of}`), texts.get(`sets${of}`))
  if (ipvs === undefined) return { tables }
  return { tables: withVirtualServers(tables, ipvs.servers, family), ipvs }
}

/** Undefined where ipvsadm was not asked, or did not list. */
function ipvsFacts(servers: string | undefined, sets: string | undefined): IpvsFacts | undefined {
  if (servers === undefined || sets === undefined || !servers.startsWith('IP Virtual Server'))
    return undefined
  return { servers: parseServers(servers), sets: parseSets(sets) }
}

/** What they have answered. */
export function momentOf(texts: ReadonlyMap<string, string>, family: Family): Moment {
  return {
    ...rulesOf(texts.get('rules') ?? '', '', texts, family),
    connections: parseConnections(texts.get('connections') ?? ''),
  }
}

/** Both families at once. */
const linkQuestion = 'addr show'
const questions = ['route show', 'neigh show']

/** What a place on the way is asked of one family: its addresses, routes, neighbours and listeners, and its ways to some addresses. */
export function placeReadings(place: Place, ways: readonly string[], family: Family): readonly Reading[] {
  const lines = [...questions, ...ways.map(address => `route get ${address}`)]
  const save = `${iptablesOf(family)}-save`
  return [
    ...ipReadings(place, lines, family),
    { key: `listeners ${place}`, place, argv: ['ss', '-H', '-l', '-t', '-n'] },
    { key: `pings ${place}`, place, argv: ['sysctl', ignoresPings[family]] },
    ...(place === host ? [] : [{ key: `filter ${place}`, place, argv: [save, '-c', '-t', 'filter'] }]),
  ]
}

/** What a machine on networks is asked: it has rules and settings of its own. */
export function machineReadings(
  place: Place,
  keys: readonly string[],
  family: Family,
  mode: ProxySettings['mode'],
): readonly Reading[] {
  return [
    ...ipReadings(place, questions, family),
    { key: `listeners ${place}`, place, argv: ['ss', '-H', '-l', '-t', '-n'] },
    { key: `tables ${place}`, place, argv: [`${iptablesOf(family)}-save`, '-c'] },
    ...modeReadings(` ${place}`, place, family, mode),
    { key: `sysctls ${place}`, place, argv: ['sysctl', ...keys] },
  ]
}

/** What the device of a tunnel is asked. */
export function forwardingReading(place: Place, device: string): Reading {
  return { key: `fdb ${place}`, place, argv: ['bridge', '-json', 'fdb', 'show', 'dev', device] }
}

/** What it has answered. */
export function machineFacts(place: Place, texts: ReadonlyMap<string, string>, family: Family): MachineFacts {
  return {
    ...placeFacts(place, [], texts, family),
    ...rulesOf(texts.get(`tables ${place}`) ?? '', ` ${place}`, texts, family),
    sysctls: parseSysctls(texts.get(`sysctls ${place}`) ?? ''),
    ...given('forwarding', parseForwarding(texts.get(`fdb ${place}`) ?? '')),
  }
}

/** The way of a packet: `3.3.3.3 from 10.1.1.9 iif eth0`. */
export function wayReading(place: Place, packet: string): Reading {
  return ipReading(place, [`route get ${packet}`])
}

/** What the kernel has answered to that, in its own words where there is no way. */
export function wayAnswer(place: Place, texts: ReadonlyMap<string, string>): Route | string {
  const [said = ''] = batchAnswers(texts.get(`ip ${place}`) ?? '')
  return parseRoutes(said)?.[0] ?? said.split('\n')[0]!
}

/** What a place beside the way is asked. */
export function addressReading(place: Place): Reading {
  return ipReading(place, [linkQuestion])
}

/** What a place of a lab that is drawn is asked beside its links and routes. */
export interface AskedRules {
  /** It may have rules of iptables. */
  iptables: boolean
  /** kube-proxy has a table of nftables there. */
  nft: boolean
}

/** What a place of a lab that is drawn is asked: its links and routes of these families, and its rules. */
export function drawnReadings(
  place: Place,
  families: readonly Family[],
  asked: AskedRules,
): readonly Reading[] {
  const is6 = families.includes('ipv6')
  const ask6 = ipReading(place, ['route show'])
  const [ip = '', ...words] = ask6.argv
  return [
    ipReading(place, [linkQuestion, 'route show']),
    ...(is6 ? [{ ...ask6, key: `ip -6 ${place}`, argv: [ip, '-6', ...words] }] : []),
    ...(asked.iptables ? families.map(family => rulesReading(place, family)) : []),
    ...(asked.nft ? families.map(family => nftReading(`nft ${family} ${place}`, place, family)) : []),
  ]
}

function rulesReading(place: Place, family: Family): Reading {
  return { key: `${iptablesOf(family)} ${place}`, place, argv: [`${iptablesOf(family)}-save`, '-c'] }
}

/** What a place has answered that; undefined: it is not there. */
export function drawnFacts(place: Place, texts: ReadonlyMap<string, string>): DrawnFacts | undefined {
  const [links = '', routes = ''] = batchAnswers(texts.get(`ip ${place}`) ?? '')
  const [routes6 = ''] = batchAnswers(texts.get(`ip -6 ${place}`) ?? '')
  const known = parseLinks(links, 'ipv4')
  if (links === '' || known === undefined) return undefined
  const known6 = parseLinks(links, 'ipv6')
  const printed = (key: (family: Family) => string) =>
    new Map(
      (['ipv4', 'ipv6'] as const).flatMap(family => {
        const text = texts.get(`${key(family)} ${place}`)
        return text === undefined ? [] : [[family, text] as const]
      }),
    )
  return {
    links: known.map((link, at) => ({
      ...link,
      addresses: [...link.addresses, ...(known6?.[at]?.addresses ?? [])],
    })),
    routes: [...(parseRoutes(routes) ?? []), ...(parseRoutes(routes6) ?? [])],
    rules: printed(iptablesOf),
    nft: printed(family => `nft ${family}`),
  }
}

/** Routes are shown of one family, and an interface without an address of it would not be shown at all. */
function ipReadings(place: Place, lines: readonly string[], family: Family): Reading[] {
  if (family === 'ipv4') return [ipReading(place, [linkQuestion, ...lines])]
  const { key, argv, ...rest } = ipReading(place, lines)
  const [ip = '', ...words] = argv
  return [addressReading(place), { ...rest, key: key.replace('ip ', 'ip -6 '), argv: [ip, '-6', ...words] }]
}

/** One process answers all questions of ip(8). */
function ipReading(place: Place, lines: readonly string[]): Reading {
  const where = place === host ? [] : ['-n', place]
  const argv = ['ip', ...where, '-json', '-details', '-force', '-batch', '-']
  return { key: `ip ${place}`, place: host, argv, input: `${lines.join('\n')}\n` }
}

/** What a place has answered of one family. */
export function placeFacts(
  place: Place,
  ways: readonly string[],
  texts: ReadonlyMap<string, string>,
  family: Family,
): PlaceFacts {
  const [links = '', ...first] = batchAnswers(texts.get(`ip ${place}`) ?? '')
  const [routes, neighbours, ...routesTo] =
    family === 'ipv4' ? first : batchAnswers(texts.get(`ip -6 ${place}`) ?? '')
  const listeners = texts.get(`listeners ${place}`)
  const filter = texts.get(`filter ${place}`)
  return {
    ...given('links', parseLinks(links, family)),
    ...given('routes', routes === undefined ? undefined : parseRoutes(routes)),
    ...given('neighbours', neighbours === undefined ? undefined : parseNeighbours(neighbours, family)),
    ...given('listeners', listeners === undefined ? undefined : parseListeners(listeners)),
    ...given('tables', filter === undefined ? undefined : parseSaved(filter)),
    ignoresPings: parseSysctls(texts.get(`pings ${place}`) ?? '')[ignoresPings[family]] === '1',
    routesTo: Object.fromEntries(
      routesTo.map((said, at) => [ways[at] ?? '', parseRoutes(said)?.[0] ?? said.split('\n')[0]!]),
    ),
  }
}

function given<Key extends string, Value>(key: Key, value: Value | undefined) {
  return (value === undefined ? {} : { [key]: value }) as Partial<Record<Key, Value>>
}

/** The answers of `ip -json -force -batch -` in order: a line of JSON each, or an error with `Command failed` behind it. */
function batchAnswers(text: string): string[] {
  const answers: string[] = []
  let error = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('[')) answers.push(line)
    else if (line.startsWith('Command failed ')) {
      answers.push(error)
      error = ''
    } else error += line
  }
  return answers
}

const mark = '\u0001'

/** A shell script that does all readings, so that they take one entry into the sandbox. */
export function readingScript(readings: readonly Reading[]): string {
  const parts = readings.map(({ key, place, argv, input }) => {
    // `ip netns exec` would mount a /sys and an /etc for each command; none of these needs them.
    const line = `printf '\\001%s\\n' '${key}'; ${shellLine([...enterNetwork(place), ...argv])} 2>&1`
    return input === undefined ? `${line} < /dev/null\n` : `${line} <<'END'\n${input}END\n`
  })
  return parts.join('')
}

/** What the script printed, by the readings' keys. */
export function sectionsOf(output: string): ReadonlyMap<string, string> {
  return new Map(
    output
      .split(mark)
      .slice(1)
      .map(section => {
        const end = section.indexOf('\n')
        return [section.slice(0, end), section.slice(end + 1).trim()] as const
      }),
  )
}
