import * as z from 'zod'
import { port } from '../schema/fields.ts'
import { dnsLabel, ipAddress, labelMap, metadata, protocol } from './fields.ts'

const containerPort = z.object({
  name: z.string().nullish(),
  containerPort: port,
  protocol: protocol.nullish(),
})

const probePort = z.union([port, z.string()])
const count = z.int().min(0).nullish()
const label = dnsLabel.or(z.literal('')).nullish()

const probe = z.object({
  httpGet: z.object({ path: z.string().nullish(), port: probePort, scheme: z.string().nullish() }).nullish(),
  tcpSocket: z.object({ port: probePort }).nullish(),
  periodSeconds: count,
  timeoutSeconds: count,
  failureThreshold: count,
  successThreshold: count,
})

const container = z.object({
  name: label,
  ports: z.array(containerPort).nullish(),
  readinessProbe: probe.nullish(),
})

const podSpec = z.object({
  nodeName: z.string().nullish(),
  hostNetwork: z.boolean().nullish(),
  hostname: label,
  subdomain: label,
  containers: z.array(container),
  initContainers: z.array(container.extend({ restartPolicy: z.string().nullish() })).nullish(),
})

/** A v1 Pod. */
export const podObject = z.object({
  metadata,
  spec: podSpec,
  status: z
    .object({
      phase: z.string().nullish(),
      podIP: ipAddress.or(z.literal('')).nullish(),
      podIPs: z.array(z.object({ ip: ipAddress })).nullish(),
      conditions: z.array(z.object({ type: z.string(), status: z.string() })).nullish(),
    })
    .nullish(),
})

const template = z.object({
  metadata: z.object({ labels: labelMap.nullish() }).nullish(),
  spec: podSpec,
})

/** What a workload of any kind may say; which of it must be there, its kind and version say. */
const workloadSpec = z.object({
  replicas: z.int().min(0).nullish(),
  template,
  serviceName: z.string().nullish(),
  ordinals: z.object({ start: z.int().min(0).nullish() }).nullish(),
  parallelism: z.int().min(0).nullish(),
  completions: z.int().min(0).nullish(),
  suspend: z.boolean().nullish(),
})

/** A workload whose selector is a map of labels: a ReplicationController. */
export const controllerObject = z.object({
  metadata,
  spec: workloadSpec.extend({ selector: labelMap.nullish() }),
})

/** Any other workload. */
export const workloadObject = z.object({
  metadata,
  spec: workloadSpec.extend({ selector: z.object({ matchLabels: labelMap.nullish() }).nullish() }),
})

export type PodObject = z.infer<typeof podObject>
export type PodSpec = z.infer<typeof podSpec>
export type ContainerObject = z.infer<typeof container>
export type WorkloadObject = z.infer<typeof workloadObject>
export type ControllerObject = z.infer<typeof controllerObject>
