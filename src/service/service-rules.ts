import { contains } from './addresses.ts'
import type { KernelFacts } from './base-rules.ts'
import type { EndpointChoice, ServingEndpoint } from './endpoints.ts'
import type { LocalDetector } from './local-detector.ts'
import { type ServicePortFacts, usesClusterEndpoints, usesLocalEndpoints } from './service-ports.ts'
import { comment, type TableBuilder } from './table-builder.ts'

/** What the rules of each service port depend on, beside the service. */
export interface ServiceRuleContext {
  filter: TableBuilder
  nat: TableBuilder
  detector: LocalDetector | undefined
  masqueradeAll: boolean
  largeCluster: boolean
  localhostNodePorts: boolean
  kernel: KernelFacts
  /** The node's IP; undefined where it has none of this family. */
  nodeIP: string | undefined
}

/** Adds all rules of one service port (`syncProxyRules` in proxier.go). */
export function addServicePort(
  context: ServiceRuleContext,
  port: ServicePortFacts,
  choice: EndpointChoice,
): void {
  const ports = new ServicePortRules(context, port, choice)
  ports.addPortals()
  ports.addChains()
}

class ServicePortRules {
  readonly #context: ServiceRuleContext
  readonly #port: ServicePortFacts
  readonly #choice: EndpointChoice
  readonly #protocol: readonly string[]
  /** The chain for traffic to the cluster IP; undefined: nothing there to serve it. */
  readonly #internal: string | undefined
  /** The chain at the end of the outside traffic's way; undefined: nothing there to serve it. */
  readonly #external: string | undefined
  readonly #usesExternal: boolean
  readonly #usesFirewall: boolean

  constructor(context: ServiceRuleContext, port: ServicePortFacts, choice: EndpointChoice) {
    this.#context = context
    this.#port = port
    this.#choice = choice
    const protocol = port.protocol.toLowerCase()
    this.#protocol = ['-m', protocol, '-p', protocol]
    const { cluster, local } = port.chains
    const chainFor = (onlyLocal: boolean) =>
      onlyLocal ? (choice.local.length > 0 ? local : undefined) : choice.any ? cluster : undefined
    this.#internal = chainFor(port.internalPolicyLocal)
    this.#external = chainFor(port.externalPolicyLocal)
    this.#usesExternal = choice.any && port.externallyAccessible
    this.#usesFirewall = choice.any && port.loadBalancerIPs.length > 0 && port.sourceRanges.length > 0
  }

  /** The rules in the chains that all services share. */
  addPortals(): void {
    const { nat, filter } = this.#context
    const { name, clusterIP, externalIPs, loadBalancerIPs, chains, healthCheckNodePort } = this.#port
    const dport = String(this.#port.port)
    const to = (address: string) => [...this.#protocol, '-d', address, '--dport', dport]
    if (this.#internal !== undefined) {
      nat.add(
        'KUBE-SERVICES',
        `${clusterIP}:${dport} is the cluster IP of ${name}`,
        ...comment(`${name} cluster IP`),
        ...to(clusterIP),
        '-j',
        this.#internal,
      )
    } else this.#refuse('KUBE-SERVICES', clusterIP, to(clusterIP))
    for (const address of externalIPs) {
      if (this.#choice.any) {
        nat.add(
          'KUBE-SERVICES',
          `${address}:${dport} is an external IP of ${name}`,
          ...comment(`${name} external IP`),
          ...to(address),
          '-j',
          chains.external,
        )
      }
      if (this.#external === undefined) this.#refuse('KUBE-EXTERNAL-SERVICES', address, to(address))
    }
    for (const address of loadBalancerIPs) {
      if (this.#choice.any) {
        nat.add(
          'KUBE-SERVICES',
          `${address}:${dport} is the load balancer’s address of ${name}`,
          ...comment(`${name} loadbalancer IP`),
          ...to(address),
          '-j',
          this.#usesFirewall ? chains.firewall : chains.external,
        )
      }
      if (this.#usesFirewall) {
        filter.add(
          'KUBE-PROXY-FIREWALL',
          `drop what still has ${address} as its destination: ${chains.firewall} did not let it through to DNAT`,
          ...comment(`${name} traffic not accepted by ${chains.firewall}`),
          ...to(address),
          '-j',
          'DROP',
        )
      }
      if (this.#external === undefined) this.#refuse('KUBE-EXTERNAL-SERVICES', address, to(address))
    }
    this.#addNodePort()
    if (healthCheckNodePort !== 0) {
      filter.add(
        'KUBE-NODEPORTS',
        `load balancers ask port ${healthCheckNodePort} whether this node has endpoints of ${name}`,
        ...comment(`${name} health check node port`),
        ...['-m', 'tcp', '-p', 'tcp', '--dport', String(healthCheckNodePort), '-j', 'ACCEPT'],
      )
    }
  }

  #addNodePort(): void {
    const { nat, kernel, localhostNodePorts } = this.#context
    const { name, nodePort, chains } = this.#port
    if (nodePort === 0) return
    const dport = ['--dport', String(nodePort)]
    if (this.#choice.any) {
      if (kernel.nfacct && localhostNodePorts) {
        nat.add(
          'KUBE-NODEPORTS',
          `port ${nodePort} on a loopback address is a node port of ${name}; count it`,
          ...comment(name),
          ...[...this.#protocol, '-d', '127.0.0.0/8', ...dport],
          ...['-m', 'nfacct', '--nfacct-name', 'localhost_nps_accepted_pkts', '-j', chains.external],
        )
      }
      nat.add(
        'KUBE-NODEPORTS',
        `port ${nodePort} of this node is a node port of ${name}`,
        ...comment(name),
        ...[...this.#protocol, ...dport, '-j', chains.external],
      )
    }
    if (this.#external === undefined) {
      const local = ['-m', 'addrtype', '--dst-type', 'LOCAL']
      this.#refuse('KUBE-EXTERNAL-SERVICES', `node port ${nodePort}`, [...local, ...this.#protocol, ...dport])
    }
  }

  /** No endpoint anywhere: say so at once. None on this node, and only those may be used: be silent, as if nothing were there. */
  #refuse(chain: string, what: string, match: readonly string[]): void {
    const { name } = this.#port
    const [reason, target] = this.#choice.any ? ['no local endpoints', 'DROP'] : ['no endpoints', 'REJECT']
    const effect = this.#choice.any ? 'drop silently' : 'refuse at once'
    this.#context.filter.add(
      chain,
      `${effect} connections to ${what}: ${name} has ${reason}`,
      ...comment(`${name} has ${reason}`),
      ...match,
      '-j',
      target,
    )
  }

  /** The chains that are this service port's own. */
  addChains(): void {
    const { nat } = this.#context
    const { chains, service } = this.#port
    const { cluster, local, reachable } = this.#choice
    const usesCluster = cluster.length > 0 && usesClusterEndpoints(this.#port)
    const usesLocal = local.length > 0 && usesLocalEndpoints(this.#port)
    if (this.#usesExternal) this.#addExternalChain()
    if (this.#usesFirewall) this.#addFirewallChain()
    if (usesCluster) nat.declare(chains.cluster, service)
    if (usesLocal) nat.declare(chains.local, service)
    if (this.#internal !== undefined) this.#addMasquerade(this.#internal)
    if (usesCluster) this.#addBalancing(chains.cluster, cluster)
    if (usesLocal) this.#addBalancing(chains.local, local)
    for (const endpoint of reachable) this.#addEndpointChain(endpoint)
  }

  #addMasquerade(chain: string): void {
    const { nat, masqueradeAll, detector } = this.#context
    const { name, clusterIP, port } = this.#port
    if (!masqueradeAll && detector === undefined) return
    const match = masqueradeAll ? [] : (detector?.ifNotLocal ?? [])
    const who = masqueradeAll
      ? 'masquerade everything'
      : `masquerade what does not come from ${detector?.explain}`
    nat.add(
      chain,
      `${who}, so that replies come back through this node`,
      ...comment(`${name} cluster IP`),
      ...[...this.#protocol, '-d', clusterIP, '--dport', String(port), ...match],
      ...['-j', 'KUBE-MARK-MASQ'],
    )
  }

  #addExternalChain(): void {
    const { nat, detector } = this.#context
    const { name, chains, service, externalPolicyLocal } = this.#port
    nat.declare(chains.external, service)
    const add = (explain: string, text: string, match: readonly string[], target: string) =>
      nat.add(chains.external, explain, ...comment(text), ...match, '-j', target)
    if (externalPolicyLocal) {
      const fromNode = ['-m', 'addrtype', '--src-type', 'LOCAL']
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
      add(
        'the endpoint may be on another node: masquerade, so that replies come back here',
        text,
        [],
        'KUBE-MARK-MASQ',
      )
    }
    if (this.#external !== undefined) {
      const whose = externalPolicyLocal
        ? 'only this node’s endpoints, the client’s address is kept'
        : 'any endpoint'
      nat.add(chains.external, `to ${whose}`, '-j', this.#external)
    }
  }

  #addFirewallChain(): void {
    const { nat, nodeIP } = this.#context
    const { name, chains, service, sourceRanges, loadBalancerIPs } = this.#port
    nat.declare(chains.firewall, service)
    const allow = (source: string, explain: string) =>
      nat.add(
        chains.firewall,
        explain,
        ...comment(`${name} loadbalancer IP`),
        ...['-s', source, '-j', chains.external],
      )
    for (const range of sourceRanges) allow(range, `clients in ${range} are allowed`)
    if (nodeIP !== undefined && sourceRanges.some(range => contains(range, nodeIP))) {
      for (const address of loadBalancerIPs) {
        allow(address, `so is this node, whose packets to ${address} may have that address as their source`)
      }
    }
    nat.add(
      chains.firewall,
      'all others are not translated, and KUBE-PROXY-FIREWALL drops them',
      ...comment(`other traffic to ${name} will be dropped by KUBE-PROXY-FIREWALL`),
    )
  }

  #addBalancing(chain: string, endpoints: readonly ServingEndpoint[]): void {
    const { nat } = this.#context
    const { name, affinity } = this.#port
    if (affinity > 0) {
      for (const endpoint of endpoints) {
        nat.add(
          chain,
          `a client that used ${endpoint.address} within ${affinity} s goes there again`,
          ...this.#bulkComment(`${name} -> ${endpoint.address}`),
          ...['-m', 'recent', '--name', endpoint.chain, '--rcheck'],
          ...['--seconds', String(affinity), '--reap', '-j', endpoint.chain],
        )
      }
    }
    endpoints.forEach((endpoint, index) => {
      const left = endpoints.length - index
      const odds = left > 1 ? ['-m', 'statistic', '--mode', 'random', '--probability', probability(left)] : []
      nat.add(
        chain,
        left > 1 ? `1 in ${left} goes to ${endpoint.address}` : `what is left goes to ${endpoint.address}`,
        ...this.#bulkComment(`${name} -> ${endpoint.address}`),
        ...odds,
        '-j',
        endpoint.chain,
      )
    })
  }

  #addEndpointChain(endpoint: ServingEndpoint): void {
    const { nat } = this.#context
    const { name, service, affinity } = this.#port
    const { chain, ip, address } = endpoint
    nat.declare(chain, service)
    nat.add(
      chain,
      `hairpin: ${ip} reaches itself through the service; masquerade, or it would answer itself directly`,
      ...this.#bulkComment(name),
      ...['-s', ip, '-j', 'KUBE-MARK-MASQ'],
    )
    nat.add(
      chain,
      affinity > 0 ? `remember the client, and send it to ${address}` : `send it to ${address}`,
      ...this.#bulkComment(name),
      ...(affinity > 0 ? ['-m', 'recent', '--name', chain, '--set'] : []),
      ...[...this.#protocol, '-j', 'DNAT', '--to-destination', address],
    )
  }

  /** The comment of the rules that there are most of; a large cluster does without (`appendServiceCommentLocked` in proxier.go). */
  #bulkComment(text: string): readonly string[] {
    return this.#context.largeCluster ? [] : comment(text)
  }
}

/** The share of the first of `left` endpoints, as kube-proxy writes it: `%0.10f` of 1/left. */
export function probability(left: number): string {
  return (1 / left).toFixed(10)
}
