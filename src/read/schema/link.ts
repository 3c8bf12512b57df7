import * as z from 'zod'
import { address, cidr, interfaceName, wantsAddress } from './fields.ts'

/** Bytes: the largest packet of a link. */
export const mtu = z.int().min(576).max(9000)

/** Instead of `address`: one of each family. */
export const addressPair = (examples: readonly string[], item = cidr) =>
  z
    .array(item)
    .min(1)
    .optional()
    .meta({
      description: 'Instead of `address`, where it has one of each family; by the first one others know it.',
      examples: [examples],
    })

/** A layer-2 segment of a node. */
export const bridge = z
  .strictObject({
    name: interfaceName.meta({ description: "The bridge's interface name.", examples: ['br1'] }),
    address: cidr.optional().meta({
      description: "The node's address on the bridge, which is its pods' gateway.",
      examples: ['10.0.0.1/24'],
    }),
    addresses: addressPair(['10.0.0.1/24', 'fd00::1/64']),
    hairpin: z.boolean().optional().meta({
      description:
        'Lets a port send a frame back out where it came in, so that a pod reaches itself through a service; `false` by default.',
    }),
    masquerade: z
      .enum(['always', 'outgoing', 'never'])
      .optional()
      .meta({
        description:
          "Which of its pods' packets leave with the host's address: `always`, `outgoing` (the default: those that leave the subnet) or `never`.",
        examples: ['outgoing'],
      }),
    mtu: mtu.optional().meta({
      description:
        "Bytes: the largest packet on its pods' cables; 1500 by default, or what the `overlay` leaves of that.",
      examples: [1450],
    }),
  })
  .superRefine(wantsAddress)
  .meta({ description: 'A bridge.', examples: [{ name: 'br1', address: '10.0.0.1/24' }] })

/** A hardware address. */
export const lladdr = z.string().meta({
  pattern: '^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$',
  description: "Its interface's hardware address; by default one that the kernel chooses.",
  examples: ['02:00:0a:04:07:16'],
})

const neighbour = z
  .strictObject({
    address: address.meta({ description: "The neighbour's address.", examples: ['10.4.7.22'] }),
    lladdr: lladdr.meta({ description: 'Its hardware address.' }),
    dev: interfaceName.optional().meta({
      description:
        'The interface behind which it is; by default the one on whose network the address is, or the only one.',
      examples: ['eth0'],
    }),
  })
  .meta({ description: 'A neighbour.', examples: [{ address: '10.4.7.22', lladdr: '02:00:0a:04:07:16' }] })

/** Neighbours that are known for good. */
export const neighbours = z.array(neighbour).meta({
  description: 'Neighbours that it knows for good (`nud permanent`), and never asks for by ARP.',
  examples: [[{ address: '10.4.7.22', lladdr: '02:00:0a:04:07:16', dev: 'eth0' }]],
})

/** A node's container runtime. */
export const cni = z
  .strictObject({
    conflist: z.string().meta({
      description:
        "A CNI network configuration list, a file in the lab's folder; its plugins wire the node's pods.",
      examples: ['10-pods.conflist'],
    }),
  })
  .meta({
    description: 'How the pods get their network, instead of a bridge: by CNI plugins.',
    examples: [{ conflist: '10-pods.conflist' }],
  })

/** A layer-2 segment that has no address of the host. */
export const network = z
  .strictObject({
    mtu: mtu.optional().meta({
      description: 'Bytes: larger packets get lost in it, and nobody is told; 1500 by default.',
      examples: [1400],
    }),
  })
  .meta({ description: 'A network: a switch.', examples: [{}] })

export type NeighbourInput = z.infer<typeof neighbour>
export type BridgeInput = z.infer<typeof bridge>
