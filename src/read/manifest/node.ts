import { readAddress } from '../../model/address.ts'
import type { KubernetesNode } from '../../model/kubernetes.ts'
import type { Mistake } from './fields.ts'
import type { NodeObject } from './node-schema.ts'

/** The label that says in which zone a node is (`LabelTopologyZone` in k8s.io/api/core/v1). */
const zoneLabel = 'topology.kubernetes.io/zone'

/** What a cluster would refuse as a label's value (`IsValidLabelValue`), of the one that is read. */
export function nodeMistakes({ metadata }: NodeObject): Mistake[] {
  const zone = metadata.labels?.[zoneLabel] ?? ''
  if (zone === '' || /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(zone)) return []
  const fix =
    'use at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends: europe-west1-b, say'
  return [{ path: ['metadata', 'labels', zoneLabel], message: 'this cannot be the value of a label', fix }]
}

/** Kinds of addresses by which kube-proxy knows its node, in this order (`GetNodeHostIPs`). */
const ofNode = ['InternalIP', 'ExternalIP']

/** What kube-proxy and the scheduler know of a node. */
export function readNode({ metadata, spec, status }: NodeObject): KubernetesNode {
  const zone = metadata.labels?.[zoneLabel]
  const said = status?.addresses ?? []
  const addresses = ofNode.flatMap(kind =>
    said
      .filter(({ type, address }) => type === kind && 'address' in readAddress(address))
      .map(each => each.address),
  )
  const keepsAway = spec?.taints?.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')
  return {
    name: metadata.name,
    ...(zone && { zone }),
    podCIDRs: podCIDRsOf(spec).map(network => network.trim()),
    addresses: [...new Set(addresses)],
    takesPods: !spec?.unschedulable && !keepsAway,
  }
}

/** `podCIDR` is the older name of the first one. */
function podCIDRsOf(spec: NodeObject['spec']): readonly string[] {
  if (spec?.podCIDRs?.length) return spec.podCIDRs
  return spec?.podCIDR ? [spec.podCIDR] : []
}
