import type { Place } from '../command/command.ts'
import { host } from '../command/command.ts'
import { commandLine } from '../command/command-line.ts'
import { type ListedServer, serverKey } from '../command/ipvs-list.ts'
import { bound, device, realServerWords, serverWords, serviceWords } from '../dataplane/ipvs-words.ts'
import { familyOf, joinHostPort, splitHostPort } from '../model/address.ts'
import type { Lab } from '../model/lab.ts'
import { machineAt } from '../model/places.ts'
import type { IpvsFacts, Link } from '../observe/facts.ts'
import type { DeclaredIpvs } from './declared-rules.ts'
import { type Evidence, finding } from './evidence.ts'
import { type Shown, showLink } from './show.ts'

/** More commands than these are left to a sync. */
const mostCommands = 4

/** What is asked of IPVS in a place, and what it should have. */
export interface AskedServer {
  lab: Lab
  place: Place
  /** Who asks; the place itself does not need the address on kube-ipvs0, since IPVS looks at its packets before they are routed. */
  from: Place
  address: string
  port: number
  /** Each endpoint should get its share. */
  isSampled: boolean
  now: IpvsFacts
  links: readonly Link[]
  wanted: DeclaredIpvs
}

/** What is off in IPVS on the way to an address; undefined where nothing is, or it has no say there. */
export function virtualServerOff(asked: AskedServer): Evidence | undefined {
  const { address, port, now, wanted: declared } = asked
  const key = serverKey({ protocol: 'TCP', address: joinHostPort(address, port) })
  const [found, wanted] = [now.servers.get(key), declared.servers.get(key)]
  if (wanted === undefined) return found && foreign(asked, found)
  return (
    addressOff(asked) ??
    (found === undefined ? gone(asked, wanted) : realServersOff(asked, found, wanted)) ??
    (asked.isSampled && found !== undefined ? choiceOff(asked, found, wanted) : undefined)
  )
}

function foreign(asked: AskedServer, found: ListedServer): Evidence {
  return finding(
    `${nameOf(asked, found)} is none that the lab has made`,
    typed(asked, [['-D', ...serviceWords(found)]]),
    showServer(asked, found, found),
  )
}

/** A packet for an address that the place has not is none for itself. */
function addressOff(asked: AskedServer): Evidence | undefined {
  const { address, from, place, links, lab, wanted } = asked
  if (from === place || !wanted.addresses.has(address)) return undefined
  if (links.some(link => link.addresses.some(own => own.address === address))) return undefined
  const link = links.find(({ name }) => name === device)
  const so = `so packets from ${from} for it are routed on and do not come to IPVS`
  if (link === undefined)
    return finding(
      `there is no ${device}${at(asked)}, which should have ${address}, ${so}`,
      `netlab sync ${lab.name}`,
      showLink(place, link, device),
    )
  return finding(
    `${device}${at(asked)} has no address ${address}, ${so}`,
    commandLine({
      argv: ['ip', 'address', 'add', bound(address, familyOf(address)), 'dev', device],
      in: place,
    }),
    showLink(place, link, device),
  )
}

function gone(asked: AskedServer, wanted: ListedServer): Evidence {
  return finding(
    `${nameOf(asked, wanted)} is gone`,
    mending(asked, undefined, wanted),
    showServer(asked, wanted, undefined),
  )
}

/** Real servers of weight 0 get no new connections. */
function openOf({ realServers }: ListedServer): string[] {
  return [...realServers].filter(([, { weight }]) => weight > 0).map(([address]) => address)
}

function realServersOff(asked: AskedServer, found: ListedServer, wanted: ListedServer): Evidence | undefined {
  const [open, declared] = [openOf(found), openOf(wanted)]
  const name = nameOf(asked, found)
  const off = (headline: string, mend: string | undefined) =>
    finding(headline, mend, showServer(asked, found, found))
  const extra = open.find(each => !wanted.realServers.has(each))
  if (extra !== undefined)
    return off(`${name} sends to ${endpointWords(asked, wanted, extra)}`, mending(asked, found, wanted))
  if (open.length > 0) return undefined
  if (declared.length === 0)
    return off(
      `${serviceOf(asked)} has no endpoints: no pod is behind it, so ${name} refuses (see the service's selector and the pods' labels)`,
      undefined,
    )
  const why =
    found.realServers.size === 0
      ? 'has no real server, so it refuses'
      : 'has real servers of weight 0 only, so it refuses new connections'
  return off(`${name} ${why}`, mending(asked, found, wanted))
}

/** What spoils the shares of the endpoints. */
function choiceOff(asked: AskedServer, found: ListedServer, wanted: ListedServer): Evidence | undefined {
  const words = choiceWords(asked, found, wanted)
  if (words === undefined) return undefined
  return finding(
    `${nameOf(asked, found)} ${words}`,
    mending(asked, found, wanted),
    showServer(asked, found, found),
  )
}

function choiceWords(asked: AskedServer, found: ListedServer, wanted: ListedServer): string | undefined {
  const left = openOf(wanted).find(each => !found.realServers.has(each))
  if (left !== undefined) return `does not send to ${withOwner(asked, left)}`
  for (const [each, { weight }] of wanted.realServers) {
    const now = found.realServers.get(each)?.weight
    if (now !== undefined && now !== weight)
      return `has ${withOwner(asked, each)} with weight ${now}, not ${weight}`
  }
  if (found.scheduler !== wanted.scheduler) return `chooses by ${found.scheduler}, not by ${wanted.scheduler}`
  if (found.persistent === wanted.persistent) return undefined
  return found.persistent === 0
    ? `keeps no client with a real server, and should for ${wanted.persistent} s`
    : `keeps each client with a real server for ${found.persistent} s, and should ${wanted.persistent === 0 ? 'not' : `for ${wanted.persistent} s`}`
}

function endpointWords(asked: AskedServer, wanted: ListedServer, realServer: string): string {
  const { address } = splitHostPort(realServer)
  if (machineAt(asked.lab, address) === undefined)
    return `${realServer}, an address that nobody in the lab has`
  const near = [...wanted.realServers.keys()].find(each => splitHostPort(each).address === address)
  const instead = near === undefined ? 'no endpoint' : `not the endpoint's port, ${splitHostPort(near).port}`
  return `${withOwner(asked, realServer)}, ${instead}`
}

function withOwner({ lab }: Pick<AskedServer, 'lab'>, realServer: string): string {
  const name = machineAt(lab, splitHostPort(realServer).address)?.name
  return name === undefined ? realServer : `${realServer} in ${name}`
}

/** `default/web`, by its cluster IP; else the address itself. */
function serviceOf({ lab, address, port }: AskedServer): string {
  const service = lab.services.find(({ clusterIPs }) => clusterIPs.includes(address))
  return service === undefined
    ? `the service at ${joinHostPort(address, port)}`
    : `${service.namespace}/${service.name}`
}

function at({ place }: Pick<AskedServer, 'place'>): string {
  return place === host ? '' : ` in ${place}`
}

function nameOf(asked: AskedServer, server: ListedServer): string {
  return `the virtual server ${serverKey(server)}${at(asked)}`
}

/** What makes a virtual server as it should be. */
function mending(asked: AskedServer, found: ListedServer | undefined, wanted: ListedServer): string {
  const words = serverWords(wanted)
  const isOther = found !== undefined && serverWords(found).join(' ') !== words.join(' ')
  const own = [...wanted.realServers]
  const typedFor = (verb: string, [each, { weight }]: (typeof own)[number]) => [
    verb,
    ...realServerWords(wanted, each, weight),
  ]
  const lines = [
    ...(found === undefined ? [['-A', ...words]] : isOther ? [['-E', ...words]] : []),
    ...own.filter(([each]) => !found?.realServers.has(each)).map(each => typedFor('-a', each)),
    ...own
      .filter(([each, { weight }]) => (found?.realServers.get(each)?.weight ?? weight) !== weight)
      .map(each => typedFor('-e', each)),
    // Those of weight 0 are about to go by themselves.
    ...(found === undefined ? [] : openOf(found))
      .filter(each => !wanted.realServers.has(each))
      .map(each => ['-d', ...serviceWords(wanted), '-r', each]),
  ]
  return lines.length > mostCommands ? `netlab sync ${asked.lab.name}` : typed(asked, lines)
}

function typed({ place }: AskedServer, lines: readonly (readonly string[])[]): string {
  return lines.map(words => commandLine({ argv: ['ipvsadm', ...words], in: place })).join(' && ')
}

/** `ipvsadm -L -n`, of one virtual server. */
function showServer(
  { place }: AskedServer,
  asked: Pick<ListedServer, 'protocol' | 'address'>,
  server: ListedServer | undefined,
): Shown {
  const command = `$ ${commandLine({ argv: ['ipvsadm', '-L', '-n', ...serviceWords(asked)], in: place })}`
  if (server === undefined) return [command, 'No such service']
  const { protocol, address, scheduler, persistent, realServers } = server
  const kept = persistent === 0 ? '' : ` persistent ${persistent}`
  const lines = [...realServers].map(
    ([each, { weight, connections }]) => `  -> ${each}  Masq  weight ${weight}  connections ${connections}`,
  )
  const [some, rest] = [lines.slice(0, 6), lines.length - 6]
  return [
    command,
    `${protocol}  ${address} ${scheduler}${kept}`,
    ...some,
    ...(rest > 0 ? [`  (${rest} more)`] : []),
  ]
}
