/** Kubernetes objects as netlab works with them: the API's field names, its defaults filled in. */

export type Protocol = 'TCP' | 'UDP' | 'SCTP'
export type TrafficPolicy = 'Cluster' | 'Local'

export const trafficDistributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode'] as const
export type TrafficDistribution = (typeof trafficDistributions)[number]

export type IPFamily = 'IPv4' | 'IPv6'
export type IPFamilyPolicy = 'SingleStack' | 'PreferDualStack' | 'RequireDualStack'

export interface ServicePort {
  /** Empty where the only port has no name. */
  name: string
  protocol: Protocol
  port: number
  /** A number, or the name of a container's port. */
  targetPort: number | string
  nodePort?: number
}

/** Fields of a Service that change no rule, and why. */
export const idleFields = {
  'spec.ports[].appProtocol':
    'it is for those who look into connections, as ingress controllers and meshes do',
  'spec.loadBalancerClass':
    'it is about whose load balancer it is, and netlab gives the address in its place',
  'spec.loadBalancerIP': 'what is no IP address means something to some load balancers only',
  'spec.externalName': 'it counts with "type: ExternalName", in DNS',
  'status.loadBalancer.ingress[].hostname': 'kube-proxy makes rules of addresses, and not of names',
} as const
export type IdleField = keyof typeof idleFields

export interface Service {
  namespace: string
  name: string
  type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'
  labels: Readonly<Record<string, string>>
  /** Empty: none allocated; `None`: headless. One per IP family at most. */
  clusterIPs: readonly string[]
  /** As it is asked for, in this order; left out: those of the cluster IPs. */
  ipFamilies?: readonly IPFamily[]
  /** Left out: SingleStack. */
  ipFamilyPolicy?: IPFamilyPolicy
  /** Undefined: endpoints do not come from pods' labels. */
  selector?: Readonly<Record<string, string>>
  ports: readonly ServicePort[]
  externalIPs: readonly string[]
  /** Ingress addresses of `status.loadBalancer` that kube-proxy serves (`ipMode: Proxy` is left out). */
  loadBalancerIPs: readonly string[]
  loadBalancerSourceRanges: readonly string[]
  healthCheckNodePort?: number
  sessionAffinity: 'None' | 'ClientIP'
  /** Seconds. */
  sessionAffinityTimeout: number
  internalTrafficPolicy: TrafficPolicy
  externalTrafficPolicy: TrafficPolicy
  /** Which endpoints clients are to prefer; left out: none. PreferClose is the older name of PreferSameZone. */
  trafficDistribution?: TrafficDistribution
  /** Its annotation asks for hints that are shared out by the CPUs of zones, which go before `trafficDistribution`. */
  hasTopologyMode?: boolean
  /** Pods are endpoints before they are ready; left out: false. */
  publishNotReadyAddresses?: boolean
  /** A load balancer needs no node ports; left out: it has them. */
  noLoadBalancerNodePorts?: boolean
  /** The address that its load balancer is asked to have (`spec.loadBalancerIP`). */
  wantedLoadBalancerIP?: string
  /** Fields of its manifest that say something, and nothing about rules; left out: there are none. */
  idleFields?: readonly IdleField[]
  /** It comes from a cluster, which has allocated all that it needs. */
  isAllocated?: boolean
}

/** A pod as the endpoint controller sees it. */
export interface PodStatus {
  namespace: string
  name: string
  labels: Readonly<Record<string, string>>
  /** One per IP family at most; none yet: no endpoint. */
  addresses: readonly string[]
  nodeName?: string
  /** The ports of all its containers. */
  ports: readonly { name: string; protocol: Protocol; port: number }[]
  ready: boolean
  /** Being deleted. */
  terminating: boolean
  /** Its containers have ended for good: it is no endpoint, and needs no address. */
  ended?: boolean
}

/** A container's port. */
export interface ManifestPort {
  /** Empty where it has none. */
  name: string
  port: number
  protocol: Protocol
}

/** A readiness probe that can be made here, as it is written: HTTP or a TCP connection, its port by number or by name. */
export interface ManifestProbe {
  kind: 'httpGet' | 'tcpSocket'
  /** Of httpGet. */
  path: string
  port: number | string
  /** As in Kubernetes; left out where nothing is said. */
  periodSeconds?: number
  timeoutSeconds?: number
  failureThreshold?: number
  successThreshold?: number
}

export interface ManifestContainer {
  name: string
  ports: readonly ManifestPort[]
  /** Left out: ready as long as it runs, or its probe is a command. */
  readiness?: ManifestProbe
}

/** What a Pod, or the template of a workload, says of its pods. */
export interface PodTemplate {
  labels: Readonly<Record<string, string>>
  /** Those that go on running: sidecars among the init containers, too. */
  containers: readonly ManifestContainer[]
  /** It has no network of its own, but its node's. */
  hostNetwork: boolean
  /** By which the pod's name in DNS is made of a headless service's. */
  hostname?: string
  subdomain?: string
  nodeName?: string
}

/** The controller that an object belongs to (`metadata.ownerReferences`). */
export interface Owner {
  kind: string
  name: string
}

/** A Pod of a manifest. */
export interface ManifestPod extends PodStatus, PodTemplate {
  nodeName?: string
  owner?: Owner
  /** A kubelet has told of it: what it has no address for has none. */
  isKnown: boolean
}

export const workloadKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
] as const
export type WorkloadKind = (typeof workloadKinds)[number]

/** What makes pods of a template. */
export interface Workload {
  kind: WorkloadKind
  namespace: string
  name: string
  owner?: Owner
  /** How many pods it makes; of a DaemonSet without meaning, since it makes one for each node. */
  replicas: number
  /** The number of a StatefulSet's first pod. */
  firstOrdinal: number
  template: PodTemplate
}

/** A machine of a cluster. */
export interface KubernetesNode {
  name: string
  /** Left out: in none. */
  zone?: string
  /** Where its pods have their addresses, a network of each family at most; empty: nobody has given it any. */
  podCIDRs: readonly string[]
  /** By which kube-proxy knows it, the one that it takes first in front. */
  addresses: readonly string[]
  /** The scheduler sends it pods that tolerate nothing. */
  takesPods: boolean
}

/** What manifests hold, of the kinds that decide about services. */
export interface KubernetesObjects {
  services: Service[]
  slices: EndpointSlice[]
  pods: ManifestPod[]
  workloads: Workload[]
  nodes: KubernetesNode[]
  /** The networks of the ServiceCIDR objects, in which clusters choose cluster IPs. */
  serviceCIDRs: string[]
}

export interface Endpoint {
  addresses: readonly string[]
  nodeName?: string
  /** Undefined counts as ready, as in Kubernetes. */
  ready?: boolean
  serving?: boolean
  terminating?: boolean
  /** The nodes, and the zones, that are to prefer it (`hints`); left out: no hint. */
  forNodes?: readonly string[]
  forZones?: readonly string[]
  /** The name of the pod that it is, where that is said. */
  pod?: string
}

export interface EndpointSlice {
  namespace: string
  /** The service that it belongs to. */
  service: string
  addressType: IPFamily
  ports: readonly { name: string; protocol: Protocol; port: number }[]
  endpoints: readonly Endpoint[]
}

/** `namespace/name`, as Kubernetes writes a namespaced name. */
export function namespacedName(object: { namespace: string; name: string }): string {
  return `${object.namespace}/${object.name}`
}

/** The `namespace/name` of the service that a slice belongs to. */
export function serviceOf({ namespace, service }: EndpointSlice): string {
  return `${namespace}/${service}`
}

/** Labels of objects that kube-proxy does not watch, and so leaves to others (`NewProxyServer` in cmd/kube-proxy/app/server.go). */
const notWatched = ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless']

/** The label by which kube-proxy knows nothing of an object; undefined where it does. */
export function unwatchedBy(labels: Readonly<Record<string, string>>): string | undefined {
  return notWatched.find(label => label in labels)
}
