import * as z from 'zod'
import {
  address,
  cidr,
  commandLine,
  interfaceName,
  name,
  oneOrMore,
  port,
  refusesBoth,
  wantsAddress,
} from './fields.ts'

const mtu = z.int().min(576).max(9000)

/** Instead of `address`: one of each family. */
const addressPair = (examples: readonly string[]) =>
  z
    .array(cidr)
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

const lladdr = z.string().meta({
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

const neighbours = z.array(neighbour).meta({
  description: 'Neighbours that it knows for good (`nud permanent`), and never asks for by ARP.',
  examples: [[{ address: '10.4.7.22', lladdr: '02:00:0a:04:07:16', dev: 'eth0' }]],
})

const serve = oneOrMore(port).meta({
  description: "The port, or ports, on which netlab's own HTTP server answers with the pod's name.",
  examples: [8080],
})

const numberedPort = z.union([port, z.string().meta({ pattern: '^[0-9]+/(TCP|UDP|SCTP)$' })])

const ports = z.record(name, numberedPort).meta({
  description: 'Named ports: what its programs listen on. `53/UDP` where it is not TCP.',
  examples: [{ http: 8080 }, { dns: '53/UDP' }],
})

const containerPort = z
  .strictObject({
    containerPort: port.meta({ description: 'The port that the pod listens on.', examples: [8080] }),
    hostPort: port.optional().meta({
      description:
        "The port of its node that leads there, where a plugin of the node's conflist has the capability `portMappings`.",
      examples: [80],
    }),
    hostIP: address
      .optional()
      .meta({ description: 'The address of its node at which it does; all of them by default.' }),
    protocol: z.enum(['TCP', 'UDP', 'SCTP']).optional().meta({ description: '`TCP` by default.' }),
  })
  .meta({
    description: 'A port, in the words of a Kubernetes container.',
    examples: [{ containerPort: 8080, hostPort: 80 }],
  })

const podPorts = z.record(name, z.union([port, numberedPort.options[1], containerPort])).meta({
  description:
    "Named ports: what the pod's programs listen on. A service's `targetPort` may use the name. `53/UDP` where it is not TCP; a map where the node is to have it, too.",
  examples: [{ http: 8080 }, { dns: '53/UDP' }, { http: { containerPort: 8080, hostPort: 80 } }],
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

const probePort = z
  .union([port, z.string()])
  .meta({ description: "The container's port, by number or by name.", examples: [8080, 'http'] })

const seconds = z.int().min(1)

const readiness = z
  .strictObject({
    httpGet: z
      .strictObject({
        path: z
          .string()
          .regex(/^\/[!-~]*$/, 'a path begins with "/" and has no blanks')
          .optional()
          .meta({ description: '`/` by default.', examples: ['/healthz'] }),
        port: probePort,
      })
      .optional()
      .meta({
        description: 'An HTTP request; an answer from 200 to 399 means ready.',
        examples: [{ path: '/healthz', port: 8080 }],
      }),
    tcpSocket: z
      .strictObject({ port: probePort })
      .optional()
      .meta({ description: 'A TCP connection that comes about means ready.', examples: [{ port: 8080 }] }),
    periodSeconds: seconds
      .optional()
      .meta({ description: 'Seconds from one probe to the next, while somebody watches; 10 by default.' }),
    timeoutSeconds: seconds
      .optional()
      .meta({ description: 'Seconds that an answer may take; 1 by default.' }),
    failureThreshold: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'Failures in a row that make it not ready; 3 by default.' }),
    successThreshold: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'Successes in a row that make it ready; 1 by default.' }),
  })
  .meta({
    description:
      "How kubelet would find out whether it is ready, as in Kubernetes' `readinessProbe`; by default it is ready while it runs.",
    examples: [{ httpGet: { path: '/', port: 8080 } }],
  })

const program = {
  serve: serve.optional(),
  command: commandLine.optional().meta({
    description: "A program to run instead of netlab's own server.",
    examples: ['nginx -g "daemon off;"'],
  }),
  ports: podPorts.optional(),
  readiness: readiness.optional(),
}

const container = z
  .strictObject(program)
  .meta({ description: 'A program of the pod.', examples: [{ serve: 8080 }] })

const podFields = z
  .strictObject({
    address: cidr.optional().meta({
      description:
        "The address of the pod's eth0; only a pod that CNI plugins wire may leave it out. With `/32` it is on no bridge: its link is a veth pair of its own, with a route at each end.",
      examples: ['10.0.0.11/24', '10.244.1.2/32'],
    }),
    addresses: addressPair(['10.0.0.11/24', 'fd00::b/64']),
    bridge: z
      .string()
      .optional()
      .meta({
        description: 'The bridge that it is plugged into; by default the one whose subnet holds the address.',
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

/** A pod: its fields, or nothing but its address. */
export const pod = z
  .union([cidr, podFields])
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

/** A layer-2 segment that has no address of the host. */
export const network = z
  .strictObject({
    mtu: mtu.optional().meta({
      description: 'Bytes: larger packets get lost in it, and nobody is told; 1500 by default.',
      examples: [1400],
    }),
  })
  .meta({ description: 'A network: a switch.', examples: [{}] })

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
      description: 'Bytes: the largest packet that it sends; by default 50 less than `dev` carries.',
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
      description: 'Its default route, or one of each family; `none` (the default): it has none.',
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
export type NeighbourInput = z.infer<typeof neighbour>
export type InterfaceInput = z.infer<typeof machineInterface>
export type VxlanInput = z.infer<typeof vxlan>
export type BridgeInput = z.infer<typeof bridge>
export type PodInput = z.infer<typeof podFields>
export type ReadinessInput = z.infer<typeof readiness>
export type ContainerInput = z.infer<typeof container>
