import * as z from 'zod'
import { metadata, network } from './fields.ts'

/** A networking.k8s.io/v1 ServiceCIDR: where the cluster takes cluster IPs from. */
export const serviceCIDRObject = z.looseObject({
  metadata,
  spec: z.looseObject({ cidrs: z.array(network).min(1).max(2) }),
})
