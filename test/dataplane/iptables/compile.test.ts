import { describe, expect, it } from 'vitest'
import { serviceChainNames } from '../../../src/dataplane/iptables/chain-names.ts'
import { defaultProxySettings } from '../../../src/read/proxy-settings.ts'
import { compile, rulesOf, service, serviceChains, slice } from './fixtures.ts'

const pods = { clusterCIDR: '10.1.0.0/16' }
const nodePort = { type: 'NodePort', ports: [{ ...service().ports[0]!, nodePort: 30_080 }] } as const

describe('a cluster IP', () => {
  it('spreads connections evenly over the endpoints, in the order of their addresses as text', () => {
    const rules = compile([service()], [slice(['10.1.0.2', '10.1.0.10', '10.1.0.3'])])
    expect(rulesOf(rules, 'nat', 'KUBE-SERVICES')).toEqual([
      '-m comment --comment "shop/cart cluster IP" -m tcp -p tcp -d 10.96.0.1 --dport 80 -j SVC',
      '-m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
    ])
    expect(rulesOf(rules, 'nat', 'SVC')).toEqual([
      '-m comment --comment "shop/cart -> 10.1.0.10:8080" -m statistic --mode random --probability 0.3333333333 -j SEP 10.1.0.10:8080',
      '-m comment --comment "shop/cart -> 10.1.0.2:8080" -m statistic --mode random --probability 0.5000000000 -j SEP 10.1.0.2:8080',
      '-m comment --comment "shop/cart -> 10.1.0.3:8080" -j SEP 10.1.0.3:8080',
    ])
  })

  it('is translated to the endpoint, which is masqueraded when it reaches itself', () => {
    const rules = compile([service()], [slice(['10.1.0.2'])])
    expect(rulesOf(rules, 'nat', 'SEP 10.1.0.2:8080')).toEqual([
      '-m comment --comment shop/cart -s 10.1.0.2 -j KUBE-MARK-MASQ',
      '-m comment --comment shop/cart -m tcp -p tcp -j DNAT --to-destination 10.1.0.2:8080',
    ])
  })

  it.each([
    ['nothing, without a detector', {}, []],
    ['what is not from pods', pods, ['! -s 10.1.0.0/16 ']],
    ['everything, with masqueradeAll', { ...pods, masqueradeAll: true }, ['']],
  ])('masquerades %s', (_, settings, matches) => {
    const rules = compile([service()], [slice(['10.1.0.2'])], settings)
    const text = '-m comment --comment "shop/cart cluster IP" -m tcp -p tcp -d 10.96.0.1 --dport 80'
    expect(rulesOf(rules, 'nat', 'SVC').slice(0, -1)).toEqual(
      matches.map(match => `${text} ${match}-j KUBE-MARK-MASQ`),
    )
  })

  it('tells pods by their bridge or by their interfaces, too', () => {
    const of = (mode: 'BridgeInterface' | 'InterfaceNamePrefix') => {
      const settings = {
        ...defaultProxySettings,
        detectLocalMode: mode,
        detectLocal: { bridgeInterface: 'br1', interfaceNamePrefix: 'veth' },
      }
      return rulesOf(compile([service()], [slice(['10.1.0.2'])], {}, { settings }), 'nat', 'SVC')[0]
    }
    expect(of('BridgeInterface')).toContain('--dport 80 ! -i br1 -j KUBE-MARK-MASQ')
    expect(of('InterfaceNamePrefix')).toContain('--dport 80 ! -i veth+ -j KUBE-MARK-MASQ')
  })

  it('is refused while there is no endpoint', () => {
    const rules = compile([service()], [slice([{ addresses: ['10.1.0.2'], ready: false }])])
    expect(rulesOf(rules, 'filter', 'KUBE-SERVICES')).toEqual([
      '-m comment --comment "shop/cart has no endpoints" -m tcp -p tcp -d 10.96.0.1 --dport 80 -j REJECT',
    ])
    expect(serviceChains(rules)).toEqual([])
  })

  it('is dropped on a node without endpoints of its own, with internalTrafficPolicy Local', () => {
    const only = service({ internalTrafficPolicy: 'Local' })
    const elsewhere = compile([only], [slice([{ addresses: ['10.1.0.2'], nodeName: 'n2' }])])
    expect(rulesOf(elsewhere, 'filter', 'KUBE-SERVICES')).toEqual([
      '-m comment --comment "shop/cart has no local endpoints" -m tcp -p tcp -d 10.96.0.1 --dport 80 -j DROP',
    ])
    expect(serviceChains(elsewhere)).toEqual([])
    const here = compile([only], [slice(['10.1.0.2', { addresses: ['10.1.0.3'], nodeName: 'n1' }])])
    expect(serviceChains(here)).toEqual(['SEP', 'SVL'])
    expect(rulesOf(here, 'nat', 'KUBE-SERVICES')[0]).toMatch(/-j SVL$/)
  })

  it('uses endpoints that are going only where no other is left', () => {
    const going = { addresses: ['10.1.0.2'], ready: false, serving: true, terminating: true }
    const gone = { addresses: ['10.1.0.3'], ready: false, serving: false, terminating: true }
    expect(rulesOf(compile([service()], [slice([going, gone])]), 'nat', 'SVC')).toEqual([
      '-m comment --comment "shop/cart -> 10.1.0.2:8080" -j SEP 10.1.0.2:8080',
    ])
    expect(rulesOf(compile([service()], [slice([going, '10.1.0.9'])]), 'nat', 'SVC')).toEqual([
      '-m comment --comment "shop/cart -> 10.1.0.9:8080" -j SEP 10.1.0.9:8080',
    ])
  })

  it('keeps a client with its endpoint, with sessionAffinity ClientIP', () => {
    const sticky = service({ sessionAffinity: 'ClientIP', sessionAffinityTimeout: 60 })
    const rules = compile([sticky], [slice(['10.1.0.2', '10.1.0.3'])])
    expect(rulesOf(rules, 'nat', 'SVC').slice(0, 2)).toEqual([
      '-m comment --comment "shop/cart -> 10.1.0.2:8080" -m recent --name SEP 10.1.0.2:8080 --rcheck --seconds 60 --reap -j SEP 10.1.0.2:8080',
      '-m comment --comment "shop/cart -> 10.1.0.3:8080" -m recent --name SEP 10.1.0.3:8080 --rcheck --seconds 60 --reap -j SEP 10.1.0.3:8080',
    ])
    expect(rulesOf(rules, 'nat', 'SEP 10.1.0.2:8080')[1]).toBe(
      '-m comment --comment shop/cart -m recent --name SEP 10.1.0.2:8080 --set -m tcp -p tcp -j DNAT --to-destination 10.1.0.2:8080',
    )
  })

  it.each([
    ['headless', { clusterIPs: ['None'] }],
    ['without an address yet', { clusterIPs: [] }],
    ['ExternalName', { type: 'ExternalName' }],
    ['of another proxy', { labels: { 'service.kubernetes.io/service-proxy-name': 'mesh' } }],
    ['of the other IP family', { clusterIPs: ['fd00::1'] }],
  ] as const)('gets no rules where the service is %s', (_, fields) => {
    expect(compile([service(fields)], [slice(['10.1.0.2'])])).toEqual(compile([], []))
  })
})

describe('traffic from outside', () => {
  it('enters by the node port and is masqueraded', () => {
    const rules = compile([service(nodePort)], [slice(['10.1.0.2'])])
    expect(rulesOf(rules, 'nat', 'KUBE-NODEPORTS')).toEqual([
      '-m comment --comment shop/cart -m tcp -p tcp --dport 30080 -j EXT',
    ])
    expect(rulesOf(rules, 'nat', 'EXT')).toEqual([
      '-m comment --comment "masquerade traffic for shop/cart external destinations" -j KUBE-MARK-MASQ',
      '-j SVC',
    ])
  })

  it('keeps its address with externalTrafficPolicy Local, but for what pods and the node send', () => {
    const local = service({ ...nodePort, externalTrafficPolicy: 'Local' })
    const rules = compile([local], [slice(['10.1.0.2', { addresses: ['10.1.0.3'], nodeName: 'n1' }])], pods)
    expect(rulesOf(rules, 'nat', 'EXT')).toEqual([
      '-m comment --comment "pod traffic for shop/cart external destinations" -s 10.1.0.0/16 -j SVC',
      '-m comment --comment "masquerade LOCAL traffic for shop/cart external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ',
      '-m comment --comment "route LOCAL traffic for shop/cart external destinations" -m addrtype --src-type LOCAL -j SVC',
      '-j SVL',
    ])
    expect(serviceChains(rules)).toEqual(['EXT', 'SEP', 'SEP', 'SVC', 'SVL'])
  })

  it('is dropped with externalTrafficPolicy Local where no endpoint is on the node', () => {
    const local = service({ ...nodePort, externalTrafficPolicy: 'Local', externalIPs: ['198.51.100.7'] })
    const rules = compile([local], [slice(['10.1.0.2'])])
    expect(rulesOf(rules, 'filter', 'KUBE-EXTERNAL-SERVICES')).toEqual([
      '-m comment --comment "shop/cart has no local endpoints" -m tcp -p tcp -d 198.51.100.7 --dport 80 -j DROP',
      '-m comment --comment "shop/cart has no local endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 30080 -j DROP',
    ])
    expect(rulesOf(rules, 'nat', 'KUBE-NODEPORTS')).toHaveLength(1)
  })

  it('reaches a load balancer from its source ranges only, and from the node where they hold it', () => {
    const balanced = service({
      ...nodePort,
      type: 'LoadBalancer',
      loadBalancerIPs: ['198.51.100.9'],
      loadBalancerSourceRanges: [' 203.0.113.7/24', '192.0.2.0/24'],
    })
    const rules = compile([balanced], [slice(['10.1.0.2'])])
    const { firewall } = serviceChainNames('shop/cart', 'TCP')
    expect(rulesOf(rules, 'nat', 'FW')).toEqual([
      '-m comment --comment "shop/cart loadbalancer IP" -s 203.0.113.0/24 -j EXT',
      '-m comment --comment "shop/cart loadbalancer IP" -s 192.0.2.0/24 -j EXT',
      '-m comment --comment "shop/cart loadbalancer IP" -s 198.51.100.9 -j EXT',
      '-m comment --comment "other traffic to shop/cart will be dropped by KUBE-PROXY-FIREWALL"',
    ])
    expect(rules.filter.chains.find(chain => chain.name === 'KUBE-PROXY-FIREWALL')?.rules[0]?.argv).toEqual([
      ...['-m', 'comment', '--comment', `shop/cart traffic not accepted by ${firewall}`],
      ...['-m', 'tcp', '-p', 'tcp', '-d', '198.51.100.9', '--dport', '80', '-j', 'DROP'],
    ])
    expect(rulesOf(rules, 'nat', 'KUBE-SERVICES')[1]).toMatch(/loadbalancer IP" .* -j FW$/)
  })

  it('asks for health on its own port with externalTrafficPolicy Local', () => {
    const balanced = (externalTrafficPolicy: 'Local' | 'Cluster') =>
      service({ ...nodePort, type: 'LoadBalancer', healthCheckNodePort: 31_000, externalTrafficPolicy })
    expect(rulesOf(compile([balanced('Local')], []), 'filter', 'KUBE-NODEPORTS')).toEqual([
      '-m comment --comment "shop/cart health check node port" -m tcp -p tcp --dport 31000 -j ACCEPT',
    ])
    expect(rulesOf(compile([balanced('Cluster')], []), 'filter', 'KUBE-NODEPORTS')).toEqual([])
  })

  const lastRule =
    '-m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain"'

  it.each([
    ['everywhere', {}, ['-m addrtype --dst-type LOCAL'], true],
    [
      'not on localhost',
      { localhostNodePorts: false },
      ['-m addrtype --dst-type LOCAL ! -d 127.0.0.0/8'],
      false,
    ],
    ['on one network', { nodePortAddresses: ['192.0.2.0/24'] }, ['-d 192.0.2.1'], false],
    ['on the primary address', { nodePortAddresses: ['primary'] }, ['-d 192.0.2.1'], false],
    ['on localhost alone', { nodePortAddresses: ['127.0.0.0/8'] }, ['-d 127.0.0.1'], true],
    ['everywhere, said so', { nodePortAddresses: ['0.0.0.0/0'] }, ['-m addrtype --dst-type LOCAL'], true],
  ])('finds node ports %s', (_, settings, matches, guarded) => {
    const rules = compile([], [], settings)
    expect(rulesOf(rules, 'nat', 'KUBE-SERVICES')).toEqual(
      matches.map(match => `${lastRule} ${match} -j KUBE-NODEPORTS`),
    )
    expect(rulesOf(rules, 'filter', 'KUBE-FIREWALL')).toHaveLength(guarded ? 1 : 0)
  })
})

describe('IPv6', () => {
  it('has its own rules, with brackets round the endpoint and no node ports on ::1', () => {
    const dual = service({ clusterIPs: ['10.96.0.1', 'FD00:0::1'], ...nodePort })
    const six = slice(['fd00:1::0:2'], { addressType: 'IPv6' })
    const rules = compile([dual], [slice(['10.1.0.2']), six], {}, { family: 'ipv6' })
    expect(rulesOf(rules, 'nat', 'KUBE-SERVICES')[0]).toContain('-d fd00::1 --dport 80')
    expect(rulesOf(rules, 'nat', 'KUBE-SERVICES').at(-1)).toContain('--dst-type LOCAL ! -d ::1/128 -j')
    expect(rulesOf(rules, 'nat', 'SEP [fd00:1::2]:8080')).toEqual([
      '-m comment --comment shop/cart -s fd00:1::2 -j KUBE-MARK-MASQ',
      '-m comment --comment shop/cart -m tcp -p tcp -j DNAT --to-destination [fd00:1::2]:8080',
    ])
    expect(rulesOf(rules, 'filter', 'KUBE-FIREWALL')).toEqual([])
  })
})

describe('endpoints', () => {
  it('that are in two slices count once, and as local where one says so', () => {
    const local = service({ internalTrafficPolicy: 'Local' })
    const twice = [slice([{ addresses: ['10.1.0.2'], nodeName: 'n1' }]), slice(['10.1.0.2'])]
    for (const slices of [twice, twice.toReversed()]) {
      expect(rulesOf(compile([local], slices), 'nat', 'SVL')).toHaveLength(1)
    }
  })

  it('lose the comments of their rules from 1,001 on', () => {
    const many = (count: number) => {
      const addresses = Array.from({ length: count }, (_, i) => `10.1.${i >> 8}.${i & 255}`)
      return rulesOf(compile([service()], [slice(addresses)]), 'nat', 'SEP 10.1.0.0:8080')[1]
    }
    expect(many(1000)).toContain('--comment shop/cart')
    expect(many(1001)).toBe('-m tcp -p tcp -j DNAT --to-destination 10.1.0.0:8080')
  })
})

it('names chains as a real cluster does', () => {
  const cluster = (name: string, protocol: 'TCP' | 'UDP') => serviceChainNames(name, protocol).cluster
  expect(cluster('default/kubernetes:https', 'TCP')).toBe('KUBE-SVC-NPX46M4PTMTKRN6Y')
  expect(cluster('kube-system/kube-dns:dns', 'UDP')).toBe('KUBE-SVC-TCOU7JCQXEZGVUNU')
  expect(cluster('kube-system/kube-dns:dns-tcp', 'TCP')).toBe('KUBE-SVC-ERIFXISQEP7F7OF4')
  expect(cluster('kube-system/kube-dns:metrics', 'TCP')).toBe('KUBE-SVC-JD5MR3NA4I4DYORP')
})
