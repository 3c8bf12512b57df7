import * as z from 'zod'

/** What flannel is told: the network configuration that it keeps in etcd, in this file's words. */
export const overlay = z
  .strictObject({
    network: z.string().meta({ description: "All nodes' pods.", examples: ['172.7.0.0/16'] }),
    backend: z
      .enum(['host-gw', 'vxlan'])
      .meta({ description: 'How packets get to another node: by a route, or through a tunnel.' }),
    directRouting: z
      .boolean()
      .optional()
      .meta({ description: 'With `vxlan`: no tunnel between nodes on one segment; `false` by default.' }),
  })
  .meta({
    description: 'What flannel would make of the nodes.',
    examples: [{ network: '172.7.0.0/16', backend: 'host-gw' }],
  })
