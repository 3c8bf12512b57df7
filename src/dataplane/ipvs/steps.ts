import { serverKey } from '../../command/ipvs-list.ts'
import type { RuleStep } from '../dataplane.ts'
import { ruleCommands } from '../iptables/rule-commands.ts'
import type { RuleSet as IptablesRules } from '../iptables/rules.ts'
import {
  bound,
  device,
  realServerWords,
  serverWords,
  serviceWords,
  setWords,
  waitsForConnections,
} from '../ipvs-words.ts'
import type { IpSet, RuleSet, VirtualServer } from './rules.ts'

/** Nothing of this: what there is before the first sync, and after kube-proxy's cleanup. */
function without(rules: RuleSet): RuleSet {
  return { ...rules, addresses: [], sets: [], servers: [] }
}

/** The iptables part, as the iptables mode would know it. */
export function iptablesPart({ family, iptables }: RuleSet): IptablesRules {
  return { family, ...iptables, largeCluster: false }
}

/**
 * The change from one state to another as single commands, in an order that is right at each moment: a service's address comes when
 * all that it leads to is there, and goes before that goes.
 */
export function ruleSteps(previous: RuleSet | undefined, next: RuleSet | undefined): RuleStep[] {
  const some = next ?? previous
  if (some === undefined) return []
  const [before, after] = [previous ?? without(some), next ?? without(some)]
  const rules = ruleCommands(previous && iptablesPart(previous), next && iptablesPart(next))
  const isLess = previous !== undefined && (next === undefined || rulesIn(next) < rulesIn(previous))
  return [
    ...(previous === undefined ? deviceComes(some) : []),
    ...newSets(before, after),
    ...newEntries(before, after),
    ...(isLess ? [] : rules),
    ...newServers(before, after),
    ...addressSteps(before, after),
    ...goneServers(before, after),
    ...(isLess ? rules : []),
    ...goneEntries(before, after),
    ...(next === undefined ? deviceGoes(some) : []),
  ]
}

function rulesIn({ iptables }: RuleSet): number {
  return [...iptables.nat.chains, ...iptables.filter.chains].reduce((sum, { rules }) => sum + rules.length, 0)
}

function deviceComes({ family, families }: RuleSet): RuleStep[] {
  if (families[0] !== family) return []
  const explain =
    "a device that stays down and answers no ARP: all that it is for is to have services' addresses"
  return [{ argv: ['ip', 'link', 'add', device, 'type', 'dummy'], explain }]
}

function deviceGoes({ family, families }: RuleSet): RuleStep[] {
  if (families.at(-1) !== family) return []
  return [{ argv: ['ip', 'link', 'delete', device], explain: 'no service has an address any more' }]
}

function newSets(before: RuleSet, { sets, family }: RuleSet): RuleStep[] {
  const there = new Set(before.sets.map(({ name }) => name))
  return sets
    .filter(({ name }) => !there.has(name))
    .map(set => ({ argv: ['ipset', ...setWords(set, family)], explain: `a set: ${set.explain}` }))
}

function newEntries(before: RuleSet, after: RuleSet): RuleStep[] {
  return entriesBeyond(after, before).map(({ set, entry }) => ({
    argv: ['ipset', 'add', set.name, entry],
    explain: `one of ${set.explain}`,
  }))
}

/** Sets that go take their entries along; no rule asks them any more. */
function goneEntries(before: RuleSet, after: RuleSet): RuleStep[] {
  if (after.sets.length === 0)
    return before.sets.map(({ name }) => ({
      argv: ['ipset', 'destroy', name],
      explain: 'no rule asks this set any more',
    }))
  return entriesBeyond(before, after).map(({ set, entry }) => ({
    argv: ['ipset', 'del', set.name, entry],
    explain: `no longer one of ${set.explain}`,
  }))
}

/** What sets have that those of another state have not. */
function entriesBeyond(
  { sets }: Pick<RuleSet, 'sets'>,
  other: Pick<RuleSet, 'sets'>,
): { set: IpSet; entry: string }[] {
  const known = new Map(other.sets.map(({ name, entries }) => [name, new Set(entries)]))
  return sets.flatMap(set =>
    set.entries.filter(entry => !known.get(set.name)?.has(entry)).map(entry => ({ set, entry })),
  )
}

function newServers({ servers }: RuleSet, after: RuleSet): RuleStep[] {
  const known = new Map(servers.map(server => [serverKey(server), server]))
  return after.servers.flatMap(server => {
    const old = known.get(serverKey(server))
    const words = serverWords(server)
    const { service, explain } = server
    const comes = old === undefined ? [{ argv: ['ipvsadm', '-A', ...words], explain, service }] : []
    const isOther = old !== undefined && serverWords(old).join(' ') !== words.join(' ')
    const changes = isOther
      ? [{ argv: ['ipvsadm', '-E', ...words], explain: 'it chooses in another way from now on', service }]
      : []
    const fresh = server.realServers.filter(each => !old?.realServers.includes(each))
    return [...comes, ...changes, ...fresh.map(each => realServerComes(server, each))]
  })
}

function realServerComes(server: VirtualServer, realServer: string): RuleStep {
  return {
    argv: ['ipvsadm', '-a', ...realServerWords(server, realServer, 1)],
    explain: `${realServer} is one of its endpoints`,
    service: server.service,
  }
}

function addressSteps(before: RuleSet, after: RuleSet): RuleStep[] {
  const step = (verb: string, address: string, explain: string) => ({
    argv: ['ip', 'address', verb, bound(address, after.family), 'dev', device],
    explain,
  })
  return [
    ...after.addresses
      .filter(address => !before.addresses.includes(address))
      .map(address =>
        step('add', address, 'packets to it are for the node itself now, and IPVS gets hold of them'),
      ),
    ...before.addresses
      .filter(address => !after.addresses.includes(address))
      .map(address => step('delete', address, 'no service has this address any more')),
  ]
}

function goneServers({ servers }: RuleSet, after: RuleSet): RuleStep[] {
  const staying = new Map(after.servers.map(server => [serverKey(server), server]))
  return servers.flatMap(server => {
    const now = staying.get(serverKey(server))
    const { service } = server
    if (now === undefined) {
      const argv = ['ipvsadm', '-D', ...serviceWords(server)]
      return [{ argv, explain: `no longer: ${server.explain}`, service }]
    }
    return server.realServers
      .filter(each => !now.realServers.includes(each))
      .flatMap(each => realServerGoes(server, each))
  })
}

function realServerGoes(server: VirtualServer, realServer: string): RuleStep[] {
  const { service, protocol } = server
  const gone: RuleStep = {
    argv: ['ipvsadm', '-d', ...serviceWords(server), '-r', realServer],
    explain: `${realServer} is no endpoint any more`,
    service,
  }
  if (!waitsForConnections(protocol)) return [gone]
  const argv = ['ipvsadm', '-e', ...realServerWords(server, realServer, 0)]
  const explain = `weight 0: no new connections for ${realServer}, and those that it has may end`
  return [
    { argv, explain, service },
    { ...gone, explain: 'when they have ended it goes' },
  ]
}
