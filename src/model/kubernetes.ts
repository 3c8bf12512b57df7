/** Kubernetes objects as netlab works with them: the API's field names, its defaults filled in. */

export type Protocol = 'TCP' | 'UDP' | 'SCTP'
export type TrafficPolicy = 'Cluster' | 'Local'

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
  /** Pods are endpoints before they are ready; left out: false. */
  publishNotReadyAddresses?: boolean
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

/** A deployment, as far as its pods can be endpoints. */
export interface Deployment {
  namespace: string
  name: string
  replicas: number
  /** The labels of its pods. */
  labels: Readonly<Record<string, string>>
  /** The ports of all containers of each pod. */
  ports: PodStatus['ports']
}

/** What manifests hold, of the kinds that decide about services. */
export interface KubernetesObjects {
  services: Service[]
  slices: EndpointSlice[]
  pods: PodStatus[]
  deployments: Deployment[]
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
