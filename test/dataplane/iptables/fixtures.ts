import { restoreLine } from '../../../src/command/iptables-save.ts'
import type { NodeView } from '../../../src/dataplane/dataplane.ts'
import { compileServices } from '../../../src/dataplane/iptables/compile.ts'
import type { RuleSet, TableName } from '../../../src/dataplane/iptables/rules.ts'
import type { EndpointSlice, PodStatus, Service } from '../../../src/model/kubernetes.ts'
import { defaultProxySettings } from '../../../src/read/proxy-settings.ts'

/** A service that listens on 10.96.0.1:80, where nothing else is said. */
export function service(fields: Partial<Service> = {}): Service {
  return {
    namespace: 'shop',
    name: 'cart',
    type: 'ClusterIP',
    labels: {},
    clusterIPs: ['10.96.0.1'],
    selector: { app: 'cart' },
    ports: [{ name: '', protocol: 'TCP', port: 80, targetPort: 8080 }],
    externalIPs: [],
    loadBalancerIPs: [],
    loadBalancerSourceRanges: [],
    sessionAffinity: 'None',
    sessionAffinityTimeout: 10_800,
    internalTrafficPolicy: 'Cluster',
    externalTrafficPolicy: 'Cluster',
    ...fields,
  }
}

/** Endpoints of that service on port 8080. */
export function slice(
  endpoints: (string | EndpointSlice['endpoints'][number])[],
  fields: Partial<EndpointSlice> = {},
): EndpointSlice {
  return {
    namespace: 'shop',
    service: 'cart',
    addressType: 'IPv4',
    ports: [{ name: '', protocol: 'TCP', port: 8080 }],
    endpoints: endpoints.map(each => (typeof each === 'string' ? { addresses: [each] } : each)),
    ...fields,
  }
}

/** A pod that the service selects. */
export function pod(name: string, address: string, fields: Partial<PodStatus> = {}): PodStatus {
  return {
    namespace: 'shop',
    name,
    labels: { app: 'cart' },
    addresses: [address],
    ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
    ready: true,
    terminating: false,
    ...fields,
  }
}

export interface Settings {
  clusterCIDR?: string
  masqueradeAll?: boolean
  localhostNodePorts?: boolean
  nodePortAddresses?: string[]
}

/** The rules on the node n1 with the address 192.0.2.1. */
export function compile(...known: Parameters<typeof view>): RuleSet {
  return compileServices(view(...known))
}

/** What that node knows. */
export function view(
  services: Service[],
  slices: EndpointSlice[],
  { clusterCIDR = '', nodePortAddresses = [], ...iptables }: Settings = {},
  fields: Partial<NodeView> = {},
): NodeView {
  return {
    services,
    slices,
    settings: {
      ...defaultProxySettings,
      clusterCIDR,
      nodePortAddresses,
      iptables: { ...defaultProxySettings.iptables, ...iptables },
    },
    node: { name: 'n1', addresses: ['192.0.2.1', '2001:db8::1'] },
    family: 'ipv4',
    ...fields,
  }
}

/** A chain's rules, with chain names of services shortened to their kind: `SVC`, `SEP 10.1.0.1:8080`. */
export function rulesOf(ruleSet: RuleSet, table: TableName, chain: string): string[] {
  const endpoints = new Map(
    ruleSet.nat.chains.flatMap(({ name, rules }) => {
      const address = rules.flatMap(rule => rule.argv).at(-1)
      return name.startsWith('KUBE-SEP-') ? [[name, `SEP ${address}`] as const] : []
    }),
  )
  const shorten = (text: string) =>
    text
      .replaceAll(/KUBE-SEP-\w{16}/g, name => endpoints.get(name) ?? name)
      .replaceAll(/KUBE-(SVC|SVL|EXT|FW)-\w{16}/g, '$1')
  const found = ruleSet[table].chains.filter(({ name }) => shorten(name) === chain)
  return found.flatMap(({ rules }) => rules.map(rule => shorten(restoreLine(rule.argv))))
}

/** The names of a table's chains that belong to services, shortened likewise and sorted. */
export function serviceChains(ruleSet: RuleSet): string[] {
  return ruleSet.nat.chains
    .filter(chain => chain.service !== undefined)
    .map(chain => chain.name.replace(/^KUBE-(\w+)-.*/, '$1'))
    .sort()
}
