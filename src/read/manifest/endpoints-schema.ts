import * as z from 'zod'
import { port } from '../schema/fields.ts'
import { ipAddress, metadata, protocol } from './fields.ts'

const endpointPort = z.object({
  name: z.string().nullish(),
  protocol: protocol.nullish(),
  port: port.nullish(),
})

const hinted = z.array(z.object({ name: z.string() }))

const endpoint = z.object({
  addresses: z.array(z.string()).min(1).max(100),
  conditions: z
    .object({
      ready: z.boolean().nullish(),
      serving: z.boolean().nullish(),
      terminating: z.boolean().nullish(),
    })
    .nullish(),
  nodeName: z.string().nullish(),
  hints: z.object({ forNodes: hinted.nullish(), forZones: hinted.nullish() }).nullish(),
  targetRef: z.object({ kind: z.string().nullish(), name: z.string().nullish() }).nullish(),
})

/** A discovery.k8s.io/v1 EndpointSlice. */
export const endpointSliceObject = z.object({
  metadata,
  addressType: z.enum(['IPv4', 'IPv6', 'FQDN']),
  ports: z.array(endpointPort).nullish(),
  endpoints: z.array(endpoint).nullish(),
})

const address = z.object({
  ip: ipAddress,
  nodeName: z.string().nullish(),
  targetRef: endpoint.shape.targetRef,
})

/** A v1 Endpoints, what EndpointSlices came from. */
export const endpointsObject = z.object({
  metadata,
  subsets: z
    .array(
      z.object({
        addresses: z.array(address).nullish(),
        notReadyAddresses: z.array(address).nullish(),
        ports: z.array(endpointPort.extend({ port })).nullish(),
      }),
    )
    .nullish(),
})

export type EndpointSliceObject = z.infer<typeof endpointSliceObject>
export type EndpointsObject = z.infer<typeof endpointsObject>
