import * as z from 'zod'
import { headline, name, type Said } from './fields.ts'
import { limits } from './limits.ts'
import { bridge, cni, network } from './link.ts'
import { machine, node } from './machine.ts'
import { overlay } from './overlay.ts'
import { outsideMachine, pod } from './pod.ts'
import { proxy } from './proxy.ts'
import { reach } from './reach.ts'
import { service } from './service.ts'
import { step } from './step.ts'

/** What a lab may be called: it names a folder, too. */
export const labNamePattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** A lab file. */
export const labFile = z
  .strictObject({
    name: z
      .string()
      .meta({ description: "The lab's name.", pattern: labNamePattern.source, examples: ['clusterip'] }),
    title: headline.optional().meta({
      description: 'What the lab shows, in one line; its name by default.',
      examples: ['From one DNAT rule to a load-balanced ClusterIP'],
    }),
    description: z.string().optional().meta({ description: 'More about it, for people.' }),
    article: z
      .string()
      .optional()
      .meta({
        description: 'The article that it follows.',
        examples: ['30+ 图解 Kubernetes 网络流量流转路径'],
      }),
    sysctls: z
      .record(z.string(), z.union([z.number(), z.string()]))
      .optional()
      .meta({
        description:
          'Kernel settings of the host, `net.…` only; by default, where there are services, forwarding and iptables for bridges.',
        examples: [{ 'net.ipv4.ip_forward': 1, 'net.bridge.bridge-nf-call-iptables': 1 }],
      }),
    cni: cni.optional(),
    bridge: bridge.optional(),
    bridges: z
      .array(bridge)
      .min(1)
      .optional()
      .meta({
        description: 'Instead of `bridge`, where there are several.',
        examples: [[{ name: 'br1', address: '10.0.0.1/24' }]],
      }),
    pods: z
      .record(name, pod)
      .optional()
      .meta({
        description:
          'The pods: network namespaces, each with an eth0 that is plugged into a bridge, or routed to where its address is a `/32`. A lab has pods, nodes, machines, or some of each.',
        examples: [{ netns_011: { address: '10.0.0.11/24', serve: 8080 } }],
      }),
    outside: z
      .record(name, outsideMachine)
      .optional()
      .meta({
        description:
          "Machines beyond the host, each on a wire of its own. The first one is the host's way out; by default a lab with services has one.",
        examples: [{ client: '192.0.2.10/24' }],
      }),
    networks: z
      .record(name, network)
      .optional()
      .meta({
        description: 'The networks that nodes and machines are plugged into, each a switch of its own.',
        examples: [{ lan: {}, internet: {} }],
      }),
    nodes: z
      .record(name, node)
      .optional()
      .meta({
        description:
          'The machines of a cluster of several: each has bridges and pods of its own, and the host is only the wires between them.',
        examples: [
          {
            'hdss7-21': {
              interfaces: { eth0: { network: 'lan', address: '10.4.7.21/24' } },
              bridge: { name: 'docker0', address: '172.7.21.1/24' },
              pods: { nginx: { address: '172.7.21.2/24', serve: 80 } },
            },
          },
        ],
      }),
    machines: z
      .record(name, machine)
      .optional()
      .meta({
        description: 'Machines that are no nodes of a cluster: routers, office PCs, servers on the internet.',
        examples: [{ pc9: { interfaces: { eth0: { network: 'lan', address: '10.1.1.9/24' } } } }],
      }),
    overlay: overlay.optional(),
    files: z
      .record(z.string().meta({ pattern: '^/(etc|run|tmp)/' }), z.string())
      .optional()
      .meta({
        description:
          'Files to write before the servers start: path → content. Below /etc, /run and /tmp only.',
        examples: [{ '/etc/dnsmasq.conf': 'port=53' }],
      }),
    services: z
      .array(service)
      .optional()
      .meta({
        description: 'Kubernetes Services, from manifests or in place.',
        examples: [[{ manifest: 'http-server.service.yaml' }]],
      }),
    proxy: proxy.optional(),
    reach: z
      .array(reach)
      .optional()
      .meta({
        description:
          'Who reaches whom, which `netlab verify` tries. Of several that say `expect` of a pair the last one counts, and so of `ping`; all other pairs reach each other.',
        examples: [[{ expect: { client: 'own' } }, { from: 'visitor', to: 'db', expect: 'fails' }]],
      }),
    limits: limits.optional(),
    steps: z
      .array(step)
      .optional()
      .meta({ description: 'The lesson, step by step.', examples: [[{ title: 'A virtual IP' }]] }),
  })
  .meta({
    title: 'A netlab lab',
    description: 'A lab: its machines, its services, and the steps of its lesson.',
    examples: [{ name: 'first', title: 'My first lab', pods: { a: { serve: 8080 } } }],
  })

/** A lab as it is written. */
export type WrittenLab = z.infer<typeof labFile>
export type LabInput = Said<WrittenLab>
