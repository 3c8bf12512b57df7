import { canonical, type Family, familyName, familyOf } from '../model/address.ts'
import { namespacedName, type Service, type ServicePort } from '../model/kubernetes.ts'
import { addressAt, addressRange, choose, portRange } from './ranges.ts'

/** Where a cluster takes from what a Service does not state. */
export interface ServicePools {
  /** The families of the cluster, that of single-stack services first. */
  families: readonly Family[]
  /** Where cluster IPs come from; of each family the first network counts. */
  serviceCIDRs: readonly string[]
  /** Where node ports come from. */
  nodePorts: { from: number; to: number }
  /** Where the addresses of load balancers come from. */
  loadBalancers: readonly string[]
}

/** Something that a Service did not state, and got. */
export interface Allocation {
  service: string
  what: 'cluster IP' | 'node port' | 'load balancer IP' | 'health check node port'
  /** `10.103.4.7`, or `30517 for port http` */
  value: string
}

/** Something that nobody can get, since all of it is given. */
export interface Lacking extends Pick<Allocation, 'service' | 'what'> {
  /** Where it would have come from: `10.96.0.0/12`, `30000-32767`. */
  from: string
}

export interface AllocatedServices {
  /** In the order of their names. */
  services: readonly Service[]
  /** What each of the services became. */
  became: ReadonlyMap<Service, Service>
  allocations: readonly Allocation[]
  /** What services still lack. */
  lacking: readonly Lacking[]
}

/** What clusters have where nothing else is said: kubeadm's networks, kube-apiserver's node ports, and addresses for documentation (RFC 5737, RFC 3849). */
export const usualPools = {
  serviceCIDRs: ['10.96.0.0/12', 'fd00:10:96::/112'],
  nodePorts: { from: 30_000, to: 32_767 },
  loadBalancers: ['203.0.113.0/24', '2001:db8:113::/112'],
} as const

/** The family of single-stack services where nobody says one: IPv6, if all that services state is of it. */
export function usualFamily(services: readonly Service[]): Family {
  const stated = services.flatMap(({ clusterIPs, ipFamilies = [] }) => [
    ...ipFamilies.slice(0, 1),
    ...clusterIPs.filter(address => address !== 'None').map(address => familyName(familyOf(address))),
  ])
  return stated.length > 0 && stated.every(name => name === 'IPv6') ? 'ipv6' : 'ipv4'
}

/** The families that services ask for: one, unless some of them need the other. */
export function familiesAsked(services: readonly Service[], usual: Family): readonly Family[] {
  const other: Family = usual === 'ipv4' ? 'ipv6' : 'ipv4'
  const needsOther = services.some(
    ({ clusterIPs, ipFamilies = [], ipFamilyPolicy }) =>
      ipFamilyPolicy === 'RequireDualStack' ||
      ipFamilies.includes(familyName(other)) ||
      clusterIPs.some(address => address !== 'None' && familyOf(address) === other),
  )
  return needsOther ? [usual, other] : [usual]
}

/**
 * Gives services what they do not state, as the API server and a load balancer's controller do: what is stated is taken first, and
 * the rest does not depend on the order of input.
 */
export function allocateServices(services: readonly Service[], pools: ServicePools): AllocatedServices {
  const inOrder = services.toSorted((one, other) => (namespacedName(one) < namespacedName(other) ? -1 : 1))
  const allocator = new Allocator(inOrder, pools)
  const became = new Map(inOrder.map(service => [service, allocator.allocated(service)]))
  return {
    services: [...became.values()],
    became,
    allocations: allocator.allocations,
    lacking: allocator.lacking,
  }
}

/** Whether kube-proxy, and so the API server, has a cluster IP for it. */
function needsClusterIP({ type, clusterIPs }: Service): boolean {
  return type !== 'ExternalName' && !clusterIPs.includes('None')
}

class Allocator {
  readonly allocations: Allocation[] = []
  readonly lacking: Lacking[] = []
  readonly #pools: ServicePools
  readonly #addresses: Set<string>
  readonly #ports: Set<number>

  constructor(services: readonly Service[], pools: ServicePools) {
    this.#pools = pools
    this.#addresses = new Set(
      services.flatMap(service =>
        [...service.clusterIPs, ...service.externalIPs, ...balancedAt(service)]
          .filter(address => address !== 'None')
          .map(canonical),
      ),
    )
    this.#ports = new Set(
      services.flatMap(({ ports, healthCheckNodePort }) => [
        ...ports.flatMap(({ nodePort }) => nodePort ?? []),
        ...(healthCheckNodePort === undefined ? [] : [healthCheckNodePort]),
      ]),
    )
  }

  allocated(service: Service): Service {
    if (service.isAllocated || !needsClusterIP(service)) return service
    const clusterIPs = this.#clusterIPs(service)
    const ports = this.#nodePorts(service)
    return {
      ...service,
      clusterIPs,
      ports,
      loadBalancerIPs: this.#loadBalancerIPs(service, clusterIPs),
      ...this.#healthCheckNodePort(service),
    }
  }

  #clusterIPs(service: Service): readonly string[] {
    const stated = new Set(service.clusterIPs.map(familyOf))
    const missing = wantedFamilies(service, this.#pools.families).filter(family => !stated.has(family))
    const given = missing.flatMap(
      family => this.#address(service, 'cluster IP', family, this.#pools.serviceCIDRs) ?? [],
    )
    return [...service.clusterIPs, ...given]
  }

  #nodePorts(service: Service): readonly ServicePort[] {
    const { type, ports } = service
    if (type !== 'NodePort' && (type !== 'LoadBalancer' || service.noLoadBalancerNodePorts)) return ports
    // TCP and UDP at the same port of a service get the same node port (`updateNodePorts` in registry/core/service/storage/alloc.go).
    const byPort = new Map(ports.flatMap(({ port, nodePort }) => (nodePort ? [[port, nodePort]] : [])))
    return ports.map(port => {
      const key = `${port.port}`
      const nodePort =
        port.nodePort ??
        byPort.get(port.port) ??
        this.#port(service, 'node port', key, ` for port ${port.name || port.port}`)
      if (nodePort === undefined) return port
      byPort.set(port.port, nodePort)
      return { ...port, nodePort }
    })
  }

  #loadBalancerIPs(service: Service, clusterIPs: readonly string[]): readonly string[] {
    if (service.type !== 'LoadBalancer' || service.loadBalancerIPs.length > 0) return service.loadBalancerIPs
    if (service.wantedLoadBalancerIP) return [service.wantedLoadBalancerIP]
    return clusterIPs.flatMap(
      address =>
        this.#address(service, 'load balancer IP', familyOf(address), this.#pools.loadBalancers) ?? [],
    )
  }

  #healthCheckNodePort(service: Service): Pick<Service, 'healthCheckNodePort'> {
    const { type, externalTrafficPolicy, healthCheckNodePort } = service
    if (type !== 'LoadBalancer' || externalTrafficPolicy !== 'Local' || healthCheckNodePort !== undefined)
      return {}
    const port = this.#port(service, 'health check node port', 'health')
    return port === undefined ? {} : { healthCheckNodePort: port }
  }

  #address(
    service: Service,
    what: Allocation['what'],
    family: Family,
    networks: readonly string[],
  ): string | undefined {
    const network = networks.find(each => familyOf(each) === family)
    const name = namespacedName(service)
    const index =
      network === undefined
        ? undefined
        : choose(name, addressRange(network), at => !this.#addresses.has(addressAt(network, at)))
    if (network === undefined || index === undefined) {
      this.lacking.push({ service: name, what, from: network ?? `a network of ${familyName(family)}` })
      return undefined
    }
    const address = addressAt(network, index)
    this.#addresses.add(address)
    this.allocations.push({ service: name, what, value: address })
    return address
  }

  #port(service: Service, what: Allocation['what'], key: string, suffix = ''): number | undefined {
    const { nodePorts } = this.#pools
    const name = namespacedName(service)
    const index = choose(`${name}:${key}`, portRange(nodePorts), at => !this.#ports.has(nodePorts.from + at))
    if (index === undefined) {
      this.lacking.push({ service: name, what, from: `${nodePorts.from}-${nodePorts.to}` })
      return undefined
    }
    const port = nodePorts.from + index
    this.#ports.add(port)
    this.allocations.push({ service: name, what, value: `${port}${suffix}` })
    return port
  }
}

function balancedAt({ loadBalancerIPs, wantedLoadBalancerIP }: Service): readonly string[] {
  return wantedLoadBalancerIP === undefined ? loadBalancerIPs : [...loadBalancerIPs, wantedLoadBalancerIP]
}

/** The families in which a service has a cluster IP, in its order (`defaultOnWriteService` in registry/core/service/storage). */
function wantedFamilies(service: Service, cluster: readonly Family[]): readonly Family[] {
  const { ipFamilies = [], ipFamilyPolicy = 'SingleStack', clusterIPs } = service
  const said = ipFamilies.length > 0 ? ipFamilies.map(name => (name === 'IPv4' ? 'ipv4' : 'ipv6')) : undefined
  const first = said ?? (clusterIPs.length > 0 ? clusterIPs.map(familyOf) : cluster.slice(0, 1))
  if (ipFamilyPolicy === 'SingleStack') return first
  return [...new Set<Family>([...first, ...cluster])]
}
