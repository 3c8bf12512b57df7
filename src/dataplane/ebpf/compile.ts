import { canonical, type Family, familyOf } from '../../model/address.ts'
import type { ProxySettings } from '../../model/lab.ts'
import { chooseEndpoints, type EndpointFacts, EndpointTable } from '../../service/endpoints.ts'
import { type NodePortScope, nodePortAddresses, type ProxyNode } from '../../service/node-ports.ts'
import { type ServicePortFacts, servicePorts } from '../../service/service-ports.ts'
import type { BalancedProtocol, BalancedService, Frontend, RuleSet } from '../balanced-service.ts'
import type { EntryKind, NodeView } from '../dataplane.ts'

/** What the socket load balancer of a node is told; the order of the input does not matter. */
export function compileServices(view: NodeView): RuleSet {
  const { family, node } = view
  const table = new EndpointTable(view.slices, family, node.name)
  const frontendsOf = frontendMaker(view)
  const services = servicePorts(view.services, family).flatMap(port => {
    const { protocol } = port
    if (protocol === 'SCTP') return []
    const choice = chooseEndpoints(port, table.of(port), node)
    const { internal, external } = frontendsOf(port, protocol)
    const { name, affinity } = port
    const balanced = (
      scope: BalancedService['scope'],
      frontends: readonly Frontend[],
      facts: readonly EndpointFacts[],
    ): BalancedService[] => {
      const endpoints = facts.map(({ address }) => address)
      return frontends.length === 0 ? [] : [{ name, protocol, scope, affinity, frontends, endpoints }]
    }
    // Policy Local for outside traffic is for packets that come in by a link: sockets of the node and its pods take the short cut.
    if (!port.internalPolicyLocal) return balanced('all', [...internal, ...external], choice.cluster)
    return [...balanced('local', internal, choice.local), ...balanced('all', external, choice.cluster)]
  })
  return { node: node.name, family, services }
}

/** Which of a node's addresses serve node ports; on 127.0.0.1 and ::1 they answer the node itself. */
export function servedNodePorts(settings: ProxySettings, node: ProxyNode, family: Family): NodePortScope {
  const addresses = nodePortAddresses(settings.nodePortAddresses, node, family)
  return { addresses, localhost: addresses === undefined }
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
    return {
      internal: at('cluster IP', port.port)(port.clusterIP),
      external: [
        ...port.externalIPs.flatMap(at('external IP', port.port)),
        ...port.loadBalancerIPs.flatMap(at('load balancer IP', port.port)),
        ...nodePort,
      ],
    }
  }
}
