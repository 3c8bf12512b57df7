import * as z from 'zod'
import { address, commandLine, name, oneOrMore, port } from './fields.ts'

/** Ports on which netlab's own server answers. */
export const serve = oneOrMore(z.union([port, z.string().meta({ pattern: '^[0-9]+/(TCP|UDP)$' })])).meta({
  description:
    "The port, or ports, on which netlab's own HTTP server answers with the pod's name; `53/UDP` where it is to answer datagrams.",
  examples: [8080, [53, '53/UDP']],
})

const numberedPort = z.union([port, z.string().meta({ pattern: '^[0-9]+/(TCP|UDP|SCTP)$' })])

/** Ports by name. */
export const ports = z.record(name, numberedPort).meta({
  description: 'Named ports: what its programs listen on. `53/UDP` where it is not TCP.',
  examples: [{ http: 8080 }, { dns: '53/UDP' }],
})

const containerPort = z
  .strictObject({
    containerPort: port.meta({ description: 'The port that the pod listens on.', examples: [8080] }),
    hostPort: port.optional().meta({
      description:
        "The port of its node that leads there, where a plugin of the node's conflist has the capability `portMappings`.",
      examples: [80],
    }),
    hostIP: address
      .optional()
      .meta({ description: 'The address of its node at which it does; all of them by default.' }),
    protocol: z.enum(['TCP', 'UDP', 'SCTP']).optional().meta({ description: '`TCP` by default.' }),
  })
  .meta({
    description: 'A port, in the words of a Kubernetes container.',
    examples: [{ containerPort: 8080, hostPort: 80 }],
  })

const podPorts = z.record(name, z.union([port, numberedPort.options[1], containerPort])).meta({
  description:
    "Named ports: what the pod's programs listen on. A service's `targetPort` may use the name. `53/UDP` where it is not TCP; a map where the node is to have it, too.",
  examples: [{ http: 8080 }, { dns: '53/UDP' }, { http: { containerPort: 8080, hostPort: 80 } }],
})

const probePort = z
  .union([port, z.string()])
  .meta({ description: "The container's port, by number or by name.", examples: [8080, 'http'] })

const seconds = z.int().min(1)

const readiness = z
  .strictObject({
    httpGet: z
      .strictObject({
        path: z
          .string()
          .regex(/^\/[!-~]*$/, 'a path begins with "/" and has no blanks')
          .optional()
          .meta({ description: '`/` by default.', examples: ['/healthz'] }),
        port: probePort,
      })
      .optional()
      .meta({
        description: 'An HTTP request; an answer from 200 to 399 means ready.',
        examples: [{ path: '/healthz', port: 8080 }],
      }),
    tcpSocket: z
      .strictObject({ port: probePort })
      .optional()
      .meta({ description: 'A TCP connection that comes about means ready.', examples: [{ port: 8080 }] }),
    periodSeconds: seconds
      .optional()
      .meta({ description: 'Seconds from one probe to the next, while somebody watches; 10 by default.' }),
    timeoutSeconds: seconds
      .optional()
      .meta({ description: 'Seconds that an answer may take; 1 by default.' }),
    failureThreshold: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'Failures in a row that make it not ready; 3 by default.' }),
    successThreshold: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'Successes in a row that make it ready; 1 by default.' }),
  })
  .meta({
    description:
      "How kubelet would find out whether it is ready, as in Kubernetes' `readinessProbe`; by default it is ready while it runs.",
    examples: [{ httpGet: { path: '/', port: 8080 } }],
  })

/** What runs. */
export const program = {
  serve: serve.optional(),
  command: commandLine.optional().meta({
    description: "A program to run instead of netlab's own server.",
    examples: ['nginx -g "daemon off;"'],
  }),
  ports: podPorts.optional(),
  readiness: readiness.optional(),
}

/** A program of a pod. */
export const container = z
  .strictObject(program)
  .meta({ description: 'A program of the pod.', examples: [{ serve: 8080 }] })

export type ReadinessInput = z.infer<typeof readiness>
export type ContainerInput = z.infer<typeof container>
