import { fileURLToPath } from 'node:url'
import type { ListedChain, ListedRule, Tables } from '../../src/command/iptables-save.ts'
import { declaredBy } from '../../src/diagnose/declared.ts'
import type { Facts, Link, PlaceFacts } from '../../src/observe/facts.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { loadLab } from '../../src/read/load-lab.ts'

export const healthy = labAsBuilt(loadLab(fileURLToPath(new URL('healthy.yaml', import.meta.url))))

/** A link that is up. */
export function link(name: string, mac: string, cidr?: string, more: Partial<Link> = {}): Link {
  const [address = '', prefix = ''] = cidr?.split('/') ?? []
  const addresses = cidr === undefined ? [] : [{ address, prefix: Number(prefix) }]
  return { name, up: true, carrier: true, mac, mtu: 1500, addresses, ...more }
}

function port(pod: string): Link {
  const state = { state: 'forwarding', hairpin: true, isolated: false }
  return link(`veth_${pod}`, `02:00:00:00:01:0${pod}`, undefined, { master: 'br1', port: state })
}

function machine(name: string, address: string, gateway: string): PlaceFacts {
  const way = { gateway, device: 'eth0', source: address }
  return {
    links: [link('eth0', `02:00:00:00:00:0${name[0]}`, `${address}/24`)],
    routes: [{ destination: 'default', gateway, device: 'eth0' }],
    neighbours: [],
    listeners: [{ address: '*', port: 8080 }],
    routesTo: {
      '10.100.0.1': { destination: '10.100.0.1', ...way },
      '10.100.0.2': { destination: '10.100.0.2', ...way },
      '192.0.2.10': { destination: '192.0.2.10', ...way },
      ...Object.fromEntries(
        ['10.0.0.1', '10.0.0.11', '10.0.0.12', '10.0.0.13'].map(to => [
          to,
          { destination: to, device: 'eth0' },
        ]),
      ),
    },
  }
}

/** What the kernel says of a lab that is well, where one more try has failed all the same. */
export function healthyFacts(): Facts {
  const tables = copyOf(declaredBy(healthy, healthy.outlines.length, 'ipv4').tables)
  return {
    places: {
      host: {
        links: [
          link('br1', '02:00:00:00:00:ff', '10.0.0.1/24'),
          ...['a', 'b', 'c'].map(port),
          link('out_client', '02:00:00:00:00:fe', '192.0.2.1/24'),
        ],
        routes: [{ destination: 'default', gateway: '192.0.2.10', device: 'out_client' }],
        neighbours: [],
        routesTo: Object.fromEntries(
          ['10.0.0.11', '10.0.0.12', '10.0.0.13'].map(to => [to, { destination: to, device: 'br1' }]),
        ),
      },
      a: machine('a', '10.0.0.11', '10.0.0.1'),
      b: machine('b', '10.0.0.12', '10.0.0.1'),
      c: machine('c', '10.0.0.13', '10.0.0.1'),
      client: machine('client', '192.0.2.10', '192.0.2.1'),
    },
    sysctls: {
      'net.ipv4.ip_forward': '1',
      'net.bridge.bridge-nf-call-iptables': '1',
      'net.netfilter.nf_conntrack_count': '12',
      'net.netfilter.nf_conntrack_max': '262144',
    },
    before: { tables, connections: [] },
    after: { tables, connections: [] },
    tries: { failed: 1, failures: ['timeout'], answers: [] },
  }
}

/** Tables with their rules numbered, and the built-in chains there. */
function copyOf(declared: Tables): Map<string, Map<string, ListedChain>> {
  const builtIn = { filter: ['INPUT', 'FORWARD', 'OUTPUT'], nat: ['PREROUTING', 'OUTPUT', 'POSTROUTING'] }
  return new Map(
    Object.entries(builtIn).map(([table, chains]) => {
      const empty = chains.map(name => [name, { name, packets: 0, rules: [] }] as const)
      const copied = [...empty, ...(declared.get(table) ?? [])].map(
        ([name, chain]): [string, ListedChain] => [
          name,
          {
            ...chain,
            ...(chains.includes(name) ? { policy: 'ACCEPT' } : {}),
            rules: chain.rules.map((rule, at): ListedRule => ({ ...rule, number: at + 1 })),
          },
        ],
      )
      return [table, new Map(copied)]
    }),
  )
}

/** A chain of facts that may be changed. */
export function chain(facts: Facts, table: string, name: string): ListedChain {
  return facts.after.tables.get(table)!.get(name)!
}
