import { contains } from '../service/addresses.ts'
import { chooseEndpoints, type EndpointFacts, EndpointTable } from '../service/endpoints.ts'
import { primaryAddress } from '../service/node-ports.ts'
import { servicePorts } from '../service/service-ports.ts'
import type { Client, EntryKind, NodeModel, NodePromise, NodeView } from './dataplane.ts'
import { isLocalClient } from './local-pods.ts'
import { type ServiceTraffic, serviceTraffic } from './service-traffic.ts'

/** Whether a service port's load balancer addresses ask who comes. */
type Guarded = (traffic: ServiceTraffic) => boolean

const noNames = { cluster: '', local: '', external: '', firewall: '' }

/** What a node's rules do to connections, in modes whose rules choose the endpoint. */
export function nodeModel(view: NodeView, isGuarded: Guarded): NodeModel {
  const { services, slices, family, node } = view
  const endpoints = new EndpointTable(slices, family, node.name)
  const byName = new Map(
    servicePorts(services, family).map(port => [
      `${port.service} ${port.portName} ${port.protocol}`,
      serviceTraffic(port, chooseEndpoints(port, endpoints.of(port), node), noNames),
    ]),
  )
  return ({ service, portName, protocol }, kind, client) => {
    const traffic = byName.get(`${service} ${portName} ${protocol}`)
    return traffic === undefined ? undefined : promiseOf(view, traffic, isGuarded(traffic), kind, client)
  }
}

function promiseOf(
  view: NodeView,
  traffic: ServiceTraffic,
  isGuarded: boolean,
  kind: EntryKind,
  client: Client,
): NodePromise {
  const { port, choice } = traffic
  if (kind === 'cluster IP')
    return spread(port.internalPolicyLocal ? choice.local : choice.cluster, choice.any)
  if (kind === 'load balancer IP' && isGuarded && !isAllowed(view, traffic, client))
    return { kind: 'dropped', endpoints: [], client: 'kept' }
  if (!port.externalPolicyLocal) return spread(choice.cluster, choice.any)
  // Policy Local is for outside traffic only: KUBE-EXT gives pods and the node itself the short cut to every endpoint.
  const isShort = client.from === 'node' || isLocalClient(view, client)
  if (isShort) return spread(choice.cluster, choice.any)
  return { ...spread(choice.local, choice.any), client: 'kept' }
}

/** No endpoint anywhere is refused at once; none where only this node's may serve is as if nothing were there. */
function spread(endpoints: readonly EndpointFacts[], any: boolean): NodePromise {
  const kind = endpoints.length > 0 ? 'spread' : any ? 'dropped' : 'refused'
  return { kind, endpoints: endpoints.map(({ address }) => address), client: 'masqueraded' }
}

function isAllowed({ node, family }: NodeView, { port }: ServiceTraffic, client: Client): boolean {
  const address = client.from === 'node' ? primaryAddress(node, family) : client.address
  return address !== undefined && port.sourceRanges.some(range => contains(range, address))
}
