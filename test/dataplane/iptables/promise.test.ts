import { describe, expect, it } from 'vitest'
import type { Client, EntryKind, NodeView } from '../../../src/dataplane/dataplane.ts'
import { dataplaneOf } from '../../../src/dataplane/modes.ts'
import { defaultProxySettings } from '../../../src/read/proxy-settings.ts'

const clients = {
  node: { from: 'node', address: '192.0.2.1' },
  pod: { from: 'pod', address: '10.0.0.11' },
  outside: { from: 'outside', address: '198.51.100.7' },
} satisfies Record<string, Client>

/** What node `one` promises of a service whose endpoints are on these nodes: `spread 10.0.0.11`. */
function promises(
  endpoints: Readonly<Record<string, string>>,
  policies: Partial<Record<'internalTrafficPolicy' | 'externalTrafficPolicy', 'Local' | 'Cluster'>>,
  kind: EntryKind,
): Record<string, string> {
  const view: NodeView = {
    services: [
      {
        ...{ namespace: 'default', name: 'web', type: 'NodePort', labels: {}, clusterIPs: ['10.96.0.1'] },
        ports: [{ name: '', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30080 }],
        ...{ externalIPs: [], loadBalancerIPs: [], loadBalancerSourceRanges: [] },
        ...{ sessionAffinity: 'None', sessionAffinityTimeout: 10_800 },
        ...{ internalTrafficPolicy: 'Cluster', externalTrafficPolicy: 'Cluster', ...policies },
      },
    ],
    slices: [
      {
        ...{ namespace: 'default', service: 'web', addressType: 'IPv4' },
        ports: [{ name: '', protocol: 'TCP', port: 8080 }],
        endpoints: Object.entries(endpoints).map(([address, nodeName]) => ({
          addresses: [address],
          nodeName,
        })),
      },
    ],
    settings: { ...defaultProxySettings, clusterCIDR: '10.0.0.0/16' },
    node: { name: 'one', addresses: ['192.0.2.1'] },
    family: 'ipv4',
  }
  const model = dataplaneOf(view.settings).model(view)
  const web = { service: 'default/web', portName: '', protocol: 'TCP' } as const
  return Object.fromEntries(
    Object.entries(clients).map(([name, client]) => {
      const promise = model(web, kind, client)
      const whom = promise?.endpoints.map(address => address.replace(':8080', '')).join(' ')
      return [
        name,
        [promise?.kind, whom, name === 'outside' && whom !== '' ? promise?.client : '']
          .filter(Boolean)
          .join(' '),
      ]
    }),
  )
}

const some = { '10.0.0.11': 'one', '10.0.0.12': 'one', '10.0.1.11': 'two' }
const elsewhere = { '10.0.1.11': 'two', '10.0.1.12': 'two' }

describe('what a node promises', () => {
  it('under policy Cluster: every endpoint, to all', () => {
    const all = 'spread 10.0.0.11 10.0.0.12 10.0.1.11'
    const everyone = { node: all, pod: all, outside: `${all} masqueraded` }
    expect(promises(some, {}, 'cluster IP')).toEqual(everyone)
    expect(promises(some, {}, 'node port')).toEqual(everyone)
  })

  it('under internalTrafficPolicy Local: its own endpoints; silence where it has none', () => {
    const local = { internalTrafficPolicy: 'Local' } as const
    const own = 'spread 10.0.0.11 10.0.0.12'
    expect(promises(some, local, 'cluster IP')).toMatchObject({ node: own, pod: own })
    expect(promises(elsewhere, local, 'cluster IP')).toMatchObject({ node: 'dropped', pod: 'dropped' })
    expect(promises({}, local, 'cluster IP')).toMatchObject({ node: 'refused', pod: 'refused' })
  })

  it('under externalTrafficPolicy Local: its own endpoints to clients outside, every one to the rest', () => {
    const local = { externalTrafficPolicy: 'Local' } as const
    const all = 'spread 10.0.0.11 10.0.0.12 10.0.1.11'
    const outside = 'spread 10.0.0.11 10.0.0.12 kept'
    expect(promises(some, local, 'node port')).toEqual({ node: all, pod: all, outside })
    const far = 'spread 10.0.1.11 10.0.1.12'
    expect(promises(elsewhere, local, 'node port')).toEqual({ node: far, pod: far, outside: 'dropped' })
    expect(promises({}, local, 'node port').outside).toBe('refused')
  })
})
