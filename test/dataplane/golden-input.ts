import type { NodeView } from '../../src/dataplane/dataplane.ts'
import type { EndpointSlice, Protocol, Service } from '../../src/model/kubernetes.ts'

/** The shape of a golden case's JSON file, as far as the tests read it. */
export interface GoldenCase {
  settings: {
    ipFamily: 'IPv4' | 'IPv6'
    nodeName: string
    nodeIP: string
    nodeAddresses: string[]
    localDetector: { mode: string; cidr?: string }
    masqueradeAll: boolean
    localhostNodePorts: boolean
    nodePortAddresses: string[]
    serviceCIDRs?: string[]
    randomFully: boolean
    nfacct: boolean
    conntrackTCPBeLiberal: boolean
  }
  services: GoldenService[]
  endpointSlices?: EndpointSlice[]
}

interface GoldenService {
  namespace: string
  name: string
  type: Service['type']
  clusterIP: string
  ports: { name: string; protocol: Protocol; port: number; targetPort?: number; nodePort?: number }[]
  externalIPs?: string[]
  loadBalancerIngress?: string[]
  loadBalancerSourceRanges?: string[]
  healthCheckNodePort?: number
  sessionAffinity?: 'None' | 'ClientIP'
  sessionAffinityTimeoutSeconds?: number
  internalTrafficPolicy?: 'Cluster' | 'Local'
  externalTrafficPolicy?: 'Cluster' | 'Local'
}

/** A golden case as the compiler takes it. */
export function goldenInput({ settings, services, endpointSlices = [] }: GoldenCase): NodeView {
  return {
    services: services.map(service => ({
      namespace: service.namespace,
      name: service.name,
      type: service.type,
      labels: {},
      clusterIPs: [service.clusterIP],
      ports: service.ports.map(port => ({ ...port, targetPort: port.targetPort ?? port.port })),
      externalIPs: service.externalIPs ?? [],
      loadBalancerIPs: service.loadBalancerIngress ?? [],
      loadBalancerSourceRanges: service.loadBalancerSourceRanges ?? [],
      ...(service.healthCheckNodePort === undefined
        ? {}
        : { healthCheckNodePort: service.healthCheckNodePort }),
      sessionAffinity: service.sessionAffinity ?? 'None',
      sessionAffinityTimeout: service.sessionAffinityTimeoutSeconds ?? 10_800,
      internalTrafficPolicy: service.internalTrafficPolicy ?? 'Cluster',
      externalTrafficPolicy: service.externalTrafficPolicy ?? 'Cluster',
    })),
    slices: endpointSlices,
    settings: {
      mode: 'iptables',
      clusterCIDR: settings.localDetector.cidr ?? '',
      detectLocalMode: 'ClusterCIDR',
      detectLocal: { bridgeInterface: '', interfaceNamePrefix: '' },
      iptables: {
        masqueradeAll: settings.masqueradeAll,
        masqueradeBit: 14,
        localhostNodePorts: settings.localhostNodePorts,
        randomFully: settings.randomFully,
      },
      ipvs: { scheduler: 'rr', strictARP: false },
      nftables: { masqueradeAll: settings.masqueradeAll, masqueradeBit: 14 },
      nodePortAddresses: settings.nodePortAddresses,
    },
    node: {
      name: settings.nodeName,
      addresses: settings.nodeAddresses.map(address => address.replace(/\/.*/, '')),
      primary: settings.nodeIP,
    },
    ...(settings.serviceCIDRs === undefined ? {} : { serviceCIDRs: settings.serviceCIDRs }),
    family: settings.ipFamily === 'IPv6' ? 'ipv6' : 'ipv4',
    kernel: { nfacct: settings.nfacct, tcpBeLiberal: settings.conntrackTCPBeLiberal },
  }
}

/** Restore text by table and chain; where the order between services means nothing, as a sorted list with the last rule last. */
export function normalisedRestore(text: string): Record<string, string[]> {
  const chains: Record<string, string[]> = {}
  let table = ''
  for (const line of text.split('\n')) {
    const [command = '', chain = ''] = line.split(' ')
    if (line.startsWith('*')) table = line.slice(1)
    else if (line.startsWith(':')) chains[`${table} ${command.slice(1)}`] = []
    else if (command === '-A') chains[`${table} ${chain}`]?.push(line)
    else if (command === '-X') chains[`${table} ${chain}`]?.push('deleted')
  }
  for (const [name, rules] of Object.entries(chains)) {
    const shared =
      /^(nat KUBE-SERVICES|nat KUBE-NODEPORTS|filter KUBE-(SERVICES|NODEPORTS|EXTERNAL-SERVICES|PROXY-FIREWALL))$/
    const isLast = (rule: string) => rule.includes('must be the last rule')
    const services = rules.filter(rule => !isLast(rule))
    const last = rules.slice(rules.findIndex(isLast))
    if (shared.test(name))
      chains[name] = [...services.sort(), ...(services.length < rules.length ? last : [])]
  }
  return chains
}
