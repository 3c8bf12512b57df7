import { familiesAsked, usualFamily } from '../allocation/services.ts'
import { type Cluster, clusterOf } from '../cluster/cluster.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Manifests } from '../read/manifest/read-manifests.ts'
import type { ProxyNode } from '../service/node-ports.ts'
import { hintsByGates } from '../service/topology.ts'
import { nodesForPods, rulesNode } from './rules-node.ts'
import type { ViewsByFamily } from './rules-of-lab.ts'
import { type RulesOptions, settingsOf } from './rules-options.ts'

/**
 * What a cluster makes of manifests without mistakes, and what the node for which the rules are knows of it, in each family that is asked
 * for. Throws NetlabError where it has no such node.
 */
export function clusterOfManifests(
  manifests: Pick<Manifests, 'objects'>,
  options: RulesOptions,
): { cluster: Cluster; views: ViewsByFamily } {
  const { services, nodes, serviceCIDRs } = manifests.objects
  const families = familiesAsked(services, options.family ?? usualFamily(services))
  const node = rulesNode(nodes, options)
  mustTellPods(options, node)
  const cluster = clusterOf(manifests, {
    nodes: nodesForPods(nodes, node, families, options),
    ...{ serviceCIDRs: options.serviceCidr, families, nodePorts: options.serviceNodePortRange },
  })
  const shown = options.family === undefined ? families : [options.family]
  const slices = hintsByGates(cluster.slices, options.featureGates ?? {})
  const known = {
    ...{ services: cluster.services, slices, node },
    kernel: { nfacct: false, tcpBeLiberal: options.conntrackTcpBeLiberal },
    settings: settingsOf(options),
    serviceCIDRs: [...serviceCIDRs, ...options.serviceCidr],
  }
  return {
    cluster: { ...cluster, slices },
    views: new Map(shown.map(family => [family, { ...known, family }])),
  }
}

/** Throws where nothing says by what pods are told. */
function mustTellPods({ detectLocalMode: mode, ...options }: RulesOptions, node: ProxyNode): void {
  const wrong = (what: string, fix: string) => new NetlabError({ what, fix, exitCode: exitCode.wrongInput })
  if (mode === 'BridgeInterface' && options.podBridgeInterface === '')
    throw wrong(`${mode}: the bridge to look for is missing`, 'say it with --pod-bridge-interface: cni0, say')
  if (mode === 'InterfaceNamePrefix' && options.podInterfaceNamePrefix === '')
    throw wrong(
      `${mode}: the prefix to look for is missing`,
      'say it with --pod-interface-name-prefix: veth, say',
    )
  if (mode === 'NodeCIDR' && node.podCIDRs === undefined)
    throw wrong(
      `${mode}: there is no Node ${node.name} with spec.podCIDRs, for which kube-proxy would wait and then end`,
      'add the Nodes to the manifests (kubectl get nodes -o yaml), and name one with --node-name',
    )
}
