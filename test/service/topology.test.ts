import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Endpoint, Service } from '../../src/model/kubernetes.ts'
import { chooseEndpoints, type EndpointFacts, EndpointTable } from '../../src/service/endpoints.ts'
import { slicesOf } from '../../src/service/pods.ts'
import { servicePorts } from '../../src/service/service-ports.ts'
import { topologyOf } from '../../src/service/topology.ts'
import { pod, service, slice } from '../dataplane/iptables/fixtures.ts'

const node = { name: 'n1', zone: 'a' }
const at = (last: number, fields: Partial<Endpoint> = {}): Endpoint => ({
  addresses: [`10.1.0.${last}`],
  ...fields,
})
const zone = (...forZones: string[]) => ({ forZones })
const on = (...forNodes: string[]) => ({ forNodes })

/** The last numbers of the endpoints that a node chooses, of the one port of a service. */
function chosen(
  endpoints: Endpoint[],
  of: { name: string; zone?: string } = node,
  fields: Partial<Service> = {},
) {
  const [port] = servicePorts([service(fields)], 'ipv4')
  const facts = new EndpointTable([slice(endpoints)], 'ipv4', of.name).of(port!)
  const { cluster, local, reachable, any } = chooseEndpoints(port!, facts, of)
  const numbers = (each: readonly EndpointFacts[]) => each.map(({ ip }) => Number(ip.split('.').at(-1)))
  return { cluster: numbers(cluster), local: numbers(local), reachable: numbers(reachable), any }
}
const cluster = (endpoints: Endpoint[], of?: { name: string; zone?: string }) => chosen(endpoints, of).cluster

describe('hints of endpoints', () => {
  it('for zones leave those of the own zone, one endpoint for several zones too', () => {
    expect(cluster([at(1, zone('a')), at(2, zone('b')), at(3, zone('b', 'a'))])).toEqual([1, 3])
  })

  it('for nodes go before those for zones', () => {
    const endpoints = [
      at(1, { ...on('n1'), ...zone('b') }),
      at(2, { ...on('n2'), ...zone('a') }),
      at(3, { ...on('n3'), ...zone('a') }),
    ]
    expect(cluster(endpoints)).toEqual([1])
    expect(cluster(endpoints, { name: 'n9', zone: 'a' })).toEqual([2, 3])
    expect(cluster(endpoints, { name: 'n9', zone: 'z' })).toEqual([1, 2, 3])
  })

  it('do not count where one that is ready has none', () => {
    expect(cluster([at(1, zone('a')), at(2, zone('b')), at(3)])).toEqual([1, 2, 3])
    const mixed = [at(1, { ...on('n1'), ...zone('a') }), at(2, zone('b'))]
    expect(cluster(mixed)).toEqual([1])
  })

  it('are asked for of ready endpoints only', () => {
    expect(cluster([at(1, zone('a')), at(2, zone('b')), at(3, { ready: false })])).toEqual([1])
    expect(cluster([at(1, { ...zone('a'), ready: false }), at(2, zone('b'))])).toEqual([2])
    const going = { ready: false, serving: true, terminating: true }
    expect(cluster([at(1, { ...zone('b'), ...going }), at(2, { ...zone('a'), ...going })])).toEqual([1, 2])
  })

  it('do not count where none is for the zone, or the zone is not known', () => {
    const endpoints = [at(1, zone('b')), at(2, zone('c'))]
    expect(cluster(endpoints)).toEqual([1, 2])
    expect(cluster(endpoints, { name: 'n1' })).toEqual([1, 2])
  })

  it('say nothing about policy Local, whose endpoints stay reachable beside them', () => {
    const fields: Partial<Service> = {
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [{ name: '', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30080 }],
    }
    const endpoints = [at(1, { ...zone('b'), nodeName: 'n1' }), at(2, { ...zone('a'), nodeName: 'n2' })]
    expect(chosen(endpoints, node, fields)).toEqual({
      cluster: [2],
      local: [1],
      reachable: [1, 2],
      any: true,
    })
  })

  it('never leave a node without endpoints that others have', () => {
    const names = fc.subarray(['a', 'b', 'n1'])
    const endpoint = fc.record({ forZones: names, forNodes: names, ready: fc.boolean() })
    fc.assert(
      fc.property(fc.array(endpoint, { minLength: 1, maxLength: 6 }), hinted => {
        const endpoints = hinted.map(({ forZones, forNodes, ready }, index) =>
          at(index + 1, {
            ready,
            ...(forZones.length > 0 && { forZones }),
            ...(forNodes.length > 0 && { forNodes }),
          }),
        )
        expect(cluster(endpoints).length > 0).toBe(hinted.some(({ ready }) => ready))
      }),
    )
  })

  it.each([
    [[at(1, zone('b'))], node, 'none is for the zone a'],
    [[at(1, zone('b'))], { name: 'n1' }, 'the zone of the node is not known'],
    [[at(1, zone('a')), at(2)], node, 'some of them that are ready have none'],
    [[at(1, on('n2'))], node, 'none is for the node n1, and there are none for zones'],
    [[at(1)], node, undefined],
    [[at(1, zone('a'))], node, undefined],
  ])('that do not count are told with why: %j on %j', (endpoints, of, why) => {
    const [port] = servicePorts([service()], 'ipv4')
    const facts = new EndpointTable([slice(endpoints)], 'ipv4', of.name).of(port!)
    expect(topologyOf(facts, of).ignored).toBe(why)
  })
})

describe('the hints that a service asks for', () => {
  const zones = new Map([
    ['n1', 'a'],
    ['n2', 'b'],
  ])
  const pods = [
    pod('p', '10.1.0.1', { nodeName: 'n1' }),
    pod('q', '10.1.0.2', { nodeName: 'n2' }),
    pod('r', '10.1.0.3', { nodeName: 'n3' }),
    pod('s', '10.1.0.4', { nodeName: 'n1', ready: false }),
  ]
  const hints = (fields: Partial<Service>) =>
    slicesOf(service(fields), pods, zones).flatMap(({ endpoints }) =>
      endpoints.map(({ forNodes, forZones }) => [forNodes?.join(), forZones?.join()]),
    )

  it.each(['PreferClose', 'PreferSameZone'] as const)(
    'by %s are the zones of ready pods',
    trafficDistribution => {
      expect(hints({ trafficDistribution })).toEqual([
        [undefined, 'a'],
        [undefined, 'b'],
        [undefined, undefined],
        [undefined, undefined],
      ])
    },
  )

  it('by PreferSameNode are the nodes, too', () => {
    expect(hints({ trafficDistribution: 'PreferSameNode' })).toEqual([
      ['n1', 'a'],
      ['n2', 'b'],
      ['n3', undefined],
      [undefined, undefined],
    ])
  })

  it('are none where nothing is said, or the annotation goes before', () => {
    const none = pods.map(() => [undefined, undefined])
    expect(hints({})).toEqual(none)
    expect(hints({ trafficDistribution: 'PreferClose', hasTopologyMode: true })).toEqual(none)
  })
})
