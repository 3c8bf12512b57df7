import { describe, expect, it } from 'vitest'
import { restoreLine } from '../../../src/command/iptables-save.ts'
import { scriptText, toJson } from '../../../src/dataplane/ipvs/print.ts'
import type { RuleSet } from '../../../src/dataplane/ipvs/rules.ts'
import type { Protocol } from '../../../src/model/kubernetes.ts'
import { service, slice } from '../iptables/fixtures.ts'
import { compile } from './fixtures.ts'

const port = (protocol: Protocol, number: number, nodePort: number) => ({
  ...{ name: protocol.toLowerCase(), protocol, port: number, targetPort: number },
  nodePort,
})

/** Address → real servers. */
const servers = (rules: RuleSet) =>
  Object.fromEntries(rules.servers.map(({ address, realServers }) => [address, realServers]))

/** The sets that have something in them. */
const sets = (rules: RuleSet) =>
  Object.fromEntries(rules.sets.filter(set => set.entries.length > 0).map(set => [set.name, set.entries]))

const rulesOf = ({ iptables }: RuleSet, table: 'nat' | 'filter', chain: string) =>
  iptables[table].chains.find(({ name }) => name === chain)?.rules.map(rule => restoreLine(rule.argv))

const here = (address: string) => ({ addresses: [address], nodeName: 'n1' })
const elsewhere = (address: string) => ({ addresses: [address], nodeName: 'n2' })

describe('virtual servers', () => {
  it('are on the cluster IP, which kube-ipvs0 has, and lead to the endpoints', () => {
    const rules = compile([service()], [slice(['10.1.0.2', '10.1.0.10'])])
    expect(rules.servers).toMatchObject([
      {
        protocol: 'TCP',
        address: '10.96.0.1:80',
        scheduler: 'rr',
        persistent: 0,
        realServers: ['10.1.0.10:8080', '10.1.0.2:8080'],
      },
    ])
    expect(rules.addresses).toEqual(['10.96.0.1'])
  })

  it('are there without endpoints, too: IPVS refuses then', () => {
    expect(servers(compile([service()], []))).toEqual({ '10.96.0.1:80': [] })
  })

  it("are on each of the node's addresses for a node port, and on external ones", () => {
    const all = service({
      type: 'LoadBalancer',
      ports: [port('TCP', 80, 30_080)],
      // The node has the first itself.
      externalIPs: ['192.0.2.2', '198.51.100.7'],
      loadBalancerIPs: ['198.51.100.9'],
    })
    const rules = compile([all], [])
    expect(Object.keys(servers(rules))).toEqual([
      '10.96.0.1:80',
      '192.0.2.2:80',
      '198.51.100.7:80',
      '198.51.100.9:80',
      '192.0.2.1:30080',
      '192.0.2.2:30080',
    ])
    expect(rules.addresses).toEqual(['10.96.0.1', '198.51.100.7', '198.51.100.9'])
    const scoped = compile([all], [], { nodePortAddresses: ['127.0.0.0/8', '192.0.2.2/32'] })
    expect(Object.keys(servers(scoped)).filter(address => address.endsWith(':30080'))).toEqual([
      '192.0.2.2:30080',
    ])
  })

  it("keep to this node's endpoints under policy Local, and use the others where there is none", () => {
    const local = service({ externalIPs: ['198.51.100.7'], externalTrafficPolicy: 'Local' })
    const both = compile([local], [slice([here('10.1.0.2'), elsewhere('10.1.0.3')])])
    expect(servers(both)).toEqual({
      '10.96.0.1:80': ['10.1.0.2:8080', '10.1.0.3:8080'],
      '198.51.100.7:80': ['10.1.0.2:8080'],
    })
    const none = compile([local], [slice([elsewhere('10.1.0.3')])])
    expect(servers(none)['198.51.100.7:80']).toEqual(['10.1.0.3:8080'])
  })
})

describe('sets', () => {
  it('hold what the fixed rules ask for', () => {
    const all = service({
      type: 'LoadBalancer',
      ports: [port('TCP', 80, 30_080), port('UDP', 53, 30_053), port('SCTP', 9, 30_009)],
      externalTrafficPolicy: 'Local',
      externalIPs: ['198.51.100.7'],
      loadBalancerIPs: ['198.51.100.9'],
      loadBalancerSourceRanges: ['203.0.113.0/24', '192.0.2.0/24'],
      healthCheckNodePort: 31_000,
    })
    const ports = [{ name: 'tcp', protocol: 'TCP' as const, port: 8080 }]
    const found = sets(compile([all], [slice([here('10.1.0.2'), elsewhere('10.1.0.3')], { ports })]))
    const on = (ip: string) => [`${ip},sctp:9`, `${ip},tcp:80`, `${ip},udp:53`]
    expect(found).toEqual({
      'KUBE-LOOP-BACK': ['10.1.0.2,tcp:8080,10.1.0.2'],
      'KUBE-CLUSTER-IP': on('10.96.0.1'),
      'KUBE-EXTERNAL-IP-LOCAL': on('198.51.100.7'),
      'KUBE-LOAD-BALANCER': on('198.51.100.9'),
      'KUBE-LOAD-BALANCER-FW': on('198.51.100.9'),
      'KUBE-LOAD-BALANCER-LOCAL': on('198.51.100.9'),
      'KUBE-LOAD-BALANCER-SOURCE-IP': on('198.51.100.9').map(entry => `${entry},198.51.100.9`),
      'KUBE-LOAD-BALANCER-SOURCE-CIDR': on('198.51.100.9').flatMap(entry => [
        `${entry},192.0.2.0/24`,
        `${entry},203.0.113.0/24`,
      ]),
      'KUBE-NODE-PORT-TCP': ['30080'],
      'KUBE-NODE-PORT-LOCAL-TCP': ['30080'],
      'KUBE-NODE-PORT-UDP': ['30053'],
      'KUBE-NODE-PORT-LOCAL-UDP': ['30053'],
      'KUBE-NODE-PORT-SCTP-HASH': ['192.0.2.1,sctp:30009', '192.0.2.2,sctp:30009'],
      'KUBE-NODE-PORT-LOCAL-SCTP-HASH': ['192.0.2.1,sctp:30009', '192.0.2.2,sctp:30009'],
      'KUBE-HEALTH-CHECK-NODE-PORT': ['31000'],
      'KUBE-IPVS-IPS': ['10.96.0.1', '198.51.100.7', '198.51.100.9'],
    })
  })

  it('limit nobody where one of the source ranges is everything, which ipset would not take', () => {
    const open = service({
      type: 'LoadBalancer',
      loadBalancerIPs: ['198.51.100.9'],
      loadBalancerSourceRanges: ['203.0.113.0/24', '0.0.0.0/0'],
    })
    const found = sets(compile([open], []))
    expect(Object.keys(found).filter(name => name.startsWith('KUBE-LOAD-BALANCER'))).toEqual([
      'KUBE-LOAD-BALANCER',
    ])
  })

  it('are all there, under names of their own in IPv6', () => {
    const rules = compile([service({ clusterIPs: ['fd00::1'] })], [], {}, { family: 'ipv6' })
    expect(rules.sets).toHaveLength(17)
    expect(sets(rules)).toEqual({ 'KUBE-6-CLUSTER-IP': ['fd00::1,tcp:80'], 'KUBE-6-IPVS-IPS': ['fd00::1'] })
    expect(rules.sets.map(({ name }) => name)).toContain('KUBE-6-LOAD-BALANCER-SOURCE-CID')
  })
})

describe('the rules of iptables', () => {
  const masquerading = (settings: Parameters<typeof compile>[2]) =>
    rulesOf(compile([service()], [], settings), 'nat', 'KUBE-SERVICES')?.[1]
  const told =
    '-m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" -m set --match-set KUBE-CLUSTER-IP'

  it('masquerade cluster IPs as the settings say', () => {
    expect(masquerading({})).toBe(`${told} src,dst -j KUBE-MARK-MASQ`)
    expect(masquerading({ clusterCIDR: '10.1.0.0/16' })).toBe(
      `${told} dst,dst ! -s 10.1.0.0/16 -j KUBE-MARK-MASQ`,
    )
    const iptables = { masqueradeAll: true, masqueradeBit: 14, localhostNodePorts: true, randomFully: true }
    expect(masquerading({ iptables })).toBe(`${told} dst,dst -j KUBE-MARK-MASQ`)
  })

  it('are as many for one service as for many', () => {
    const count = (services: number) => {
      const all = Array.from({ length: services }, (_, at) =>
        service({ name: `svc${at}`, clusterIPs: [`10.96.0.${at}`] }),
      )
      const { nat, filter } = compile(all, []).iptables
      return [...nat.chains, ...filter.chains].flatMap(({ rules }) => rules).length
    }
    expect(count(200)).toBe(count(1))
  })

  it("close a load balancer's address to the node where no source range has it", () => {
    const guarded = (range: string) =>
      compile(
        [
          service({
            type: 'LoadBalancer',
            loadBalancerIPs: ['198.51.100.9'],
            loadBalancerSourceRanges: [range],
          }),
        ],
        [],
      )
    expect(rulesOf(guarded('203.0.113.0/24'), 'filter', 'KUBE-IPVS-OUT-FILTER')).toEqual([
      '-s 198.51.100.9 -m ipvs --vaddr 198.51.100.9 --vproto tcp --vport 80 -j DROP',
    ])
    expect(rulesOf(guarded('192.0.2.0/24'), 'filter', 'KUBE-IPVS-OUT-FILTER')).toEqual([])
  })
})

describe('the script', () => {
  const script = (settings: Parameters<typeof compile>[2] = {}, explain = false) =>
    scriptText(compile([service({ sessionAffinity: 'ClientIP' })], [slice(['10.1.0.2'])], settings), {
      jumps: false,
      explain,
    })

  it('gives each tool what it takes', () => {
    expect(script()).toContain(`ip link add kube-ipvs0 type dummy
ip -batch - <<'END'
address add 10.96.0.1/32 dev kube-ipvs0
END

ipset restore -exist <<'END'
create KUBE-LOOP-BACK hash:ip,port,ip family inet hashsize 1024 maxelem 65536
create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536
add KUBE-CLUSTER-IP 10.96.0.1,tcp:80
`)
    expect(script()).toMatch(
      /\niptables-restore --noflush --counters <<'END'\n\*nat\n[\s\S]*COMMIT\n\*filter\n/,
    )
    expect(script()).toMatch(
      /\nipvsadm --restore <<'END'\n-A -t 10\.96\.0\.1:80 -s rr -p 10800\n-a -t 10\.96\.0\.1:80 -r 10\.1\.0\.2:8080 -m -w 1\nEND\n$/,
    )
  })

  it('follows the settings of the mode', () => {
    const text = script({ ipvs: { scheduler: 'mh', strictARP: true } })
    expect(text).toContain('-A -t 10.96.0.1:80 -s mh -p 10800 -b mh-port\n')
    expect(text).toContain(
      'sysctl -w net.ipv4.conf.all.arp_ignore=1\nsysctl -w net.ipv4.conf.all.arp_announce=2\n',
    )
    expect(script()).not.toContain('arp_ignore')
  })

  it('explains what it does, without words that ipvsadm does not know', () => {
    expect(script({}, true)).toContain(
      "sed '/^#/d' <<'END' | ipvsadm --restore\n# 10.96.0.1:80 is the cluster IP of shop/cart\n-A",
    )
  })
})

it('for programs it is plain data', () => {
  const rules = compile([service()], [slice(['10.1.0.2'])])
  expect(toJson(rules, { jumps: true })).toMatchObject({
    sysctls: { 'net.ipv4.vs.conntrack': '1' },
    addresses: ['10.96.0.1'],
    sets: { 'KUBE-CLUSTER-IP': { type: 'hash:ip,port', entries: ['10.96.0.1,tcp:80'] } },
    nat: { 'KUBE-MARK-MASQ': [['-j', 'MARK', '--or-mark', '0x4000']], OUTPUT: [expect.any(Array)] },
    virtualServers: [{ protocol: 'TCP', address: '10.96.0.1:80', realServers: ['10.1.0.2:8080'] }],
  })
})
