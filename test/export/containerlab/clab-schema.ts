import { z } from 'zod'

// What containerlab's schemas/clab.schema.json (0.79) demands of the fields that netlab writes; strict, so that no other field is written.

const command = z.string().min(1)

/** `definitions.node-config` */
const node = z.strictObject({
  kind: z.literal('linux').optional(),
  image: z.string().optional(),
  'network-mode': z
    .string()
    .regex(/^(host)|(container:\S+)|(none)$/)
    .optional(),
  user: z.string().min(1).optional(),
  cmd: z.string().optional(),
  exec: z.array(command).min(1).optional(),
  sysctls: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
})

/** An end of `definitions.link-config-short`; a name of an interface is the kernel's. */
const endpoint = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9-._|]*:[^\s/:]{1,15}$/)

/** `definitions.link-config-short` */
const link = z.strictObject({
  endpoints: z.tuple([endpoint, endpoint]).refine(([one, other]) => one !== other),
  mtu: z.number().min(1).max(65_535),
})

/** A topology file of containerlab, as far as netlab writes it. */
export const clabTopology = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9-._]*$/),
  topology: z.strictObject({
    kinds: z.strictObject({ linux: node.required({ image: true }) }),
    nodes: z.record(z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9-._|]*$/), node.required({ kind: true })),
    links: z.array(link).min(1).optional(),
  }),
})

export type ClabTopology = z.infer<typeof clabTopology>
