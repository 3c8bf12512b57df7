import { contains } from '../../service/addresses.ts'
import { chooseEndpoints, type EndpointChoice, EndpointTable } from '../../service/endpoints.ts'
import { primaryAddress } from '../../service/node-ports.ts'
import { type ServicePortFacts, servicePorts } from '../../service/service-ports.ts'
import type { Client, EntryKind, NodeModel, NodePromise, NodeView } from '../dataplane.ts'

/** What a node's virtual servers do to connections. */
export function nodeModel(view: NodeView): NodeModel {
  const { services, slices, family, node } = view
  const endpoints = new EndpointTable(slices, family, node.name)
  const byName = new Map(
    servicePorts(services, family).map(port => [
      `${port.service} ${port.portName} ${port.protocol}`,
      { port, choice: chooseEndpoints(port, endpoints.of(port), node) },
    ]),
  )
  return ({ service, portName, protocol }, kind, client) => {
    const known = byName.get(`${service} ${portName} ${protocol}`)
    return known && promiseOf(view, known.port, known.choice, kind, client)
  }
}

/** All clients meet the same virtual server: pods have no short cut past policy Local. */
function promiseOf(
  view: NodeView,
  port: ServicePortFacts,
  { cluster, local }: EndpointChoice,
  kind: EntryKind,
  client: Client,
): NodePromise {
  const isGuarded = kind === 'load balancer IP' && port.sourceRanges.length > 0
  if (isGuarded && !isAllowed(view, port, client)) return { kind: 'dropped', endpoints: [], client: 'kept' }
  const isLocal = kind === 'cluster IP' ? port.internalPolicyLocal : port.externalPolicyLocal
  // Where Local finds none, the others serve (kubernetes/kubernetes#97081).
  const endpoints = isLocal && local.length > 0 ? local : cluster
  return {
    kind: endpoints.length > 0 ? 'spread' : 'refused',
    endpoints: endpoints.map(({ address }) => address),
    client: kind !== 'cluster IP' && isLocal ? 'kept' : 'masqueraded',
  }
}

function isAllowed({ node, family }: NodeView, port: ServicePortFacts, client: Client): boolean {
  const address = client.from === 'node' ? primaryAddress(node, family) : client.address
  return address !== undefined && port.sourceRanges.some(range => contains(range, address))
}
