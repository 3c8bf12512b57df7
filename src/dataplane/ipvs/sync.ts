import { entryKey } from '../../command/ipset-list.ts'
import { type ListedServer, serverKey } from '../../command/ipvs-list.ts'
import {
  bound,
  device,
  realServerWords,
  serverWords,
  serviceWords,
  setWords,
  waitsForConnections,
} from '../ipvs-words.ts'
import type { KernelState } from './kernel-state.ts'
import type { RuleSet, VirtualServer } from './rules.ts'

/** Lines, as each program reads them, that bring what the kernel has to what it shall have. */
export interface SyncLines {
  ipset: readonly string[]
  ipvsadm: readonly string[]
  ip: readonly string[]
  /** `namespace/name` of the services whose virtual servers change. */
  services: readonly string[]
}

/** What differs (`syncProxyRules` in proxier.go, which asks the kernel each time). */
export function syncLines(rules: RuleSet, kernel: KernelState): SyncLines {
  const wanted = new Set(rules.servers.map(serverKey))
  const changes = rules.servers.map(server => ({
    service: server.service,
    lines: serverLines(server, kernel.servers.get(serverKey(server))),
  }))
  const gone = [...kernel.servers].filter(([key]) => !wanted.has(key))
  const changed = changes.filter(({ lines }) => lines.length > 0)
  return {
    ipset: setLines(rules, kernel),
    ipvsadm: [
      ...changed.flatMap(({ lines }) => lines),
      ...gone.map(([, server]) => line('-D', serviceWords(server))),
    ],
    ip: addressLines(rules, kernel),
    services: [...new Set(changed.map(({ service }) => service))].sort(),
  }
}

function line(verb: string, words: readonly string[]): string {
  return [verb, ...words].join(' ')
}

function setLines({ sets, family }: RuleSet, kernel: KernelState): string[] {
  return sets.flatMap(set => {
    const there = kernel.sets.get(set.name)
    const wanted = new Set(set.entries.map(entryKey))
    return [
      ...(there === undefined ? [setWords(set, family).join(' ')] : []),
      ...set.entries.filter(entry => !there?.has(entryKey(entry))).map(entry => `add ${set.name} ${entry}`),
      ...[...(there ?? [])].filter(entry => !wanted.has(entry)).map(entry => `del ${set.name} ${entry}`),
    ]
  })
}

function addressLines({ addresses, family }: RuleSet, kernel: KernelState): string[] {
  const words = (verb: string, address: string) => `address ${verb} ${bound(address, family)} dev ${device}`
  return [
    ...addresses.filter(address => !kernel.addresses.has(address)).map(address => words('add', address)),
    ...[...kernel.addresses]
      .filter(address => !addresses.includes(address))
      .map(address => words('delete', address)),
  ]
}

function serverLines(server: VirtualServer, there: ListedServer | undefined): string[] {
  const words = serverWords(server)
  const verb =
    there === undefined ? '-A' : serverWords(there).join(' ') === words.join(' ') ? undefined : '-E'
  const leaving = [...(there?.realServers ?? [])].filter(([each]) => !server.realServers.includes(each))
  return [
    ...(verb === undefined ? [] : [line(verb, words)]),
    ...server.realServers.flatMap(each => stayingLines(server, each, there?.realServers.get(each)?.weight)),
    ...leaving.flatMap(([each, { weight, connections }]) => {
      const away = line('-d', [...serviceWords(server), '-r', each])
      if (!waitsForConnections(server.protocol) || connections === 0) return [away]
      // Its connections may end first (graceful_termination.go); a later sync takes it away.
      return weight === 0 ? [] : [line('-e', realServerWords(server, each, 0))]
    }),
  ]
}

/** One that was about to go, and is wanted again, is made anew (`syncEndpoint` in proxier.go). */
function stayingLines(server: VirtualServer, realServer: string, weight: number | undefined): string[] {
  if (weight === 1) return []
  const added = line('-a', realServerWords(server, realServer, 1))
  if (weight === undefined) return [added]
  if (weight === 0) return [line('-d', [...serviceWords(server), '-r', realServer]), added]
  return [line('-e', realServerWords(server, realServer, 1))]
}

/** Whether the kernel has lost something of a rule set's, beside its rules of iptables. */
export function hasLost(rules: RuleSet, kernel: KernelState): boolean {
  const { ipset, ipvsadm, ip } = syncLines(rules, kernel)
  return (
    !kernel.hasDevice ||
    ipset.some(line => !line.startsWith('del ')) ||
    ipvsadm.some(line => /^-[AEa] /.test(line)) ||
    ip.some(line => line.startsWith('address add '))
  )
}
