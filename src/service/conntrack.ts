import type { Family } from '../model/address.ts'
import type { EndpointSlice, Service } from '../model/kubernetes.ts'
import { EndpointTable } from './endpoints.ts'
import { type ServicePortFacts, servicePorts } from './service-ports.ts'

/** UDP entries of conntrack that lead to where nobody answers any more: those that match all that is given. */
export interface StaleEntries {
  family: Family
  /** The address that the client sent to. */
  destination?: string
  /** The node port that the client sent to. */
  port?: number
  /** The endpoint that the destination was translated to. */
  endpoint?: string
}

/** The services and endpoints at one time. */
export interface ServicesState {
  services: Iterable<Service>
  slices: Iterable<EndpointSlice>
}

/**
 * The UDP entries to flush after a change (`CleanStaleEntries` in conntrack/cleanup.go, up to v1.31). A UDP flow keeps
 * its entry as long as packets go, and so never sees that its service got endpoints, or that its endpoint went.
 */
export function staleEntries(previous: ServicesState, next: ServicesState, family: Family): StaleEntries[] {
  const before = udpPorts(previous, family)
  const after = udpPorts(next, family)
  const stale: StaleEntries[] = []
  for (const [name, { port }] of before) {
    if (!after.has(name)) stale.push({ family, destination: port.clusterIP })
  }
  for (const [name, { port, ready }] of after) {
    const was = before.get(name)?.ready ?? new Set()
    if (was.size === 0 && ready.size > 0) stale.push(...entriesOf(port, family))
    const gone = [...was].filter(address => !ready.has(address)).map(ipOf)
    stale.push(
      ...gone.flatMap(endpoint => entriesOf(port, family).map(entries => ({ ...entries, endpoint }))),
    )
  }
  const byText = new Map(stale.map(entries => [flushCommand(entries).join(' '), entries]))
  return [...byText.values()]
}

/** The command that flushes them, with its words as kube-proxy ran it. */
export function flushCommand({ family, destination, port, endpoint }: StaleEntries): string[] {
  return [
    ...['conntrack', '-D'],
    ...(destination === undefined ? [] : ['--orig-dst', destination]),
    ...(port === undefined ? [] : ['-p', 'udp', '--dport', String(port)]),
    ...(endpoint === undefined ? [] : ['--dst-nat', endpoint]),
    ...(port === undefined ? ['-p', 'udp'] : []),
    ...(family === 'ipv6' ? ['-f', 'ipv6'] : []),
  ]
}

interface UdpPort {
  port: ServicePortFacts
  /** `ip:port` of the endpoints that are ready. */
  ready: ReadonlySet<string>
}

function udpPorts({ services, slices }: ServicesState, family: Family): Map<string, UdpPort> {
  const endpoints = new EndpointTable(slices, family, '')
  const ports = servicePorts(services, family).filter(port => port.protocol === 'UDP')
  return new Map(
    ports.map(port => {
      const ready = endpoints.of(port).filter(endpoint => endpoint.ready)
      return [port.name, { port, ready: new Set(ready.map(endpoint => endpoint.address)) }]
    }),
  )
}

function entriesOf(port: ServicePortFacts, family: Family): StaleEntries[] {
  const addresses = [port.clusterIP, ...port.externalIPs, ...port.loadBalancerIPs]
  return [
    ...addresses.map(destination => ({ family, destination })),
    ...(port.nodePort === 0 ? [] : [{ family, port: port.nodePort }]),
  ]
}

/** The address of `ip:port` or `[ip]:port`. */
function ipOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':')).replace(/[[\]]/g, '')
}
