import * as z from 'zod'
import { address, cidr, interfaceName, name, port } from './fields.ts'
import { bridge, cni, lladdr, mtu, neighbours } from './link.ts'
import { pod } from './pod.ts'
import { ports, program, serve } from './program.ts'

const machineInterface = z
  .strictObject({
    network: z.string().meta({ description: 'The network that it is plugged into.', examples: ['lan'] }),
    address: cidr.optional().meta({ description: 'Its address.', examples: ['10.1.1.254/24'] }),
    addresses: z
      .array(cidr)
      .min(1)
      .optional()
      .meta({
        description: 'Instead of `address`, where there are several.',
        examples: [['3.3.3.254/24', '4.4.4.254/24']],
      }),
    lladdr: lladdr.optional().meta({
      description: 'Its hardware address; by default one that the kernel chooses.',
    }),
    mtu: mtu.optional().meta({
      description: 'Bytes: the largest packet that it sends; 1500 by default.',
      examples: [1400],
    }),
  })
  .meta({
    description: 'An interface of the machine.',
    examples: [{ network: 'lan', address: '10.1.1.254/24' }],
  })

const vxlan = z
  .strictObject({
    id: z
      .int()
      .min(1)
      .max(16_777_215)
      .meta({ description: 'The VNI, by which a frame is told from those of other VXLANs.', examples: [42] }),
    dev: interfaceName.meta({
      description: 'The interface whose packets carry its frames.',
      examples: ['eth0'],
    }),
    remote: z.union([address, z.array(address).min(1)]).meta({
      description: 'The other end, or the other ends: addresses of other machines.',
      examples: ['10.4.7.22'],
    }),
    dstport: port.optional().meta({
      description: 'The UDP port of all ends; 4789 by default.',
      examples: [8472],
    }),
    address: cidr.optional().meta({ description: 'Its address.', examples: ['10.200.0.1/24'] }),
    addresses: z
      .array(cidr)
      .min(1)
      .optional()
      .meta({
        description: 'Instead of `address`, where there are several.',
        examples: [['10.200.0.1/24', 'fd00:200::1/64']],
      }),
    mtu: mtu.optional().meta({
      description:
        'Bytes: the largest packet that it sends; by default 50 less than `dev` carries, or 70 over IPv6.',
      examples: [1400],
    }),
  })
  .meta({
    description: 'A VXLAN: a network whose frames go in packets from machine to machine.',
    examples: [{ id: 42, dev: 'eth0', remote: '10.4.7.22', address: '10.200.0.1/24' }],
  })

const route = z
  .strictObject({
    to: z.string().meta({ description: 'The addresses that it leads to.', examples: ['10.0.0.0/8'] }),
    via: address.meta({
      description: 'The next hop, on a network of the machine.',
      examples: ['60.1.1.254'],
    }),
  })
  .meta({ description: 'A route.', examples: [{ to: '10.0.0.0/8', via: '60.1.1.254' }] })

const machineProgram = {
  serve: serve.optional().meta({
    description: "The port, or ports, on which netlab's own HTTP server answers with the machine's name.",
    examples: [80],
  }),
  command: program.command,
  ports: ports
    .optional()
    .meta({ description: "What the machine's programs listen on, by name.", examples: [{ http: 80 }] }),
}

/** What nodes and other machines say of themselves. */
const machineFields = {
  interfaces: z.record(interfaceName, machineInterface).meta({
    description: 'Its interfaces, by name.',
    examples: [{ eth0: { network: 'lan', address: '10.1.1.9/24' } }],
  }),
  vxlan: z
    .record(interfaceName, vxlan)
    .optional()
    .meta({
      description: 'Its VXLANs, by the name of its interface on each.',
      examples: [{ vx0: { id: 42, dev: 'eth0', remote: '10.4.7.22', address: '10.200.0.1/24' } }],
    }),
  gateway: z
    .union([z.literal('none'), address, z.array(address).min(1)])
    .optional()
    .meta({
      description:
        'Its default route, or one of each family; `none` (the default, but of a node where there are services): it has none.',
      examples: ['10.1.1.254'],
    }),
  routes: z
    .array(route)
    .optional()
    .meta({
      description: 'Its other routes.',
      examples: [[{ to: '10.0.0.0/8', via: '60.1.1.254' }]],
    }),
  neighbours: neighbours.optional(),
  sysctls: z
    .record(z.string(), z.union([z.number(), z.string()]))
    .optional()
    .meta({
      description: 'Kernel settings of the machine, `net.…` only.',
      examples: [{ 'net.ipv4.ip_forward': 1 }],
    }),
  ...machineProgram,
  containers: z
    .record(
      name,
      z
        .strictObject(machineProgram)
        .meta({ description: 'A program of the machine.', examples: [{ serve: 80 }] }),
    )
    .optional()
    .meta({
      description: 'Several programs. Instead of `serve`, `command` and `ports`.',
      examples: [{ web: { serve: 80 }, admin: { serve: 8080 } }],
    }),
}

/** A machine that is no node: a router, an office PC, a server on the internet. */
export const machine = z.strictObject(machineFields).meta({
  description: 'A machine.',
  examples: [{ interfaces: { eth0: { network: 'lan', address: '10.1.1.9/24' } } }],
})

/** A machine of the cluster, with bridges and pods. */
export const node = z
  .strictObject({
    ...machineFields,
    subnet: z
      .string()
      .optional()
      .meta({
        description:
          "Its part of the `overlay`'s network; by default its bridge's subnet, or where it has no bridge the next free one.",
        examples: ['172.7.21.0/24'],
      }),
    cni: cni.optional(),
    bridge: bridge.optional(),
    bridges: z
      .array(bridge)
      .min(1)
      .optional()
      .meta({
        description: 'Instead of `bridge`, where there are several.',
        examples: [[{ name: 'docker0', address: '172.7.21.1/24' }]],
      }),
    pods: z
      .record(name, pod)
      .optional()
      .meta({
        description:
          'The pods on the node; each is plugged into one of its bridges, but for those with a `/32`.',
        examples: [{ nginx: { address: '172.7.21.2/24', serve: 80 } }],
      }),
  })
  .meta({
    description: 'A node.',
    examples: [
      {
        interfaces: { eth0: { network: 'lan', address: '10.4.7.21/24' } },
        bridge: { name: 'docker0', address: '172.7.21.1/24' },
        pods: { a: '172.7.21.2/24' },
      },
    ],
  })

export type MachineInput = z.infer<typeof machine>
export type NodeInput = z.infer<typeof node>
export type InterfaceInput = z.infer<typeof machineInterface>
export type VxlanInput = z.infer<typeof vxlan>
