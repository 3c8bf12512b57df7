import { entryKey, type ListedSets, parseSets } from '../../command/ipset-list.ts'
import { type ListedServer, type ListedServers, parseServers, serverKey } from '../../command/ipvs-list.ts'
import type { Family } from '../../model/address.ts'
import { iptablesOf } from '../../model/families.ts'
import type { NodeView } from '../dataplane.ts'
import { type KernelRules, kernelRulesOf, readSaved } from '../iptables/kernel-rules.ts'
import { device, waitsForConnections } from '../ipvs-words.ts'
import { compileServices } from './compile.ts'
import type { RuleSet, VirtualServer } from './rules.ts'
import { iptablesPart } from './steps.ts'

/** What the kernel has of a family's. */
export interface KernelState {
  iptables: KernelRules
  /** kube-ipvs0 is there. */
  hasDevice: boolean
  /** Its addresses. */
  addresses: ReadonlySet<string>
  sets: ListedSets
  servers: ListedServers
}

const marks = ['rules', 'sets', 'links', 'addresses', 'servers'] as const

/** Prints all of it; each part behind a line with its name. */
export function saveArgv(family: Family): readonly string[] {
  const reads: Readonly<Record<(typeof marks)[number], string>> = {
    rules: `${iptablesOf(family)}-save`,
    sets: 'ipset save',
    links: 'ip -o link show type dummy',
    addresses: `ip -o ${family === 'ipv4' ? '-4' : '-6'} address show`,
    servers: 'ipvsadm -L -n',
  }
  const lines = marks.flatMap(mark => [`echo '## ${mark} ${family}'`, reads[mark]])
  return ['sh', '-c', ['set -e', ...lines].join('\n')]
}

/** Reads it. */
export function readListed(text: string): KernelState {
  const family = /^## rules (\S+)$/m.exec(text)?.[1] === 'ipv6' ? 'ipv6' : 'ipv4'
  const part = (mark: (typeof marks)[number]) =>
    new RegExp(`^## ${mark} \\S+\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(text)?.[1] ?? ''
  return {
    iptables: readSaved(part('rules')),
    hasDevice: new RegExp(`^\\d+: ${device}[:@]`, 'm').test(part('links')),
    addresses: addressesIn(part('addresses')),
    sets: setsIn(part('sets'), family),
    servers: serversIn(part('servers'), family),
  }
}

function addressesIn(text: string): Set<string> {
  const line = new RegExp(`^\\d+: ${device}\\s+inet6? ([^\\s/]+)`)
  const found = text.split('\n').flatMap(each => line.exec(each)?.[1] ?? [])
  // Those that the kernel gives by itself are no service's.
  return new Set(found.filter(address => !address.startsWith('fe80:')))
}

/** The other family's sets are in the same list. */
function setsIn(text: string, family: Family): ListedSets {
  const isOwn = (name: string) =>
    name.startsWith('KUBE-') && name.startsWith('KUBE-6-') === (family === 'ipv6')
  return new Map([...parseSets(text)].filter(([name]) => isOwn(name)))
}

/** So are its virtual servers. */
function serversIn(text: string, family: Family): ListedServers {
  const isOwn = ({ address }: ListedServer) => address.startsWith('[') === (family === 'ipv6')
  return new Map([...parseServers(text)].filter(([, server]) => isOwn(server)))
}

/** What the kernel has of a rule set while nobody else touches it. */
function kernelOf(rules: RuleSet, legacy: boolean): KernelState {
  return {
    iptables: kernelRulesOf(iptablesPart(rules), legacy),
    hasDevice: true,
    addresses: new Set(rules.addresses),
    sets: new Map(rules.sets.map(({ name, entries }) => [name, new Set(entries.map(entryKey))])),
    servers: new Map(rules.servers.map(server => [serverKey(server), kernelServer(server)])),
  }
}

function kernelServer({
  protocol,
  address,
  scheduler,
  persistent,
  realServers,
}: VirtualServer): ListedServer {
  const known = realServers.map(each => [each, { weight: 1, connections: 0 }] as const)
  return { protocol, address, scheduler, persistent, realServers: new Map(known) }
}

/** What it has once a node's rules have been synced: those that must wait for their connections to end are there still. */
export function kernelAfter(view: NodeView | undefined, { iptables, servers }: KernelState): KernelState {
  if (view === undefined) return readListed('')
  const now = kernelOf(compileServices(view), iptables.legacy)
  const later = [...now.servers].map(([key, server]) => {
    const leaving = [...(servers.get(key)?.realServers ?? [])].filter(
      ([each, { connections }]) =>
        waitsForConnections(server.protocol) && connections > 0 && !server.realServers.has(each),
    )
    const waiting = leaving.map(([each, { connections }]) => [each, { weight: 0, connections }] as const)
    return [key, { ...server, realServers: new Map([...server.realServers, ...waiting]) }] as const
  })
  return { ...now, servers: new Map(later) }
}
