import * as z from 'zod'
import { trafficDistributions } from '../../model/kubernetes.ts'
import { port } from '../schema/fields.ts'
import { dnsLabel, ipAddress, labelMap, metadata, network, portName, protocol } from './fields.ts'

const policy = z.enum(['Cluster', 'Local'])

const servicePort = z
  .strictObject({
    name: dnsLabel.or(z.literal('')).nullish(),
    protocol: protocol.nullish(),
    port,
    targetPort: z.union([port, z.literal(0), z.literal(''), portName]).nullish(),
    nodePort: port.or(z.literal(0)).nullish(),
    appProtocol: z.string().nullish(),
  })
  .meta({ examples: [{ port: 8080 }] })

/** The `spec` of a v1 Service: every field that Kubernetes has, those checked that decide about rules. */
export const serviceSpec = z.strictObject({
  type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName']).nullish(),
  selector: labelMap.nullish(),
  clusterIP: ipAddress.or(z.enum(['None', ''])).nullish(),
  clusterIPs: z
    .array(ipAddress.or(z.enum(['None', ''])))
    .max(2)
    .nullish(),
  ports: z.array(servicePort).nullish(),
  externalIPs: z.array(ipAddress).nullish(),
  sessionAffinity: z.enum(['None', 'ClientIP']).nullish(),
  sessionAffinityConfig: z
    .strictObject({
      clientIP: z.strictObject({ timeoutSeconds: z.int().min(1).max(86_400).nullish() }).nullish(),
    })
    .nullish(),
  internalTrafficPolicy: policy.nullish(),
  externalTrafficPolicy: policy.nullish(),
  loadBalancerSourceRanges: z.array(network).nullish(),
  healthCheckNodePort: port.or(z.literal(0)).nullish(),
  publishNotReadyAddresses: z.boolean().nullish(),
  externalName: z.string().nullish(),
  ipFamilies: z
    .array(z.enum(['IPv4', 'IPv6']))
    .max(2)
    .nullish(),
  ipFamilyPolicy: z.enum(['SingleStack', 'PreferDualStack', 'RequireDualStack']).nullish(),
  loadBalancerIP: z.string().nullish(),
  loadBalancerClass: z.string().nullish(),
  allocateLoadBalancerNodePorts: z.boolean().nullish(),
  trafficDistribution: z.enum(trafficDistributions).nullish(),
})

const ingress = z.object({
  ip: ipAddress.nullish(),
  hostname: z.string().nullish(),
  ipMode: z.enum(['VIP', 'Proxy']).nullish(),
})

/** A v1 Service. */
export const serviceObject = z.object({
  metadata,
  spec: serviceSpec,
  status: z.object({ loadBalancer: z.object({ ingress: z.array(ingress).nullish() }).nullish() }).nullish(),
})

export type ServiceObject = z.infer<typeof serviceObject>
export type ServiceSpec = z.infer<typeof serviceSpec>
