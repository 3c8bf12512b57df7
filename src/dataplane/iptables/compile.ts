import type { Family } from '../../model/address.ts'
import { chooseEndpoints, EndpointTable } from '../../service/endpoints.ts'
import { type NodePortScope, nodePortScope, primaryAddress } from '../../service/node-ports.ts'
import { servicePorts } from '../../service/service-ports.ts'
import type { KernelSwitches, NodeView } from '../dataplane.ts'
import { localPods } from '../local-pods.ts'
import { markOf } from '../mark.ts'
import { serviceTraffic } from '../service-traffic.ts'
import { baseJumps, declareFilterBase, declareNatBase } from './base-rules.ts'
import { serviceChainNames } from './chain-names.ts'
import { localDetector } from './local-detector.ts'
import { addPortals } from './portal-rules.ts'
import type { RuleSet } from './rules.ts'
import { addServiceChains } from './service-chains.ts'
import { comment, TableBuilder } from './table-builder.ts'

const ordinaryKernel: KernelSwitches = { nfacct: false, tcpBeLiberal: false }

/** Above this number of endpoints comments are left out (`largeClusterEndpointsThreshold` in proxier.go). */
const largeClusterEndpoints = 1000

/** The rules that kube-proxy in iptables mode keeps on a node; the order of the input does not matter. */
export function compileServices(input: NodeView): RuleSet {
  const { settings, node, family, kernel = ordinaryKernel } = input
  const scope = nodePortScope(settings, node, family)
  const base = {
    family,
    kernel,
    mark: markOf(settings.iptables.masqueradeBit),
    randomFully: settings.iptables.randomFully,
    localhostNodePorts: scope.localhost,
  }
  const filter = new TableBuilder()
  const nat = new TableBuilder()
  declareFilterBase(filter, base)
  declareNatBase(nat, base)

  const ports = servicePorts(input.services, family)
  const endpoints = new EndpointTable(input.slices, family, node.name)
  const byPort = ports.map(port => endpoints.of(port))
  const total = byPort.reduce((sum, own) => sum + own.length, 0)
  const context = {
    filter,
    nat,
    kernel,
    detector: localDetector(localPods(settings, node, family)),
    masqueradeAll: settings.iptables.masqueradeAll,
    largeCluster: total > largeClusterEndpoints,
    localhostNodePorts: scope.localhost,
    nodeIP: primaryAddress(node, family),
  }
  for (const [index, port] of ports.entries()) {
    const traffic = serviceTraffic(
      port,
      chooseEndpoints(port, byPort[index] ?? [], node),
      serviceChainNames(port.name, port.protocol),
    )
    addPortals(context, traffic)
    addServiceChains(context, traffic)
  }
  addNodePortJumps(nat, scope, family)

  return {
    family,
    filter: filter.table('filter'),
    nat: nat.table('nat'),
    jumps: baseJumps,
    largeCluster: context.largeCluster,
  }
}

function addNodePortJumps(nat: TableBuilder, { addresses, localhost }: NodePortScope, family: Family): void {
  const text = comment('kubernetes service nodeports; NOTE: this must be the last rule in this chain')
  const jump = (explain: string, ...match: readonly string[]) =>
    nat.add('KUBE-SERVICES', explain, [...text, ...match, '-j', 'KUBE-NODEPORTS'])
  if (addresses !== undefined) {
    for (const address of addresses) {
      jump(`no service's address, but ${address} of this node: it may be a node port`, '-d', address)
    }
    return
  }
  const loopback = family === 'ipv4' ? '127.0.0.0/8' : '::1/128'
  jump(
    "no service's address, but one of this node: it may be a node port",
    ...['-m', 'addrtype', '--dst-type', 'LOCAL', ...(localhost ? [] : ['!', '-d', loopback])],
  )
}
