import { describe, expect, it } from 'vitest'
import type { Client, EntryKind } from '../../../src/dataplane/dataplane.ts'
import { ipvs } from '../../../src/dataplane/ipvs/ipvs.ts'
import type { Service } from '../../../src/model/kubernetes.ts'
import { defaultProxySettings } from '../../../src/read/proxy-settings.ts'
import { service, slice } from '../iptables/fixtures.ts'
import { viewOf } from './fixtures.ts'

const pod: Client = { from: 'pod', address: '10.1.0.9' }
const outside: Client = { from: 'outside', address: '203.0.113.7' }

function promise(fields: Partial<Service>, nodes: readonly string[], kind: EntryKind, client = outside) {
  const endpoints = nodes.map((nodeName, at) => ({ addresses: [`10.1.0.${at + 1}`], nodeName }))
  const view = viewOf([service({ clusterIPs: ['10.96.0.1'], ...fields })], [slice(endpoints)])
  return ipvs.model(view)({ service: 'shop/cart', portName: '', protocol: 'TCP' }, kind, client)
}

const local = { externalTrafficPolicy: 'Local', externalIPs: ['198.51.100.7'] } as const

describe('what clients may expect in IPVS mode', () => {
  it.each([
    ['no endpoint: refused', {}, [], 'cluster IP', 'refused', []],
    ['all of them', {}, ['n1', 'n2'], 'cluster IP', 'spread', ['10.1.0.1:8080', '10.1.0.2:8080']],
    [
      'policy Local: those of the node',
      { internalTrafficPolicy: 'Local' },
      ['n1', 'n2'],
      'cluster IP',
      'spread',
      ['10.1.0.1:8080'],
    ],
    ['the same outside', local, ['n2', 'n1'], 'external IP', 'spread', ['10.1.0.2:8080']],
    [
      'policy Local, and the node has none: the others',
      { ...local, internalTrafficPolicy: 'Local' },
      ['n2'],
      'cluster IP',
      'spread',
      ['10.1.0.1:8080'],
    ],
    ['the same outside, and none', local, [], 'external IP', 'refused', []],
  ] as const)('%s', (_, fields, nodes, kind, what, endpoints) => {
    expect(promise(fields as Partial<Service>, nodes, kind)).toMatchObject({ kind: what, endpoints })
  })

  it('pods have no short cut past policy Local', () => {
    expect(promise(local, ['n1', 'n2'], 'external IP', pod)).toEqual({
      kind: 'spread',
      endpoints: ['10.1.0.1:8080'],
      client: 'kept',
    })
  })

  it('source ranges come before all else', () => {
    const guarded = {
      type: 'LoadBalancer',
      loadBalancerIPs: ['198.51.100.7'],
      loadBalancerSourceRanges: ['192.0.2.0/24'],
    } as const
    const asked = (client: Client) =>
      promise(guarded as Partial<Service>, [], 'load balancer IP', client)?.kind
    expect(asked(outside)).toBe('dropped')
    expect(asked({ from: 'node', address: '192.0.2.1' })).toBe('refused')
  })

  it('node ports answer on all addresses of the node but loopback ones', () => {
    const node = { name: 'n1', addresses: ['127.0.0.1', '192.0.2.1', '10.0.0.1', 'fd00::1'] }
    expect(ipvs.nodePorts(defaultProxySettings, node, 'ipv4')).toEqual({
      addresses: ['192.0.2.1', '10.0.0.1'],
      localhost: false,
    })
    const few = { ...defaultProxySettings, nodePortAddresses: ['192.0.2.0/24'] }
    expect(ipvs.nodePorts(few, node, 'ipv4').addresses).toEqual(['192.0.2.1'])
  })

  it.each([
    ['rr', false],
    ['lc', false],
    ['sh', true],
    ['mh', false],
  ])('scheduler %s: one endpoint for one client: %s', (scheduler, stays) => {
    const settings = { ...defaultProxySettings, ipvs: { scheduler, strictARP: false } }
    expect(ipvs.choosesBySource(settings)).toBe(stays)
  })
})
