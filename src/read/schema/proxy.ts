import * as z from 'zod'
import { labModes } from '../../model/lab.ts'

const masqueradeAll = z
  .boolean()
  .optional()
  .meta({ description: 'Masquerade all traffic to cluster IPs; `false` by default.' })
const masqueradeBit = z
  .int()
  .min(0)
  .max(31)
  .optional()
  .meta({ description: 'The bit of the packet mark that asks for masquerading; 14 by default.' })

/** kube-proxy's settings, named as in KubeProxyConfiguration. */
export const proxy = z
  .strictObject({
    mode: z.enum(labModes).optional().meta({ description: "kube-proxy's mode; `iptables` by default." }),
    clusterCIDR: z
      .string()
      .optional()
      .meta({
        description:
          "The pods' addresses, or a range of each family: `10.0.0.0/16,fd00::/48`. What comes from elsewhere to a cluster IP is masqueraded.",
        examples: ['10.0.0.0/16'],
      }),
    detectLocalMode: z
      .enum(['ClusterCIDR', 'BridgeInterface', 'InterfaceNamePrefix'])
      .optional()
      .meta({ description: "How traffic from this node's own pods is told; `ClusterCIDR` by default." }),
    detectLocal: z
      .strictObject({
        bridgeInterface: z
          .string()
          .optional()
          .meta({ description: 'The bridge that pods are plugged into.', examples: ['br1'] }),
        interfaceNamePrefix: z
          .string()
          .optional()
          .meta({ description: "What the names of the pods' interfaces start with.", examples: ['veth_'] }),
      })
      .optional()
      .meta({ description: 'What `detectLocalMode` looks for.' }),
    iptables: z
      .strictObject({
        masqueradeAll,
        masqueradeBit,
        localhostNodePorts: z.boolean().optional().meta({
          description:
            'Let node ports answer on loopback addresses; `true` by default. Of the iptables mode alone.',
        }),
        randomFully: z
          .boolean()
          .optional()
          .meta({ description: 'Masquerade with `--random-fully`; `true` by default.' }),
      })
      .optional()
      .meta({
        description:
          'Settings of the iptables mode; those of masquerading are of the IPVS and the ebpf mode, too.',
      }),
    nftables: z
      .strictObject({ masqueradeAll, masqueradeBit })
      .optional()
      .meta({ description: 'Settings of the nftables mode.' }),
    ipvs: z
      .strictObject({
        scheduler: z.enum(['rr', 'lc', 'sh', 'mh']).optional().meta({
          description:
            'How a virtual server chooses: in turn (`rr`, the default), the one with the fewest connections (`lc`), by the source address (`sh`), by source address and port (`mh`).',
        }),
        strictARP: z
          .boolean()
          .optional()
          .meta({ description: "Answer ARP for no service's address; `false` by default." }),
      })
      .optional()
      .meta({
        description:
          'Settings of the IPVS mode. What `iptables` says of masquerading holds in this mode, too.',
      }),
    nodePortAddresses: z
      .array(z.string())
      .optional()
      .meta({
        description:
          "Node ports answer on the host's addresses in these ranges only; on all by default, in nftables mode on the node's IP alone.",
        examples: [['192.0.2.0/24']],
      }),
  })
  .meta({ description: "kube-proxy's settings, named as in KubeProxyConfiguration." })

export type ProxyInput = z.infer<typeof proxy>
