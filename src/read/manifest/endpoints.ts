import { Address4, Address6 } from 'ip-address'
import type { Endpoint, EndpointSlice } from '../../model/kubernetes.ts'
import type { EndpointSliceObject, EndpointsObject } from './endpoints-schema.ts'
import type { Mistake } from './fields.ts'

type Addresses = NonNullable<NonNullable<EndpointsObject['subsets']>[number]['addresses']>

/** The label that says which service an EndpointSlice is for (`LabelServiceName` in k8s.io/api/discovery). */
export const serviceNameLabel = 'kubernetes.io/service-name'

/** A slice as kube-proxy reads it; undefined where no service is named, or its addresses are names. */
export function readEndpointSlice(object: EndpointSliceObject): EndpointSlice | undefined {
  const { metadata, addressType } = object
  const service = metadata.labels?.[serviceNameLabel]
  if (service === undefined || addressType === 'FQDN') return undefined
  return {
    namespace: metadata.namespace ?? 'default',
    service,
    addressType,
    ports: (object.ports ?? []).flatMap(({ name, protocol, port }) =>
      port ? [{ name: name ?? '', protocol: protocol ?? ('TCP' as const), port }] : [],
    ),
    endpoints: (object.endpoints ?? []).map(({ addresses, conditions, nodeName }) => ({
      addresses,
      ...(nodeName && { nodeName }),
      ...(typeof conditions?.ready === 'boolean' && { ready: conditions.ready }),
      ...(typeof conditions?.serving === 'boolean' && { serving: conditions.serving }),
      ...(typeof conditions?.terminating === 'boolean' && { terminating: conditions.terminating }),
    })),
  }
}

/** Addresses that are not what the slice says they are. */
export function endpointSliceMistakes({ addressType, endpoints }: EndpointSliceObject): Mistake[] {
  if (addressType === 'FQDN') return []
  const valid = (address: string) =>
    addressType === 'IPv6'
      ? Address6.isValid(address) && !/[/%]/.test(address)
      : Address4.isValid(address) && !/\/|(^|\.)0[0-9]/.test(address)
  return (endpoints ?? []).flatMap(({ addresses }, index) =>
    addresses.flatMap((address, at) => {
      if (valid(address)) return []
      const message = `"${address}" is not an ${addressType} address`
      return [{ path: ['endpoints', index, 'addresses', at], message }]
    }),
  )
}

/** The slices that Kubernetes would mirror an Endpoints object to: one for each subset and IP family. */
export function readEndpoints({ metadata, subsets }: EndpointsObject): EndpointSlice[] {
  return (subsets ?? []).flatMap(subset => {
    const endpoints = [
      ...(subset.addresses ?? []).map(address => endpointOf(address, true)),
      ...(subset.notReadyAddresses ?? []).map(address => endpointOf(address, false)),
    ]
    return (['IPv4', 'IPv6'] as const).flatMap(addressType => {
      const ofFamily = endpoints.filter(
        ({ addresses: [address = ''] }) => address.includes(':') === (addressType === 'IPv6'),
      )
      if (ofFamily.length === 0) return []
      const ports = (subset.ports ?? []).map(({ name, protocol, port }) => ({
        name: name ?? '',
        protocol: protocol ?? ('TCP' as const),
        port,
      }))
      const namespace = metadata.namespace ?? 'default'
      return [{ namespace, service: metadata.name, addressType, ports, endpoints: ofFamily }]
    })
  })
}

function endpointOf({ ip, nodeName }: Addresses[number], ready: boolean): Endpoint {
  return { addresses: [ip], ...(nodeName && { nodeName }), ready }
}
