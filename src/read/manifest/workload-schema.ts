import * as z from 'zod'
import { port } from '../schema/fields.ts'
import { ipAddress, labelMap, metadata, protocol } from './fields.ts'

const containerPort = z.looseObject({
  name: z.string().nullish(),
  containerPort: port,
  protocol: protocol.nullish(),
})

const podSpec = z.looseObject({
  nodeName: z.string().nullish(),
  containers: z.array(z.looseObject({ name: z.string().nullish(), ports: z.array(containerPort).nullish() })),
})

/** A v1 Pod. */
export const podObject = z.looseObject({
  metadata,
  spec: podSpec,
  status: z
    .looseObject({
      phase: z.string().nullish(),
      podIP: ipAddress.nullish(),
      podIPs: z.array(z.looseObject({ ip: ipAddress })).nullish(),
      conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).nullish(),
    })
    .nullish(),
})

/** An apps/v1 Deployment. */
export const deploymentObject = z.looseObject({
  metadata,
  spec: z.looseObject({
    replicas: z.int().min(0).nullish(),
    selector: z.looseObject({ matchLabels: labelMap.nullish() }),
    template: z.looseObject({
      metadata: z.looseObject({ labels: labelMap.nullish() }).nullish(),
      spec: podSpec,
    }),
  }),
})

export type PodObject = z.infer<typeof podObject>
export type PodSpec = z.infer<typeof podSpec>
export type DeploymentObject = z.infer<typeof deploymentObject>
