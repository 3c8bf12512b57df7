import { contains } from '../../service/addresses.ts'
import type { EndpointFacts } from '../../service/endpoints.ts'
import type { ServiceTraffic } from '../service-traffic.ts'
import { endpointChainName } from './chain-names.ts'
import type { LocalDetector } from './local-detector.ts'
import { comment, type TableBuilder, words } from './table-builder.ts'

/** What these chains depend on, beside the service. */
export interface ChainContext {
  nat: TableBuilder
  detector: LocalDetector | undefined
  masqueradeAll: boolean
  largeCluster: boolean
  /** The node's IP; undefined where it has none of this family. */
  nodeIP: string | undefined
}

/** An endpoint with its chain's name. */
interface ServingEndpoint {
  /** `ip:port` or `[ip]:port` */
  address: string
  ip: string
  chain: string
}

/** Adds the chains that are one service port's own: EXT, FW, SVC, SVL and a SEP for each endpoint, those in use. */
export function addServiceChains(context: ChainContext, traffic: ServiceTraffic): void {
  const { nat } = context
  const { port, chains, choice, internal, usesClusterChain, usesLocalChain } = traffic
  if (traffic.usesExternalChain) addExternalChain(context, traffic)
  if (usesFirewallChain(traffic)) addFirewallChain(context, traffic)
  if (usesClusterChain) nat.declare(chains.cluster, port.service, `chooses an endpoint of ${port.name}`)
  if (usesLocalChain)
    nat.declare(chains.local, port.service, `chooses one of this node's endpoints of ${port.name}`)
  if (internal !== undefined) addMasquerade(context, traffic, internal)
  const reachable = choice.reachable.map(({ address, ip }) => ({
    address,
    ip,
    chain: endpointChainName(port.name, port.protocol, address),
  }))
  const serving = (some: readonly EndpointFacts[]) =>
    some === choice.reachable
      ? reachable
      : reachable.filter((_, index) => some.includes(choice.reachable[index]!))
  if (usesClusterChain) addBalancing(context, traffic, chains.cluster, serving(choice.cluster))
  if (usesLocalChain) addBalancing(context, traffic, chains.local, serving(choice.local))
  for (const endpoint of reachable) addEndpointChain(context, traffic, endpoint)
}

/** Source ranges are asked on the way to endpoints; without any endpoint the connection is refused, whoever asks. */
export function usesFirewallChain({ choice, limitsSources }: ServiceTraffic): boolean {
  return choice.any && limitsSources
}

function addMasquerade(context: ChainContext, traffic: ServiceTraffic, chain: string): void {
  const { nat, masqueradeAll, detector } = context
  const { port, protocol, dport } = traffic
  if (!masqueradeAll && detector === undefined) return
  const from = masqueradeAll ? [] : (detector?.ifNotLocal ?? [])
  const what = masqueradeAll ? 'everything' : `what does not come from ${detector?.explain}`
  const match = ['-m', protocol, '-p', protocol, '-d', port.clusterIP, '--dport', dport]
  nat.add(
    chain,
    `masquerade ${what}, so that replies come back through this node`,
    comment(`${port.name} cluster IP`).concat(match, from, ['-j', 'KUBE-MARK-MASQ']),
  )
}

function addExternalChain({ nat, detector }: ChainContext, { port, chains, external }: ServiceTraffic): void {
  const { name, service, externalPolicyLocal } = port
  nat.declare(chains.external, service, `takes what comes for ${name} from outside the cluster`)
  const add = (explain: string, text: string, match: readonly string[], target: string) =>
    nat.add(chains.external, explain, [...comment(text), ...match, '-j', target])
  if (externalPolicyLocal) {
    const fromNode = words('-m addrtype --src-type LOCAL')
    if (detector !== undefined) {
      const text = `pod traffic for ${name} external destinations`
      add(`${detector.explain} may use every endpoint`, text, detector.ifLocal, chains.cluster)
    }
    const masquerade = `masquerade LOCAL traffic for ${name} external destinations`
    add('masquerade what this node itself sends', masquerade, fromNode, 'KUBE-MARK-MASQ')
    const route = `route LOCAL traffic for ${name} external destinations`
    add('and let it use every endpoint', route, fromNode, chains.cluster)
  } else {
    const text = `masquerade traffic for ${name} external destinations`
    const why = 'the endpoint may be on another node: masquerade, so that replies come back through this one'
    add(why, text, [], 'KUBE-MARK-MASQ')
  }
  if (external !== undefined) {
    const which = externalPolicyLocal
      ? "only this node's endpoints, and the client's address is kept"
      : 'any endpoint'
    nat.add(chains.external, `on to ${which}`, ['-j', external])
  }
}

function addFirewallChain({ nat, nodeIP }: ChainContext, { port, chains }: ServiceTraffic): void {
  const { name, service, sourceRanges, loadBalancerIPs } = port
  nat.declare(chains.firewall, service, `asks who may use the load balancer's address of ${name}`)
  const allow = (source: string, explain: string) => {
    const text = comment(`${name} loadbalancer IP`)
    nat.add(chains.firewall, explain, [...text, '-s', source, '-j', chains.external])
  }
  for (const range of sourceRanges) allow(range, `clients in ${range} are allowed`)
  if (nodeIP !== undefined && sourceRanges.some(range => contains(range, nodeIP))) {
    for (const address of loadBalancerIPs) {
      allow(address, `so is this node, whose packets to ${address} may have that address as their source`)
    }
  }
  nat.add(
    chains.firewall,
    'all others are not translated, and KUBE-PROXY-FIREWALL drops them',
    comment(`other traffic to ${name} will be dropped by KUBE-PROXY-FIREWALL`),
  )
}

function addBalancing(
  context: ChainContext,
  { port }: ServiceTraffic,
  chain: string,
  endpoints: readonly ServingEndpoint[],
): void {
  const { nat } = context
  const { name, affinity } = port
  for (const { address, chain: target } of affinity > 0 ? endpoints : []) {
    const recent = words(`-m recent --name ${target} --rcheck --seconds ${affinity} --reap -j ${target}`)
    const explain = `a client that used ${address} in the last ${affinity} s goes there again`
    nat.add(chain, explain, bulkRule(context, `${name} -> ${address}`, recent))
  }
  endpoints.forEach(({ address, chain: target }, index) => {
    const left = endpoints.length - index
    const odds = left > 1 ? ['-m', 'statistic', '--mode', 'random', '--probability', probability(left)] : []
    const rest =
      endpoints.length === 1 ? `all goes to ${address}, the only endpoint` : `what is left goes to ${address}`
    const explain = left > 1 ? `1 in ${left} goes to ${address}` : rest
    nat.add(chain, explain, bulkRule(context, `${name} -> ${address}`, odds.concat('-j', target)))
  })
}

/** The share of the first of `left` endpoints, written as kube-proxy does: `%0.10f` of 1/left. */
function probability(left: number): string {
  return (1 / left).toFixed(10)
}

function addEndpointChain(context: ChainContext, traffic: ServiceTraffic, endpoint: ServingEndpoint): void {
  const { nat } = context
  const { port, protocol } = traffic
  const { chain, ip, address } = endpoint
  nat.declare(chain, port.service, `sends to the endpoint ${address}`)
  const hairpin = `hairpin: ${ip} reaches itself through the service; unmasqueraded, it would see its own address and not answer`
  nat.add(chain, hairpin, bulkRule(context, port.name, ['-s', ip, '-j', 'KUBE-MARK-MASQ']))
  const dnat = ['-m', protocol, '-p', protocol, '-j', 'DNAT', '--to-destination', address]
  if (port.affinity > 0) {
    const remember = words(`-m recent --name ${chain} --set`).concat(dnat)
    nat.add(chain, `remember the client, and send it to ${address}`, bulkRule(context, port.name, remember))
  } else nat.add(chain, `send it to ${address}`, bulkRule(context, port.name, dnat))
}

/** One of the rules that there are most of; a large cluster does without their comments (`appendServiceCommentLocked` in proxier.go). */
function bulkRule({ largeCluster }: ChainContext, text: string, argv: readonly string[]): readonly string[] {
  return largeCluster ? argv : comment(text).concat(argv)
}
