import { describe, expect, it } from 'vitest'
import { slicesFromPods } from '../../src/service/pods.ts'
import { pod, service } from '../dataplane/iptables/fixtures.ts'

describe('the endpoints of a service', () => {
  it('are the pods of its namespace with all labels of its selector', () => {
    const pods = [
      pod('a', '10.1.0.2', { labels: { app: 'cart', tier: 'web' }, nodeName: 'n1' }),
      pod('b', '10.1.0.3', { namespace: 'other' }),
      pod('c', '10.1.0.4', { labels: { app: 'till' } }),
    ]
    expect(slicesFromPods([service()], pods)).toEqual([
      {
        namespace: 'shop',
        service: 'cart',
        addressType: 'IPv4',
        ports: [{ name: '', protocol: 'TCP', port: 8080 }],
        endpoints: [
          { addresses: ['10.1.0.2'], nodeName: 'n1', ready: true, serving: true, terminating: false },
        ],
      },
    ])
  })

  it('have the port that each pod itself gives the name to', () => {
    const named = service({ ports: [{ name: '', protocol: 'TCP', port: 80, targetPort: 'http' }] })
    const pods = [
      pod('a', '10.1.0.2'),
      pod('b', '10.1.0.3', { ports: [{ name: 'http', protocol: 'TCP', port: 9090 }] }),
      pod('c', '10.1.0.4', { ports: [{ name: 'http', protocol: 'UDP', port: 7070 }] }),
    ]
    const slices = slicesFromPods([named], pods)
    expect(slices.map(slice => [slice.ports[0]?.port, slice.endpoints[0]?.addresses])).toEqual([
      [8080, ['10.1.0.2']],
      [9090, ['10.1.0.3']],
    ])
  })

  it('are apart for each IP family', () => {
    const dual = pod('a', '10.1.0.2', { addresses: ['10.1.0.2', 'fd00::2'] })
    expect(slicesFromPods([service()], [dual]).map(slice => slice.addressType)).toEqual(['IPv4', 'IPv6'])
  })

  it('are not ready while the pod is not, or goes; unless the service wants them so', () => {
    const pods = [pod('a', '10.1.0.2', { ready: false }), pod('b', '10.1.0.3', { terminating: true })]
    const states = (fields: Parameters<typeof service>[0]) =>
      slicesFromPods([service(fields)], pods).flatMap(slice =>
        slice.endpoints.map(({ ready, serving, terminating }) => [ready, serving, terminating]),
      )
    expect(states({})).toEqual([
      [false, false, false],
      [false, true, true],
    ])
    expect(states({ publishNotReadyAddresses: true }).map(([ready]) => ready)).toEqual([true, true])
  })

  it('come from elsewhere where there is no selector, or an empty one', () => {
    const { selector: _, ...bare } = service()
    expect(slicesFromPods([bare, service({ selector: {} })], [pod('a', '10.1.0.2')])).toEqual([])
  })
})
