import * as z from 'zod'
import { dnsLabel } from '../manifest/fields.ts'
import {
  address,
  cidr,
  interfaceName,
  name,
  oneOrMore,
  podAddress,
  refusesBoth,
  wantsAddress,
} from './fields.ts'
import { addressPair, lladdr, neighbours } from './link.ts'
import { container, program } from './program.ts'

const fields = z
  .strictObject({
    address: podAddress.optional().meta({
      description:
        "The address of the pod's eth0; by default the next free one of its bridge, whose prefix it has. With `/32` it is on no bridge: its link is a veth pair of its own, with a route at each end.",
      examples: ['10.0.0.11/24', '10.244.1.2/32'],
    }),
    addresses: addressPair(['10.0.0.11/24', 'fd00::b/64'], podAddress),
    bridge: z
      .string()
      .optional()
      .meta({
        description:
          'The bridge that it is plugged into; by default the one whose subnet holds the address, or the first one.',
        examples: ['br1'],
      }),
    macvlan: z
      .strictObject({
        parent: interfaceName.meta({
          description: "The node's interface, on whose segment the pod gets a card of its own.",
          examples: ['eth0'],
        }),
        mode: z
          .enum(['bridge', 'vepa', 'private', 'passthru'])
          .optional()
          .meta({
            description:
              'Who of those that share the interface reaches whom: `bridge` (the default), `vepa`, `private` or `passthru` (see ip-link(8)).',
            examples: ['bridge'],
          }),
      })
      .optional()
      .meta({
        description:
          'In place of a bridge: a macvlan of an interface of the node. The node itself does not reach such a pod.',
        examples: [{ parent: 'eth0', mode: 'bridge' }],
      }),
    gateway: oneOrMore(address)
      .optional()
      .meta({
        description:
          "Its default route, or one of each family; by default the bridge's addresses, or 169.254.1.1 of a pod with a `/32`, for which the node answers (proxy ARP).",
        examples: ['10.0.0.1', ['10.0.0.1', 'fd00::1']],
      }),
    veth: interfaceName.optional().meta({
      description:
        "The name of the node's end of its veth pair; by default `veth_` and the pod's name, shortened.",
      examples: ['veth011', 'cali0a1b2c3d4e5'],
    }),
    lladdr: lladdr.optional().meta({
      description: "Its eth0's hardware address; by default one that the kernel chooses.",
    }),
    neighbours: neighbours.optional(),
    namespace: z
      .string()
      .optional()
      .meta({ description: 'Its Kubernetes namespace; `default` by default.', examples: ['default'] }),
    labels: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'Its labels, for selectors to match.', examples: [{ app: 'http-server' }] }),
    hostname: dnsLabel.optional().meta({
      description: "What it is called below its `subdomain`, as in Kubernetes; the pod's name by default.",
      examples: ['web-0'],
    }),
    subdomain: dnsLabel.optional().meta({
      description:
        'The headless service (`clusterIP: None`) below whose name it has one of its own, as pods of a StatefulSet: `web-0.nginx.default.svc.cluster.local`.',
      examples: ['nginx'],
    }),
    nameservers: z
      .array(address)
      .optional()
      .meta({ description: 'The name servers of its resolv.conf.', examples: [['10.96.0.10']] }),
    ...program,
    containers: z
      .record(name, container)
      .optional()
      .meta({
        description:
          'Several programs in one pod; they share its network and reach each other over localhost. Instead of `serve`, `command` and `ports`.',
        examples: [{ app: { serve: 8080 }, metrics: { serve: 9100 } }],
      }),
    pause: z.boolean().optional().meta({
      description:
        'Whether the pod is made as a container runtime makes it: a process called pause holds its namespaces, each program is a container that joins them and comes back when it ends. `false` by default, but where one of the next two fields stands.',
    }),
    shareProcessNamespace: z.boolean().optional().meta({
      description:
        "Of a pod with `pause`: the containers see each other's processes, and pause is their process 1, as in Kubernetes; `false` by default.",
    }),
    restartPolicy: z
      .enum(['Always', 'OnFailure', 'Never'])
      .optional()
      .meta({
        description:
          'Of a pod with `pause`: which containers that have ended are started again, as in Kubernetes; `Always` by default.',
        examples: ['OnFailure'],
      }),
  })
  .superRefine(refusesBoth)

/** A pod: its fields, nothing but its address, or nothing at all. */
export const pod = z
  .union([podAddress, fields, z.null()])
  .meta({ description: 'A pod.', examples: [{ address: '10.0.0.11/24', serve: 8080 }] })

/** A machine beyond the host: its fields, or nothing but its address. */
export const outsideMachine = z
  .union([
    cidr,
    z
      .strictObject({
        address: cidr.optional().meta({ description: 'Its address.', examples: ['192.0.2.10/24'] }),
        addresses: addressPair(['192.0.2.10/24', '2001:db8::a/64']),
        host: oneOrMore(cidr)
          .optional()
          .meta({
            description:
              "The host's address on the wire to it, or one of each family; by default the first one of the subnet.",
            examples: ['192.0.2.1/24'],
          }),
        interface: interfaceName.optional().meta({
          description:
            "The host's interface on that wire; by default `out_` and the machine's name, shortened.",
          examples: ['uplink'],
        }),
        gateway: z
          .literal('none')
          .optional()
          .meta({ description: 'It has no default route; without this line the host is its way out.' }),
      })
      .superRefine(wantsAddress),
  ])
  .meta({ description: 'A machine beyond the host.', examples: ['192.0.2.10/24'] })

export type PodInput = z.infer<typeof fields>

/** A pod as it is written. */
export type PodEntry = z.infer<typeof pod>

/** What a pod says, in whichever way it is written. */
export function podFields(pod: PodEntry): PodInput {
  if (pod === null) return {}
  return typeof pod === 'string' ? { address: pod } : pod
}
