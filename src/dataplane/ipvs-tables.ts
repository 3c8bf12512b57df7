import type { ListedChain, ListedRule, Tables } from '../command/iptables-save.ts'
import { type ListedServer, type ListedServers, serverKey } from '../command/ipvs-list.ts'
import { type Family, splitHostPort } from '../model/address.ts'
import { serviceWords } from './ipvs-words.ts'

/** The chain that stands for IPVS as a whole. */
const entry = 'IPVS'

/** Of iptables' hooks those at which IPVS looks at packets that nobody has answered yet (ip_vs_ops in the kernel's ip_vs_core.c). */
const hooks = ['INPUT', 'OUTPUT'] as const

/**
 * iptables' tables, with the virtual servers of a family in them: behind the nat table's rules for what is for the machine itself, and for what it sends.
 * Each is a chain, and a real server a rule that takes its share by weight.
 */
export function withVirtualServers(tables: Tables, servers: ListedServers, family: Family): Tables {
  const own = [...servers.values()].filter(({ address }) => address.startsWith('[') === (family === 'ipv6'))
  if (own.length === 0) return tables
  const nat = new Map(tables.get('nat'))
  nat.set(entry, asChain(entry, [], own.map(leadingTo)))
  for (const server of own) {
    const key = serverKey(server)
    const rules = chosen(server).map(rule => ({ ...rule, server: key }))
    nat.set(key, asChain(key, serviceWords(server), rules))
  }
  for (const hook of hooks) {
    const there = nat.get(hook) ?? { name: hook, policy: 'ACCEPT', packets: 0, rules: [] }
    nat.set(hook, { ...there, afterwards: [...(there.afterwards ?? []), entry] })
  }
  return new Map([...tables, ['nat', nat]])
}

type AsRule = Pick<ListedRule, 'argv' | 'listed' | 'server'>

function asChain(name: string, ipvs: readonly string[], rules: readonly AsRule[]): ListedChain {
  const listed = rules.map((rule, at) => ({ ...rule, table: 'nat', chain: name, number: at + 1, packets: 0 }))
  return { name, packets: 0, ipvs, rules: listed }
}

function leadingTo(server: ListedServer): AsRule {
  const { address, port } = splitHostPort(server.address)
  const key = serverKey(server)
  const protocol = server.protocol.toLowerCase()
  return { argv: ['-d', address, '-p', protocol, '--dport', `${port}`, '-j', key], listed: key, server: key }
}

/** Each takes its share of what those before it have left; with nobody to choose from IPVS refuses. */
function chosen({ realServers }: ListedServer): AsRule[] {
  const open = [...realServers].filter(([, { weight }]) => weight > 0)
  if (open.length === 0) return [{ argv: ['-j', 'REJECT'], listed: '(no real server to choose from)' }]
  let left = open.reduce((sum, [, { weight }]) => sum + weight, 0)
  return open.map(([address, { weight }]) => {
    const chance = weight / left
    left -= weight
    const dice = chance < 1 ? ['-m', 'statistic', '--mode', 'random', '--probability', `${chance}`] : []
    return {
      argv: [...dice, '-j', 'DNAT', '--to-destination', address],
      listed: `-> ${address} Masq ${weight}`,
    }
  })
}
