import { joinHostPort } from '../../model/address.ts'
import type { KernelSwitches } from '../dataplane.ts'
import type { ServiceTraffic } from '../service-traffic.ts'
import { usesFirewallChain } from './service-chains.ts'
import { comment, type TableBuilder, words } from './table-builder.ts'

/** What these rules depend on, beside the service. */
export interface PortalContext {
  filter: TableBuilder
  nat: TableBuilder
  localhostNodePorts: boolean
  kernel: KernelSwitches
}

/** Adds what a service port has in the chains that all services share: where its traffic is caught, or refused. */
export function addPortals(context: PortalContext, traffic: ServiceTraffic): void {
  addClusterIP(context, traffic)
  for (const address of traffic.port.externalIPs) addExternalIP(context, traffic, address)
  for (const address of traffic.port.loadBalancerIPs) addLoadBalancerIP(context, traffic, address)
  addNodePort(context, traffic)
  addHealthCheck(context, traffic)
}

function addClusterIP(context: PortalContext, traffic: ServiceTraffic): void {
  const { port, dport, protocol, internal } = traffic
  const { name, clusterIP } = port
  if (internal === undefined) {
    refuse(context, traffic, 'KUBE-SERVICES', clusterIP, toAddress(traffic, clusterIP))
    return
  }
  // Of this rule there are as many as service ports: concat makes no list longer than it has to be, a spread does.
  const match = ['-m', protocol, '-p', protocol, '-d', clusterIP, '--dport', dport, '-j', internal]
  const explain = `${joinHostPort(clusterIP, port.port)} is the cluster IP of ${name}`
  context.nat.add('KUBE-SERVICES', explain, comment(`${name} cluster IP`).concat(match), port.service)
}

function addExternalIP(context: PortalContext, traffic: ServiceTraffic, address: string): void {
  const { port, chains, choice, external } = traffic
  const match = toAddress(traffic, address)
  if (choice.any) {
    const argv = [...comment(`${port.name} external IP`), ...match, '-j', chains.external]
    const explain = `${joinHostPort(address, port.port)} is an external IP of ${port.name}`
    context.nat.add('KUBE-SERVICES', explain, argv, port.service)
  }
  if (external === undefined) refuse(context, traffic, 'KUBE-EXTERNAL-SERVICES', address, match)
}

function addLoadBalancerIP(context: PortalContext, traffic: ServiceTraffic, address: string): void {
  const { port, chains, choice, external } = traffic
  const firewalled = usesFirewallChain(traffic)
  const { name } = port
  const match = toAddress(traffic, address)
  if (choice.any) {
    const target = firewalled ? chains.firewall : chains.external
    const argv = [...comment(`${name} loadbalancer IP`), ...match, '-j', target]
    const explain = `${joinHostPort(address, port.port)} is the load balancer's address of ${name}`
    context.nat.add('KUBE-SERVICES', explain, argv, port.service)
  }
  if (firewalled) {
    context.filter.add(
      'KUBE-PROXY-FIREWALL',
      `drop what still has ${address} as its destination: ${chains.firewall} did not let it through to DNAT`,
      [...comment(`${name} traffic not accepted by ${chains.firewall}`), ...match, '-j', 'DROP'],
      port.service,
    )
  }
  if (external === undefined) refuse(context, traffic, 'KUBE-EXTERNAL-SERVICES', address, match)
}

function addNodePort(context: PortalContext, traffic: ServiceTraffic): void {
  const { nat, kernel, localhostNodePorts } = context
  const { port, chains, protocol, choice, external } = traffic
  const { name, nodePort } = port
  if (nodePort === 0) return
  const match = words(`-m ${protocol} -p ${protocol}`)
  const dport = ['--dport', String(nodePort)]
  if (choice.any && kernel.nfacct && localhostNodePorts) {
    const explain = `count what comes to node port ${nodePort} on a loopback address`
    const counter = words('-m nfacct --nfacct-name localhost_nps_accepted_pkts')
    const argv = [
      ...comment(name),
      ...match,
      '-d',
      '127.0.0.0/8',
      ...dport,
      ...counter,
      '-j',
      chains.external,
    ]
    nat.add('KUBE-NODEPORTS', explain, argv, port.service)
  }
  if (choice.any) {
    const explain = `port ${nodePort} of this node is a node port of ${name}`
    const argv = [...comment(name), ...match, ...dport, '-j', chains.external]
    nat.add('KUBE-NODEPORTS', explain, argv, port.service)
  }
  if (external === undefined) {
    const toNode = [...words('-m addrtype --dst-type LOCAL'), ...match, ...dport]
    refuse(context, traffic, 'KUBE-EXTERNAL-SERVICES', `node port ${nodePort}`, toNode)
  }
}

function addHealthCheck({ filter }: PortalContext, { port }: ServiceTraffic): void {
  const { name, healthCheckNodePort: number } = port
  if (number === 0) return
  filter.add(
    'KUBE-NODEPORTS',
    `load balancers ask port ${number} whether this node has endpoints of ${name}`,
    [...comment(`${name} health check node port`), ...words(`-m tcp -p tcp --dport ${number} -j ACCEPT`)],
    port.service,
  )
}

/** No endpoint anywhere: say so at once. None on this node, where only those may serve: be silent, as if nothing were there. */
function refuse(
  { filter }: PortalContext,
  { port, choice }: ServiceTraffic,
  chain: string,
  what: string,
  match: readonly string[],
): void {
  const reason = `${port.name} has ${choice.any ? 'no local endpoints' : 'no endpoints'}`
  const effect = choice.any ? 'drop silently' : 'refuse at once'
  const target = choice.any ? 'DROP' : 'REJECT'
  const explain = `${effect} connections to ${what}: ${reason}`
  filter.add(chain, explain, [...comment(reason), ...match, '-j', target], port.service)
}

function toAddress({ protocol, dport }: ServiceTraffic, address: string): readonly string[] {
  return ['-m', protocol, '-p', protocol, '-d', address, '--dport', dport]
}
