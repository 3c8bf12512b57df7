import { usualPodCIDRs } from '../cluster/make-lab.ts'
import type { ClusterNode } from '../cluster/start-pods.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { type Family, familyOf } from '../model/address.ts'
import type { KubernetesNode } from '../model/kubernetes.ts'
import type { ProxyNode } from '../service/node-ports.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { RulesOptions } from './rules-options.ts'

type NodeOptions = Pick<RulesOptions, 'nodeName' | 'nodeIp' | 'podCidr' | 'bindAddress'>

/**
 * The node for which the rules are, as options and the cluster's Nodes say it: the one that is named, or the only one. Throws NetlabError
 * where none of the Nodes is called so.
 */
export function rulesNode(
  nodes: readonly KubernetesNode[],
  { nodeName, nodeIp, bindAddress }: NodeOptions,
): ProxyNode {
  const [only, ...others] = nodes
  const name = nodeName ?? (others.length === 0 ? only?.name : undefined) ?? 'node'
  const known = nodes.find(node => node.name === name)
  if (known === undefined && nodeName !== undefined && only !== undefined)
    throw new NetlabError({
      what: `the manifests have Nodes, and none of them is called ${name}`,
      fix: didYouMean(
        name,
        nodes.map(node => node.name),
        'their names are',
      )!,
      exitCode: exitCode.wrongInput,
    })
  return {
    name,
    addresses:
      nodeIp.length > 0
        ? nodeIp
        : [...new Set([...(bindAddress ? [bindAddress] : []), ...(known?.addresses ?? [])])],
    ...(known?.podCIDRs.length && { podCIDRs: known.podCIDRs }),
    ...(known?.zone && { zone: known.zone }),
  }
}

/** A line for people where there are several Nodes, and the rules are for none of them; else nothing. */
export function nodeNote(nodes: readonly KubernetesNode[], { name }: ProxyNode): string {
  if (nodes.length === 0 || nodes.some(node => node.name === name)) return ''
  const names = nodes.map(node => node.name)
  const shown = names.length > 4 ? [...names.slice(0, 3), '…'] : names
  return `the rules are for a node that is none of the Nodes: --node-name says for which they should be (${shown.join(', ')})\n`
}

/** The nodes on which pods without one come to live: the cluster's that take them, or the one for which the rules are. */
export function nodesForPods(
  nodes: readonly KubernetesNode[],
  own: ProxyNode,
  families: readonly Family[],
  { podCidr }: NodeOptions,
): ClusterNode[] {
  const open = nodes.filter(({ takesPods }) => takesPods)
  const all = open.length > 0 ? open : nodes
  const networksOf = (podCIDRs: readonly string[] = []) =>
    podCidr ??
    families.map(family => podCIDRs.find(network => familyOf(network) === family) ?? usualPodCIDRs[family])
  const oneOfEach = (addresses: readonly string[]) =>
    families.flatMap(family => addresses.find(address => familyOf(address) === family) ?? [])
  return (all.length > 0 ? byName(all) : [own]).map(({ name, podCIDRs, addresses }) => ({
    name,
    podNetworks: networksOf(podCIDRs),
    addresses: oneOfEach(name === own.name ? own.addresses : addresses),
  }))
}

/** So that the order of input decides nothing. */
function byName(nodes: readonly KubernetesNode[]): KubernetesNode[] {
  return nodes.toSorted((one, other) => (one.name < other.name ? -1 : 1))
}
