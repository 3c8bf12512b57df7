import type { Family } from '../../model/address.ts'
import { contains } from '../../service/addresses.ts'
import type { EndpointFacts } from '../../service/endpoints.ts'
import type { ServiceTraffic } from '../service-traffic.ts'
import { addressWords } from './base.ts'
import { portElements } from './elements.ts'
import type { LocalDetector } from './local-detector.ts'
import { endpointNames } from './names.ts'
import type { Chain, Container, PortObjects, Rule } from './rules.ts'

/** What a service port's objects depend on, beside the service. */
export interface PortContext {
  family: Family
  detector: LocalDetector | undefined
  masqueradeAll: boolean
  /** The node's IP; undefined where it has none of this family. */
  nodeIP: string | undefined
}

/** An endpoint with the names of what it has. */
interface ServingEndpoint {
  /** `ip:port` or `[ip]:port` */
  address: string
  ip: string
  chain: string
  /** The set of its clients. */
  clients: string
}

/** The chains, sets and elements that are one service port's own (the loop of `syncProxyRules` in proxier.go). */
export function portObjects(context: PortContext, traffic: ServiceTraffic): PortObjects {
  const { port, chains, choice } = traffic
  const reachable = choice.reachable.map(({ address, ip }) => ({
    address,
    ip,
    ...endpointNames(port, address),
  }))
  const serving = (some: readonly EndpointFacts[]) =>
    some === choice.reachable
      ? reachable
      : reachable.filter((_, index) => some.includes(choice.reachable[index]!))
  const balancing = (name: string, endpoints: readonly ServingEndpoint[]): Chain => ({
    name,
    explain: `chooses ${name === chains.local ? "one of this node's endpoints" : 'an endpoint'} of ${port.name}`,
    rules: [
      ...(traffic.internal === name ? masqueradeRules(context, traffic) : []),
      ...balancingRules(context, traffic, endpoints),
    ],
  })
  return {
    name: `${port.name} ${traffic.protocol}`,
    service: port.service,
    endpoints: reachable.map(endpoint => endpointObjects(context, traffic, endpoint)),
    chains: [
      ...(traffic.usesClusterChain ? [balancing(chains.cluster, serving(choice.cluster))] : []),
      ...(traffic.usesLocalChain ? [balancing(chains.local, serving(choice.local))] : []),
      ...(traffic.usesExternalChain ? [externalChain(context, traffic)] : []),
      ...(traffic.limitsSources ? [firewallChain(context, traffic)] : []),
    ],
    chainNames: Object.values(chains),
    elements: portElements(traffic),
  }
}

function endpointObjects(
  { family }: PortContext,
  { port, protocol }: ServiceTraffic,
  { address, ip, chain, clients }: ServingEndpoint,
): { chain: Chain; clients?: Container } {
  const words = addressWords(family)
  const rules: Rule[] = [
    {
      text: `${words.ip} saddr ${ip} jump mark-for-masquerade`,
      explain: `hairpin: ${ip} reaches itself through the service; unmasqueraded, it would see its own address and not answer`,
    },
  ]
  const translate = {
    text: `meta l4proto ${protocol} dnat to ${address}`,
    explain: `send it to ${address}`,
  }
  const named = { name: chain, explain: `sends to the endpoint ${address} of ${port.name}` }
  if (port.affinity === 0) return { chain: { ...named, rules: [...rules, translate] } }
  const remember = {
    text: `update @${clients} { ${words.ip} saddr }`,
    explain: `remember the client for ${port.affinity} s, from now on`,
  }
  return {
    chain: { ...named, rules: [...rules, remember, translate] },
    clients: {
      kind: 'set',
      name: clients,
      type: words.type,
      timeout: port.affinity,
      explain: `the clients that stay with ${address}, each for ${port.affinity} s after its last connection`,
    },
  }
}

function masqueradeRules(
  { family, masqueradeAll, detector }: PortContext,
  { port }: ServiceTraffic,
): readonly Rule[] {
  if (!masqueradeAll && detector === undefined) return []
  const from = masqueradeAll || detector === undefined ? '' : ` ${detector.ifNotLocal}`
  const what = masqueradeAll ? 'everything' : `what does not come from ${detector?.explain}`
  return [
    {
      text: `${addressWords(family).ip} daddr ${port.clusterIP}${from} jump mark-for-masquerade`,
      explain: `masquerade ${what}, so that replies come back through this node`,
    },
  ]
}

function balancingRules(
  { family }: PortContext,
  { port }: ServiceTraffic,
  endpoints: readonly ServingEndpoint[],
): Rule[] {
  const { ip } = addressWords(family)
  const stay = ({ address, chain, clients }: ServingEndpoint): Rule => ({
    text: `${ip} saddr @${clients} goto ${chain}`,
    explain: `a client that used ${address} in the last ${port.affinity} s goes there again`,
  })
  const verdicts = endpoints.map(({ chain }, index) => `${index} : goto ${chain}`).join(' , ')
  const count = endpoints.length
  return [
    ...(port.affinity > 0 ? endpoints.map(stay) : []),
    {
      text: `numgen random mod ${count} vmap { ${verdicts} }`,
      explain:
        count === 1
          ? `the only endpoint, ${endpoints[0]?.address}`
          : `a random number from 0 to ${count - 1} chooses the endpoint: 1 in ${count} goes to each`,
    },
  ]
}

function externalChain({ detector }: PortContext, { port, chains, external }: ServiceTraffic): Chain {
  const rules: Rule[] = []
  if (port.externalPolicyLocal) {
    if (detector !== undefined) {
      rules.push({
        text: `${detector.ifLocal} goto ${chains.cluster}`,
        comment: 'short-circuit pod traffic',
        explain: `${detector.explain} may use every endpoint`,
      })
    }
    rules.push(
      {
        text: 'fib saddr type local jump mark-for-masquerade',
        comment: 'masquerade local traffic',
        explain: 'masquerade what this node itself sends',
      },
      {
        text: `fib saddr type local goto ${chains.cluster}`,
        comment: 'short-circuit local traffic',
        explain: 'and let it use every endpoint',
      },
    )
  } else {
    rules.push({
      text: 'jump mark-for-masquerade',
      explain: 'the endpoint may be on another node: masquerade, so that replies come back through this one',
    })
  }
  if (external !== undefined) {
    const which = port.externalPolicyLocal
      ? "only this node's endpoints, and the client's address is kept"
      : 'any endpoint'
    rules.push({ text: `goto ${external}`, explain: `on to ${which}` })
  }
  return { name: chains.external, explain: `takes what comes from outside for ${port.name}`, rules }
}

function firewallChain({ family, nodeIP }: PortContext, { port, chains }: ServiceTraffic): Chain {
  const { sourceRanges, loadBalancerIPs } = port
  // Where the load balancer's address is the node's own, too, packets of the node have it as their source.
  const fromNode = nodeIP !== undefined && sourceRanges.some(range => contains(range, nodeIP))
  const sources = [...sourceRanges, ...(fromNode ? loadBalancerIPs : [])]
  return {
    name: chains.firewall,
    explain: `knows who may use the load balancer's address of ${port.name}`,
    rules: [
      {
        text: `${addressWords(family).ip} saddr != { ${sources.join(' , ')} } drop`,
        explain: `only ${sources.join(', ')} may use the load balancer's address`,
      },
    ],
  }
}
