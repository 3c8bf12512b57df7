import { namespacedName } from '../../model/kubernetes.ts'
import { servicePorts } from '../../service/service-ports.ts'
import type { NodeView } from '../dataplane.ts'

/**
 * What kube-proxy knows beside the program: the Services that have something for others than sockets of the node and its pods, an address that is
 * known beyond the cluster, or a port of SCTP, for which the kernel asks no program. Undefined: there is none.
 */
export function viewBeyondSockets(view: NodeView): NodeView | undefined {
  const asked = new Set(
    servicePorts(view.services, view.family)
      .filter(({ externallyAccessible, protocol }) => externallyAccessible || protocol === 'SCTP')
      .map(({ service }) => service),
  )
  if (asked.size === 0) return undefined
  // On loopback the program answers: no packet has to leave from there.
  const { settings } = view
  const iptables = { ...settings.iptables, localhostNodePorts: false }
  return {
    ...view,
    services: [...view.services].filter(service => asked.has(namespacedName(service))),
    settings: { ...settings, iptables },
  }
}
