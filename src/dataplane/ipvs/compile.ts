import { canonical, familyOf, isLoopback, joinHostPort, splitHostPort } from '../../model/address.ts'
import { contains } from '../../service/addresses.ts'
import { chooseEndpoints, type EndpointFacts, EndpointTable } from '../../service/endpoints.ts'
import { nodePortAddresses, primaryAddress } from '../../service/node-ports.ts'
import { type ServicePortFacts, servicePorts } from '../../service/service-ports.ts'
import type { NodeView } from '../dataplane.ts'
import { localDetector } from '../iptables/local-detector.ts'
import { localPods } from '../local-pods.ts'
import { markOf } from '../mark.ts'
import { iptablesRules } from './iptables-rules.ts'
import type { RuleSet, VirtualServer } from './rules.ts'
import { SetBuilder, type SetName } from './sets.ts'

/** What kube-proxy in IPVS mode sets up on a node (`syncProxyRules` in pkg/proxy/ipvs/proxier.go, v1.30); the order of the input does not matter. */
export function compileServices(view: NodeView): RuleSet {
  const { settings, node, family } = view
  const builder = new Builder(view)
  const endpoints = new EndpointTable(view.slices, family, node.name)
  for (const port of servicePorts(view.services, family)) builder.add(port, endpoints.of(port))
  const { masqueradeAll, masqueradeBit, randomFully } = settings.iptables
  return {
    family,
    families: view.families ?? [family],
    sysctls: sysctls(settings.ipvs.strictARP),
    addresses: builder.addresses,
    sets: builder.sets.sets(family),
    iptables: iptablesRules({
      family,
      sets: builder.sets,
      detector: localDetector(localPods(settings, node, family)),
      masqueradeAll,
      randomFully,
      mark: markOf(masqueradeBit),
      closedToNode: builder.closedToNode,
    }),
    servers: builder.servers,
  }
}

/** The same for both families: it is for the node to forward IPv6. net.ipv4.vs.conn_reuse_mode=0 is only for kernels before 5.9 (`NewProxier`). */
function sysctls(strictARP: boolean): RuleSet['sysctls'] {
  const always = [
    [
      'net.ipv4.vs.conntrack',
      '1',
      'let conntrack know the connections of IPVS, so that iptables can masquerade them',
    ],
    ['net.ipv4.vs.expire_nodest_conn', '1', 'end connections to real servers that are gone'],
    ['net.ipv4.vs.expire_quiescent_template', '1', 'let no client stay with a real server of weight 0'],
    ['net.ipv4.ip_forward', '1', 'forward what is translated'],
  ] as const
  const strict = [
    ['net.ipv4.conf.all.arp_ignore', '1', 'answer ARP for an address only on the interface that has it'],
    ['net.ipv4.conf.all.arp_announce', '2', "never name a service's address in an ARP request"],
  ] as const
  return [...always, ...(strictARP ? strict : [])].map(([key, value, explain]) => ({ key, value, explain }))
}

/** Goes through the service ports and collects what is theirs. */
class Builder {
  readonly sets = new SetBuilder()
  readonly closedToNode: { ip: string; protocol: string; port: number }[] = []
  readonly #view: NodeView
  /** Those of the family, without loopback ones. */
  readonly #nodeAddresses: readonly string[]
  readonly #nodePortAddresses: readonly string[]
  readonly #servers = new Map<string, VirtualServer>()
  readonly #bound = new Set<string>()

  constructor(view: NodeView) {
    const { settings, node, family } = view
    const own = node.addresses.filter(address => familyOf(address) === family).map(canonical)
    this.#view = view
    this.#nodeAddresses = own.filter(address => !isLoopback(address))
    this.#nodePortAddresses =
      nodePortAddresses(settings.nodePortAddresses, node, family) ?? this.#nodeAddresses
  }

  get servers(): VirtualServer[] {
    return [...this.#servers.values()]
  }

  get addresses(): string[] {
    return [...this.#bound].sort()
  }

  add(port: ServicePortFacts, endpoints: readonly EndpointFacts[]): void {
    const protocol = port.protocol.toLowerCase()
    for (const { local, ip, address } of endpoints) {
      if (local)
        this.sets.add('KUBE-LOOP-BACK', `${entry(ip, protocol, splitHostPort(address).port ?? 0)},${ip}`)
    }
    const choice = chooseEndpoints(port, endpoints, this.#view.node)
    // Where Local finds none, the others serve, unlike in the other modes (kubernetes/kubernetes#97081).
    const realServers = (onlyLocal: boolean) =>
      onlyLocal && choice.local.length > 0 ? choice.local : choice.cluster
    const [inside, outside] = [realServers(port.internalPolicyLocal), realServers(port.externalPolicyLocal)]
    this.sets.add('KUBE-CLUSTER-IP', entry(port.clusterIP, protocol, port.port))
    this.#bind(port.clusterIP)
    this.#serve(port, port.clusterIP, port.port, inside, 'cluster IP')
    for (const ip of port.externalIPs) {
      const name = port.externalPolicyLocal ? 'KUBE-EXTERNAL-IP-LOCAL' : 'KUBE-EXTERNAL-IP'
      this.sets.add(name, entry(ip, protocol, port.port))
      this.#bind(ip)
      this.#serve(port, ip, port.port, outside, 'external IP')
    }
    for (const ip of port.loadBalancerIPs) {
      this.#loadBalancerIP(port, ip)
      this.#bind(ip)
      this.#serve(port, ip, port.port, outside, "load balancer's address")
    }
    if (port.nodePort !== 0) this.#nodePort(port, outside)
    if (port.healthCheckNodePort !== 0) {
      this.sets.add('KUBE-HEALTH-CHECK-NODE-PORT', String(port.healthCheckNodePort))
    }
  }

  #loadBalancerIP(port: ServicePortFacts, ip: string): void {
    const protocol = port.protocol.toLowerCase()
    const place = entry(ip, protocol, port.port)
    this.sets.add('KUBE-LOAD-BALANCER', place)
    if (port.externalPolicyLocal) this.sets.add('KUBE-LOAD-BALANCER-LOCAL', place)
    // ipset takes no range of all addresses, and it would limit nobody (kubernetes/kubernetes#132722).
    if (port.sourceRanges.length === 0 || port.sourceRanges.some(range => range.endsWith('/0'))) return
    this.sets.add('KUBE-LOAD-BALANCER-FW', place)
    for (const range of port.sourceRanges)
      this.sets.add('KUBE-LOAD-BALANCER-SOURCE-CIDR', `${place},${range}`)
    const nodeIP = primaryAddress(this.#view.node, this.#view.family)
    if (nodeIP !== undefined && port.sourceRanges.some(range => contains(range, nodeIP))) {
      this.sets.add('KUBE-LOAD-BALANCER-SOURCE-IP', `${place},${ip}`)
    } else this.closedToNode.push({ ip, protocol, port: port.port })
  }

  #nodePort(port: ServicePortFacts, endpoints: readonly EndpointFacts[]): void {
    const { nodePort, protocol, externalPolicyLocal } = port
    if (this.#nodePortAddresses.length === 0) return
    const suffix = protocol === 'SCTP' ? 'SCTP-HASH' : protocol
    const entries =
      protocol === 'SCTP'
        ? this.#nodePortAddresses.map(ip => entry(ip, 'sctp', nodePort))
        : [String(nodePort)]
    for (const each of entries) {
      this.sets.add(`KUBE-NODE-PORT-${suffix}` as SetName, each)
      if (externalPolicyLocal) this.sets.add(`KUBE-NODE-PORT-LOCAL-${suffix}` as SetName, each)
    }
    for (const ip of this.#nodePortAddresses) this.#serve(port, ip, nodePort, endpoints, 'node port')
  }

  /** An address that the node has anyhow is not given to kube-ipvs0. */
  #bind(address: string): void {
    if (this.#nodeAddresses.includes(address)) return
    this.#bound.add(address)
    this.sets.add('KUBE-IPVS-IPS', address)
  }

  #serve(
    { name, service, protocol, affinity }: ServicePortFacts,
    ip: string,
    port: number,
    endpoints: readonly EndpointFacts[],
    kind: string,
  ): void {
    const address = joinHostPort(ip, port)
    const key = `${protocol} ${address}`
    if (this.#servers.has(key)) return
    this.#servers.set(key, {
      protocol,
      address,
      scheduler: this.#view.settings.ipvs.scheduler,
      persistent: affinity,
      realServers: endpoints.map(endpoint => endpoint.address),
      service,
      explain: `${address} is ${kind === 'external IP' ? 'an' : 'the'} ${kind} of ${name}${endpoints.length === 0 ? ', which has no endpoints: IPVS refuses' : ''}`,
    })
  }
}

/** `10.96.0.1,tcp:80` */
function entry(ip: string, protocol: string, port: number): string {
  return `${ip},${protocol}:${port}`
}
