import * as z from 'zod'
import { address, port } from './fields.ts'

const endpoints = z
  .array(z.string())
  .optional()
  .meta({
    description:
      'The pods that are its endpoints, instead of those that the selector matches; an empty list for none.',
    examples: [['netns_011', 'netns_021']],
  })

const labels = z.record(z.string(), z.string())

const servicePort = z
  .strictObject({
    name: z.string().optional().meta({ description: 'Its name; needed where there are several ports.' }),
    port: port.meta({ description: "The port of the service's addresses.", examples: [8080] }),
    targetPort: z
      .union([port, z.string()])
      .optional()
      .meta({
        description: "The pods' port, by number or by name; the same as `port` by default.",
        examples: [8080, 'http'],
      }),
    protocol: z.enum(['TCP', 'UDP', 'SCTP']).optional().meta({ description: '`TCP` by default.' }),
    nodePort: port.optional().meta({
      description: "The port of the node's addresses; by default one is allocated, where the type needs it.",
      examples: [30080],
    }),
  })
  .meta({ description: 'A port of the service.', examples: [{ port: 8080 }] })

/** A Service in place: the fields of its metadata and of its spec side by side. */
export const serviceInPlace = z
  .strictObject({
    name: z.string().meta({ description: "The service's name.", examples: ['http-server'] }),
    namespace: z.string().optional().meta({ description: 'Its namespace; `default` by default.' }),
    labels: labels.optional().meta({ description: 'Its own labels.' }),
    endpoints,
    type: z
      .enum(['ClusterIP', 'NodePort', 'LoadBalancer'])
      .optional()
      .meta({ description: '`ClusterIP` by default.' }),
    clusterIP: z
      .string()
      .optional()
      .meta({
        description: 'Its virtual address; `None` for a headless service. Left out: one is allocated.',
        examples: ['10.100.100.100'],
      }),
    clusterIPs: z
      .array(z.string())
      .min(1)
      .max(2)
      .optional()
      .meta({
        description: 'Its virtual addresses, one of each family at most; the first one is `clusterIP`.',
        examples: [['10.100.100.100', 'fd00:100::100']],
      }),
    ipFamilies: z
      .array(z.enum(['IPv4', 'IPv6']))
      .min(1)
      .max(2)
      .optional()
      .meta({
        description:
          'Its families, in the order of `clusterIPs`, from which they follow where this is left out.',
        examples: [['IPv4', 'IPv6']],
      }),
    ipFamilyPolicy: z
      .enum(['SingleStack', 'PreferDualStack', 'RequireDualStack'])
      .optional()
      .meta({
        description:
          '`SingleStack` by default; a service with a cluster IP of each family needs one of the others.',
        examples: ['PreferDualStack'],
      }),
    selector: labels.optional().meta({
      description: 'Pods with all of these labels are its endpoints.',
      examples: [{ app: 'http-server' }],
    }),
    ports: z
      .array(servicePort)
      .min(1)
      .meta({ description: 'Its ports.', examples: [[{ port: 8080 }]] }),
    trafficDistribution: z.enum(['PreferSameNode']).optional().meta({
      description:
        "Clients are sent to endpoints of their own node, as long as it has one that is ready. A lab's nodes are in no zones, so that there is nothing else to prefer.",
    }),
    publishNotReadyAddresses: z
      .boolean()
      .optional()
      .meta({ description: 'Endpoints count although they are not ready.' }),
    externalIPs: z.array(address).optional().meta({ description: 'Further addresses that it answers on.' }),
    loadBalancerIPs: z
      .array(address)
      .optional()
      .meta({ description: 'The addresses of its load balancer, which a manifest has in `status`.' }),
    loadBalancerSourceRanges: z
      .array(z.string())
      .optional()
      .meta({ description: 'Who may use the load balancer.', examples: [['192.0.2.0/24']] }),
    healthCheckNodePort: port.optional().meta({ description: 'The port of its health check.' }),
    sessionAffinity: z
      .enum(['None', 'ClientIP'])
      .optional()
      .meta({ description: '`ClientIP`: a client stays with its endpoint.' }),
    sessionAffinityConfig: z
      .strictObject({
        clientIP: z
          .strictObject({
            timeoutSeconds: z
              .int()
              .min(1)
              .max(86400)
              .meta({ description: 'Seconds that a client stays; 10800 by default.' }),
          })
          .optional(),
      })
      .optional()
      .meta({ description: 'How long a client stays.', examples: [{ clientIP: { timeoutSeconds: 60 } }] }),
    internalTrafficPolicy: z
      .enum(['Cluster', 'Local'])
      .optional()
      .meta({ description: '`Local`: pods reach the endpoints of their own node only.' }),
    externalTrafficPolicy: z.enum(['Cluster', 'Local']).optional().meta({
      description: "`Local`: from outside, the node's own endpoints only, and the client's address is kept.",
    }),
  })
  .meta({ description: 'A Service, its fields in place.' })

/** A Service in a Kubernetes manifest. */
const serviceManifest = z
  .strictObject({
    manifest: z.string().meta({
      description:
        "A file with Kubernetes Services, or a folder of such, relative to the lab file and not outside the lab's folder.",
      examples: ['http-server.service.yaml'],
    }),
    endpoints,
  })
  .meta({ description: 'Services from a manifest.', examples: [{ manifest: 'http-server.service.yaml' }] })

/** A service as the lab file has it. */
export const service = z
  .union([serviceManifest, serviceInPlace])
  .meta({ description: 'A service.', examples: [{ manifest: 'http-server.service.yaml' }] })

export type ServiceInPlace = z.infer<typeof serviceInPlace>
export type ServiceInput = z.infer<typeof service>
