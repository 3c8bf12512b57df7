import fc from 'fast-check'
import type { EndpointSlice, Service } from '../../../src/model/kubernetes.ts'
import { service } from './fixtures.ts'

/** Some services of a small cluster, with their slices. */
export interface Cluster {
  services: Service[]
  slices: EndpointSlice[]
}

const policy = fc.constantFrom('Cluster' as const, 'Local' as const)

const portsOf = (index: number) =>
  fc.subarray(['http', 'dns', 'stream'] as const, { minLength: 1 }).chain(names =>
    fc.record({ names: fc.constant(names), withNodePort: fc.boolean() }).map(chosen =>
      chosen.names.map((name, at) => ({
        name: chosen.names.length === 1 ? '' : name,
        protocol:
          name === 'dns' ? ('UDP' as const) : name === 'stream' ? ('SCTP' as const) : ('TCP' as const),
        port: 80 + at,
        targetPort: 8080 + at,
        ...(chosen.withNodePort && { nodePort: 30_000 + index * 10 + at }),
      })),
    ),
  )

const endpoint = fc.record(
  {
    addresses: fc.integer({ min: 1, max: 12 }).map(last => [`10.1.0.${last}`]),
    nodeName: fc.constantFrom('n1', 'n2'),
    ready: fc.boolean(),
    serving: fc.boolean(),
    terminating: fc.boolean(),
  },
  { requiredKeys: ['addresses'] },
)

const serviceAt = (index: number) =>
  fc
    .record({
      ports: portsOf(index),
      sessionAffinity: fc.constantFrom('None' as const, 'ClientIP' as const),
      internalTrafficPolicy: policy,
      externalTrafficPolicy: policy,
      type: fc.constantFrom('ClusterIP' as const, 'NodePort' as const, 'LoadBalancer' as const),
      externalIPs: fc.subarray([`198.51.100.${index}`]),
      loadBalancerIPs: fc.subarray([`198.51.100.1${index}`]),
      loadBalancerSourceRanges: fc.subarray(['203.0.113.0/24', '192.0.2.0/24']),
    })
    .map(fields => service({ ...fields, name: `svc${index}`, clusterIPs: [`10.96.0.${index + 1}`] }))

const withSlices = (of: Service) =>
  fc.array(fc.array(endpoint, { maxLength: 6 }), { maxLength: 2 }).map(lists => ({
    service: of,
    slices: lists.map(endpoints => ({
      namespace: of.namespace,
      service: of.name,
      addressType: 'IPv4' as const,
      ports: of.ports.map(({ name, protocol, targetPort }) => ({ name, protocol, port: Number(targetPort) })),
      endpoints,
    })),
  }))

/** Any cluster of up to four services. */
export const cluster: fc.Arbitrary<Cluster> = fc
  .subarray([0, 1, 2, 3])
  .chain(indexes => fc.tuple(...indexes.map(index => serviceAt(index).chain(withSlices))))
  .map(parts => ({
    services: parts.map(part => part.service),
    slices: parts.flatMap(part => part.slices),
  }))

/** A cluster's objects in one order, and in another. */
export const shuffled = cluster.chain(({ services, slices }) =>
  fc.record({
    one: fc.constant({ services, slices }),
    other: fc.record({
      services: fc.shuffledSubarray(services, { minLength: services.length }),
      slices: fc
        .shuffledSubarray(slices, { minLength: slices.length })
        .map(all => all.map(each => ({ ...each, endpoints: each.endpoints.toReversed() }))),
    }),
  }),
)
