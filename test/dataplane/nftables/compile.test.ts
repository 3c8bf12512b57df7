import { describe, expect, it } from 'vitest'
import { endpointNames, serviceChainNames } from '../../../src/dataplane/nftables/names.ts'
import { scriptText, toJson } from '../../../src/dataplane/nftables/print.ts'
import { fullSync, linesOf, partialSync } from '../../../src/dataplane/nftables/sync.ts'
import { defaultProxySettings } from '../../../src/read/proxy-settings.ts'
import { servicePorts } from '../../../src/service/service-ports.ts'
import { service, slice } from '../iptables/fixtures.ts'
import { baseRules, compile, elements, portChains } from './fixtures.ts'

const withNodePort = {
  ports: [{ name: '', protocol: 'TCP' as const, port: 80, targetPort: 8080, nodePort: 30080 }],
}

describe('a service port', () => {
  it('is found by one look into a map, and a random number chooses the endpoint', () => {
    const rules = compile([service()], [slice(['10.1.0.2', '10.1.0.10'])], { clusterCIDR: '10.1.0.0/16' })
    expect(elements(rules, 'service-ips')).toEqual(['10.96.0.1 . tcp . 80 : goto service'])
    expect(elements(rules, 'cluster-ips')).toEqual(['10.96.0.1'])
    expect(portChains(rules)).toEqual({
      service: [
        'ip daddr 10.96.0.1 ip saddr != 10.1.0.0/16 jump mark-for-masquerade',
        'numgen random mod 2 vmap { 0 : goto endpoint 10.1.0.10/8080 , 1 : goto endpoint 10.1.0.2/8080 }',
      ],
      'endpoint 10.1.0.10/8080': [
        'ip saddr 10.1.0.10 jump mark-for-masquerade',
        'meta l4proto tcp dnat to 10.1.0.10:8080',
      ],
      'endpoint 10.1.0.2/8080': [
        'ip saddr 10.1.0.2 jump mark-for-masquerade',
        'meta l4proto tcp dnat to 10.1.0.2:8080',
      ],
    })
  })

  it('remembers the clients of each endpoint where it has affinity', () => {
    const rules = compile([service({ sessionAffinity: 'ClientIP' })], [slice(['10.1.0.2'])])
    const { service: balancing, ...endpoint } = portChains(rules)
    expect(balancing).toEqual([
      'ip saddr @affinity 10.1.0.2/8080 goto endpoint 10.1.0.2/8080',
      'numgen random mod 1 vmap { 0 : goto endpoint 10.1.0.2/8080 }',
    ])
    expect(endpoint['endpoint 10.1.0.2/8080']?.[1]).toBe('update @affinity 10.1.0.2/8080 { ip saddr }')
    expect(scriptText(rules, { explain: false })).toMatch(
      /add set ip kube-proxy affinity-\S+ \{ type ipv4_addr ; flags dynamic,timeout ; timeout 10800s ; \}/,
    )
  })

  it('masquerades all traffic to the cluster IP where that is asked for', () => {
    const settings = { nftables: { masqueradeAll: true, masqueradeBit: 15 } }
    const rules = compile([service()], [slice(['10.1.0.2'])], settings)
    expect(portChains(rules).service?.[0]).toBe('ip daddr 10.96.0.1 jump mark-for-masquerade')
    expect(baseRules(rules, 'mark-for-masquerade')).toEqual(['mark set mark or 0x8000'])
  })

  it('keeps to the endpoints of this node under policy Local', () => {
    const [here, elsewhere] = [
      { addresses: ['10.1.0.2'], nodeName: 'n1' },
      { addresses: ['10.1.0.3'], nodeName: 'n2' },
    ]
    const local = service({ ...withNodePort, type: 'NodePort', externalTrafficPolicy: 'Local' })
    const rules = compile([local], [slice([here, elsewhere])], { clusterCIDR: '10.1.0.0/16' })
    expect(portChains(rules)).toMatchObject({
      local: ['numgen random mod 1 vmap { 0 : goto endpoint 10.1.0.2/8080 }'],
      external: [
        'ip saddr 10.1.0.0/16 goto service comment "short-circuit pod traffic"',
        'fib saddr type local jump mark-for-masquerade comment "masquerade local traffic"',
        'fib saddr type local goto service comment "short-circuit local traffic"',
        'goto local',
      ],
    })
    const silent = compile([local], [slice([elsewhere])])
    expect(portChains(silent).external).not.toContain('goto local')
    expect(elements(silent, 'no-endpoint-nodeports')).toEqual(['tcp . 30080 : drop'])
    expect(elements(silent, 'service-nodeports')).toEqual(['tcp . 30080 : goto external'])
  })

  it('is refused without endpoints, on every address that it has', () => {
    const rules = compile([service({ ...withNodePort, type: 'NodePort', externalIPs: ['198.51.100.7'] })], [])
    expect(elements(rules, 'service-ips')).toEqual([])
    expect(elements(rules, 'no-endpoint-services')).toEqual([
      '10.96.0.1 . tcp . 80 : goto reject-chain',
      '198.51.100.7 . tcp . 80 : goto reject-chain',
    ])
    expect(elements(rules, 'no-endpoint-nodeports')).toEqual(['tcp . 30080 : goto reject-chain'])
    expect(elements(rules, 'cluster-ips')).toEqual(['10.96.0.1'])
  })

  it('asks for the source before anything else, also where it has no endpoints', () => {
    const guarded = service({
      type: 'LoadBalancer',
      loadBalancerIPs: ['198.51.100.9'],
      loadBalancerSourceRanges: [' 203.0.113.0/24', '192.0.2.128/25'],
    })
    const rules = compile([guarded], [])
    expect(elements(rules, 'firewall-ips')).toEqual(['198.51.100.9 . tcp . 80 : goto firewall'])
    expect(portChains(rules).firewall).toEqual(['ip saddr != { 203.0.113.0/24 , 192.0.2.128/25 } drop'])
    const withNode = compile([{ ...guarded, loadBalancerSourceRanges: ['192.0.2.0/24'] }], [])
    expect(portChains(withNode).firewall).toEqual(['ip saddr != { 192.0.2.0/24 , 198.51.100.9 } drop'])
  })

  it('shares its cluster IP with the other ports, and what another has first it does not take', () => {
    const ports = [
      { name: 'a', protocol: 'TCP' as const, port: 80, targetPort: 80 },
      { name: 'b', protocol: 'UDP' as const, port: 80, targetPort: 80 },
    ]
    const externalIPs = ['198.51.100.7']
    const [one, other] = [
      service({ ports, externalIPs }),
      service({ name: 'other', clusterIPs: ['10.96.0.2'], externalIPs }),
    ]
    const rules = compile([other, one], [])
    expect(elements(rules, 'cluster-ips')).toEqual(['10.96.0.1', '10.96.0.2'])
    const shared = rules.ports
      .flatMap(port => port.elements)
      .filter(({ key }) => key === '198.51.100.7 . tcp . 80')
    expect(shared.map(({ comment }) => comment)).toEqual(['shop/cart:a'])
  })
})

describe('what all services share', () => {
  const nodePorts = (nodePortAddresses: string[], family: 'ipv4' | 'ipv6' = 'ipv4') => {
    const rules = compile(
      [service(withNodePort)],
      [],
      { ...defaultProxySettings, nodePortAddresses },
      { family },
    )
    return { ips: elements(rules, 'nodeport-ips'), look: baseRules(rules, 'services')[1] }
  }
  const inSet = 'ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports'

  it("serves node ports on the node's IP unless told otherwise, and never on loopback addresses", () => {
    expect(nodePorts([])).toEqual({ ips: ['192.0.2.1'], look: inSet })
    expect(nodePorts(['127.0.0.0/8', '192.0.2.0/24'])).toEqual({ ips: ['192.0.2.1'], look: inSet })
    expect(nodePorts(['127.0.0.0/8'])).toEqual({ ips: [], look: inSet })
    expect(nodePorts(['0.0.0.0/0'])).toEqual({
      ips: [],
      look: 'fib daddr type local ip daddr != 127.0.0.0/8 meta l4proto . th dport vmap @service-nodeports',
    })
    expect(nodePorts(['::/0'], 'ipv6').look).toBe(
      'fib daddr type local ip6 daddr != ::1 meta l4proto . th dport vmap @service-nodeports',
    )
  })

  it('drops what goes to a cluster IP that nobody has, where the networks of the cluster are known', () => {
    const check = (...serviceCIDRs: string[]) =>
      baseRules(compile([], [], {}, { serviceCIDRs }), 'cluster-ips-check')
    const closed = 'ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"'
    expect(check()).toEqual([closed])
    expect(check('fd00::/112')).toEqual([closed])
    expect(check('10.98.0.0/16', '10.96.0.1/16', 'fd00::/112', '10.96.0.0/16')).toEqual([
      closed,
      'ip daddr { 10.96.0.0/16,10.98.0.0/16 } drop comment "Drop traffic to unallocated ClusterIPs"',
    ])
  })
})

describe('names', () => {
  const [port] = servicePorts(
    [service({ ports: [{ name: 'p80', protocol: 'TCP', port: 80, targetPort: 80 }] })],
    'ipv4',
  )

  it('are a hash and the words that it is of, with dots for the colons of IPv6', () => {
    // printf shop/cart/tcp/p80 | sha256sum | xxd -r -p | base32 | head -c 8
    expect(serviceChainNames(port!).firewall).toBe('firewall-7MC72QCJ-shop/cart/tcp/p80')
    expect(endpointNames(port!, '[fd00::1]:8080')).toEqual({
      chain: expect.stringMatching(/^endpoint-[A-Z2-7]{8}-shop\/cart\/tcp\/p80__fd00\.\.1\/8080$/),
      clients: expect.stringMatching(/^affinity-[A-Z2-7]{8}-shop\/cart\/tcp\/p80__fd00\.\.1\/8080$/),
    })
  })

  it('are cut where they are too long', () => {
    const { chain } = endpointNames({ ...port!, service: `shop/${'c'.repeat(253)}` }, '10.1.0.2:8080')
    expect(chain).toHaveLength('endpoint-'.length + 240)
    expect(chain).toMatch(/c\.\.\.$/)
  })

  it('in a comment have the 128 characters that nft allows', () => {
    const { ports } = compile([service({ name: 'c'.repeat(130) })], [])
    const comments = ports.flatMap(each => each.elements.flatMap(({ comment }) => comment ?? []))
    expect(comments).toEqual([`shop/${'c'.repeat(120)}...`])
  })
})

it('for programs the table is sets, maps and chains', () => {
  const rules = compile([service({ sessionAffinity: 'ClientIP' })], [slice(['10.1.0.2'])])
  const json = toJson(rules)
  const [clients = ''] = Object.keys(json.sets).filter(name => name.startsWith('affinity-'))
  expect(json).toMatchObject({
    table: 'ip kube-proxy',
    sets: {
      'cluster-ips': { type: 'ipv4_addr', elements: ['10.96.0.1'] },
      [clients]: { type: 'ipv4_addr', timeout: 10_800, elements: [] },
    },
    maps: {
      'service-ips': {
        type: 'ipv4_addr . inet_proto . inet_service : verdict',
        elements: { '10.96.0.1 . tcp . 80': expect.stringMatching(/^goto service-/) },
      },
    },
    chains: {
      'nat-output': { type: 'nat', hook: 'output', priority: -100, rules: ['jump services'] },
      'reject-chain': { rules: ['reject'] },
    },
  })
})

describe('a sync', () => {
  const states = (count: number) =>
    compile([service()], [slice(Array.from({ length: count }, (_, at) => `10.1.0.${at + 1}`))])

  it('tells the services whose chains it writes, and sends only what differs', () => {
    const other = service({ name: 'other', clusterIPs: ['10.96.0.2'] })
    const both = compile([service(), other], [slice(['10.1.0.1'])])
    expect(fullSync(both).changed).toEqual(['shop/cart', 'shop/other'])
    const { changed, parts } = partialSync(states(1), both)
    expect(changed).toEqual([])
    expect(parts.map(({ service }) => service)).toEqual(['shop/other'])
    expect(linesOf(parts)).toEqual([
      'add element ip kube-proxy cluster-ips { 10.96.0.2 }',
      'add element ip kube-proxy no-endpoint-services { 10.96.0.2 . tcp . 80 comment "shop/other" : goto reject-chain }',
    ])
  })

  it('of one more endpoint takes as many operations as in kube-proxy', () => {
    // Three chains are made, emptied and filled with two rules each (`TestSyncProxyRulesRepeated`); here without masquerading.
    const { parts, changed } = partialSync(states(1), states(2))
    expect(changed).toEqual(['shop/cart'])
    expect(linesOf(parts)).toHaveLength(3 * 2 + 2 * 2 + 1)
  })

  it('declares the sets of clients anew where only the time has changed', () => {
    const of = (sessionAffinityTimeout: number) =>
      compile([service({ sessionAffinity: 'ClientIP', sessionAffinityTimeout })], [slice(['10.1.0.2'])])
    const { parts } = partialSync(of(10), of(20))
    expect(linesOf(parts)[0]).toMatch(/^add set ip kube-proxy affinity-.* timeout 20s ; \}$/)
  })
})
