import { familyName, familyOf, isAddress } from '../../model/address.ts'
import { type Endpoint, type EndpointSlice, unwatchedBy } from '../../model/kubernetes.ts'
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
    endpoints: (object.endpoints ?? []).map(({ addresses, conditions, nodeName, hints, targetRef }) => ({
      addresses,
      ...podOf(targetRef),
      ...(nodeName && { nodeName }),
      ...(typeof conditions?.ready === 'boolean' && { ready: conditions.ready }),
      ...(typeof conditions?.serving === 'boolean' && { serving: conditions.serving }),
      ...(typeof conditions?.terminating === 'boolean' && { terminating: conditions.terminating }),
      ...(hints?.forNodes?.length && { forNodes: hints.forNodes.map(({ name }) => name) }),
      ...(hints?.forZones?.length && { forZones: hints.forZones.map(({ name }) => name) }),
    })),
  }
}

/** Addresses that are not what the slice says they are. */
export function endpointSliceMistakes({ addressType, endpoints }: EndpointSliceObject): Mistake[] {
  if (addressType === 'FQDN') return []
  const valid = (address: string) => familyName(familyOf(address)) === addressType && isAddress(address)
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

function endpointOf({ ip, nodeName, targetRef }: Addresses[number], ready: boolean): Endpoint {
  return { addresses: [ip], ...podOf(targetRef), ...(nodeName && { nodeName }), ready }
}

function podOf(target: Addresses[number]['targetRef']): { pod?: string } {
  return target?.kind === 'Pod' && target.name ? { pod: target.name } : {}
}

/** Why kube-proxy knows nothing of a slice with these labels; undefined where it does. */
export function whyNotWatched(labels: Readonly<Record<string, string>> = {}): string | undefined {
  const label = unwatchedBy(labels)
  return label === undefined ? undefined : `kube-proxy does not watch what has the label ${label}`
}

/** Why no EndpointSlices are made of an Endpoints object (`shouldMirror` in endpointslicemirroring/utils.go); undefined where they are. */
export function whyNotMirrored({ labels, annotations }: EndpointsObject['metadata']): string | undefined {
  const skip = 'endpointslice.kubernetes.io/skip-mirror'
  if (labels?.[skip] === 'true') return `its label ${skip} says that no EndpointSlices are made of it`
  const leader = 'control-plane.alpha.kubernetes.io/leader'
  return annotations && leader in annotations ? 'it is a lease of a leader election' : undefined
}
