import { canonical, familyOf } from '../../model/address.ts'
import { chooseEndpoints, type EndpointFacts, EndpointTable } from '../../service/endpoints.ts'
import { nodePortAddresses } from '../../service/node-ports.ts'
import { type ServicePortFacts, servicePorts } from '../../service/service-ports.ts'
import type { EntryKind, NodeView } from '../dataplane.ts'
import { numberOf } from '../socket-maps.ts'
import type { BalancedProtocol, BalancedService, Frontend, RuleSet } from './rules.ts'

/** What the socket load balancer of a node is told; the order of the input does not matter. */
export function compileServices(view: NodeView): RuleSet {
  const { family, node } = view
  const table = new EndpointTable(view.slices, family, node.name)
  const frontendsOf = frontendMaker(view)
  const services = servicePorts(view.services, family).flatMap(port => {
    const { protocol } = port
    if (protocol === 'SCTP') return []
    const choice = chooseEndpoints(port, table.of(port))
    const { internal, external } = frontendsOf(port, protocol)
    const balanced = (scope: string, frontends: readonly Frontend[], endpoints: readonly EndpointFacts[]) =>
      frontends.length === 0 ? [] : [serviceOf(view, port, protocol, scope, frontends, endpoints)]
    // Policy Local for outside traffic is for packets that come in by a link: sockets of the node and its pods take the short cut.
    if (!port.internalPolicyLocal) return balanced('all', [...internal, ...external], choice.cluster)
    return [...balanced('local', internal, choice.local), ...balanced('all', external, choice.cluster)]
  })
  return { node: node.name, family, services }
}

function serviceOf(
  { node, family }: NodeView,
  { name, affinity }: ServicePortFacts,
  protocol: BalancedProtocol,
  scope: string,
  frontends: readonly Frontend[],
  endpoints: readonly EndpointFacts[],
): BalancedService {
  const id = numberOf([node.name, family, name, protocol, scope].join('\n'))
  const addresses = endpoints.map(({ address }) => address)
  return { id, name, protocol, affinity, frontends, endpoints: addresses }
}

/** Makes the addresses of service ports, each of which leads to one service only: of two with one external IP the first has it. */
function frontendMaker({ settings, node, family }: NodeView) {
  const own = new Set(node.addresses.filter(address => familyOf(address) === family).map(canonical))
  const loopback = family === 'ipv4' ? '127.0.0.1' : '::1'
  own.delete(loopback)
  const covered = nodePortAddresses(settings.nodePortAddresses, node, family)
  const taken = new Set<string>()
  return (port: ServicePortFacts, protocol: BalancedProtocol) => {
    const at = (kind: EntryKind, number: number, nodeOnly = false) => {
      return (address: string): Frontend[] => {
        const place = `${protocol} ${address} ${number}`
        if (taken.has(place)) return []
        taken.add(place)
        return [{ kind, address, port: number, nodeOnly }]
      }
    }
    const nodePort =
      port.nodePort === 0
        ? []
        : [
            ...(covered ?? [...own]).flatMap(at('node port', port.nodePort)),
            ...(covered === undefined ? at('node port', port.nodePort, true)(loopback) : []),
          ]
    // Of addresses of others only Cilium's load balancer has its cluster's own (`sock4_skip_xlate` in bpf_sock.c): a Service
    // with the address of somebody else as its external IP would draw what is for them.
    const external = port.externalIPs.filter(address => own.has(address))
    return {
      internal: at('cluster IP', port.port)(port.clusterIP),
      external: [
        ...external.flatMap(at('external IP', port.port)),
        ...port.loadBalancerIPs.flatMap(at('load balancer IP', port.port)),
        ...nodePort,
      ],
    }
  }
}
