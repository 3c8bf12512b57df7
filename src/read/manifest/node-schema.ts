import * as z from 'zod'
import { metadata, network } from './fields.ts'

/** A v1 Node, as far as kube-proxy and the scheduler look at it. */
export const nodeObject = z.object({
  metadata,
  spec: z
    .object({
      podCIDR: network.or(z.literal('')).nullish(),
      podCIDRs: z.array(network).max(2).nullish(),
      unschedulable: z.boolean().nullish(),
      taints: z.array(z.object({ effect: z.string().nullish() })).nullish(),
    })
    .nullish(),
  status: z
    .object({
      addresses: z.array(z.object({ type: z.string(), address: z.string() })).nullish(),
    })
    .nullish(),
})

export type NodeObject = z.infer<typeof nodeObject>
