import { type Family, familyOf } from '../../model/address.ts'
import type { ProxySettings } from '../../model/lab.ts'
import { canonicalNetwork } from '../../service/addresses.ts'
import { chooseEndpoints, EndpointTable } from '../../service/endpoints.ts'
import { nodePortAddresses, type ProxyNode, primaryAddress } from '../../service/node-ports.ts'
import { servicePorts } from '../../service/service-ports.ts'
import type { NodeView } from '../dataplane.ts'
import { localPods } from '../local-pods.ts'
import { markOf } from '../mark.ts'
import { serviceTraffic } from '../service-traffic.ts'
import { baseObjects } from './base.ts'
import { localDetector } from './local-detector.ts'
import { serviceChainNames } from './names.ts'
import { portObjects } from './port-objects.ts'
import type { PortObjects, RuleSet } from './rules.ts'

/** The table that kube-proxy in nftables mode keeps on a node; the order of the input does not matter. */
export function compileServices(input: NodeView): RuleSet {
  const { settings, node, family } = input
  const { masqueradeAll, masqueradeBit } = settings.nftables
  const base = baseObjects({
    family,
    mark: markOf(masqueradeBit),
    nodePortAddresses: servedNodePorts(settings, node, family),
    serviceCIDRs: [...new Set(input.serviceCIDRs?.map(canonicalNetwork))]
      .filter(cidr => familyOf(cidr) === family)
      .sort(),
  })
  const context = {
    family,
    detector: localDetector(localPods(settings, node, family)),
    masqueradeAll,
    nodeIP: primaryAddress(node, family),
  }
  const endpoints = new EndpointTable(input.slices, family, node.name)
  const ports = servicePorts(input.services, family).map(port => {
    const choice = chooseEndpoints(port, endpoints.of(port), node)
    return portObjects(context, serviceTraffic(port, choice, serviceChainNames(port)))
  })
  return { family, base, ports: withoutDuplicates(ports) }
}

/** The node's addresses that serve node ports; undefined: all but loopback ones. */
export function servedNodePorts(
  settings: ProxySettings,
  node: ProxyNode,
  family: Family,
): readonly string[] | undefined {
  // In this mode the default is the node's own IP (`platformApplyDefaults` in app/server_linux.go).
  const networks = settings.nodePortAddresses.length > 0 ? settings.nodePortAddresses : ['primary']
  return nodePortAddresses(networks, node, family)
}

/** A container has each key once: the ports of a service share its cluster IP, and of two services with one external IP the first has it. */
function withoutDuplicates(ports: readonly PortObjects[]): PortObjects[] {
  const taken = new Set<string>()
  return ports.map(port => {
    const elements = port.elements.filter(({ container, key }) => {
      const place = `${container} ${key}`
      if (taken.has(place)) return false
      taken.add(place)
      return true
    })
    return elements.length === port.elements.length ? port : { ...port, elements }
  })
}
