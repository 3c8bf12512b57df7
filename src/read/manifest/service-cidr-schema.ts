import * as z from 'zod'
import { metadata, network } from './fields.ts'

/** A networking.k8s.io/v1 ServiceCIDR: where the cluster takes cluster IPs from. */
export const serviceCIDRObject = z.object({
  metadata,
  spec: z.object({ cidrs: z.array(network).min(1).max(2) }),
})
