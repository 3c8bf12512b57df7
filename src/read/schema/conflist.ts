import * as z from 'zod'

/**
 * A CNI network configuration list (CNI specification 1.0.0, section 1). What a plugin knows is strict for those that labs are about
 * (containernetworking/plugins v1.1.1); of any other it is the plugin's matter.
 */
export const conflist = z.strictObject({
  cniVersion: z.string().meta({ examples: ['1.0.0'] }),
  name: z.string().meta({ examples: ['pods'] }),
  disableCheck: z.boolean().optional(),
  plugins: z
    .array(
      z.looseObject({
        type: z.string().meta({ examples: ['bridge'] }),
        capabilities: z.record(z.string(), z.boolean()).optional(),
        ipam: z.looseObject({ type: z.string().meta({ examples: ['host-local'] }) }).optional(),
      }),
    )
    .min(1)
    .max(16),
})

const common = {
  type: z.string(),
  capabilities: z.record(z.string(), z.boolean()).optional(),
  ipam: z.unknown().optional(),
  dns: z.looseObject({}).optional(),
  args: z.looseObject({}).optional(),
}

const bytes = z.int().min(0).max(65535)

const bridge = z.strictObject({
  ...common,
  bridge: z.string().optional(),
  isGateway: z.boolean().optional(),
  isDefaultGateway: z.boolean().optional(),
  forceAddress: z.boolean().optional(),
  ipMasq: z.boolean().optional(),
  mtu: bytes.optional(),
  hairpinMode: z.boolean().optional(),
  promiscMode: z.boolean().optional(),
  vlan: z.int().min(0).max(4094).optional(),
  macspoofchk: z.boolean().optional(),
})

const ptp = z.strictObject({
  ...common,
  ipMasq: z.boolean().optional(),
  mtu: bytes.optional(),
})

const portmap = z.strictObject({
  ...common,
  snat: z.boolean().optional(),
  masqAll: z.boolean().optional(),
  markMasqBit: z.int().min(0).max(31).optional(),
  externalSetMarkChain: z.string().optional(),
  conditionsV4: z.array(z.string()).optional(),
  conditionsV6: z.array(z.string()).optional(),
})

/** What plugins know, by type. */
export const pluginSchemas: Readonly<Record<string, z.ZodType>> = { bridge, ptp, portmap }

const range = z.strictObject({
  subnet: z.string().meta({ examples: ['10.22.0.0/16'] }),
  rangeStart: z.string().optional(),
  rangeEnd: z.string().optional(),
  gateway: z.string().optional(),
})

/** What host-local knows: ranges, or one range in short. */
export const hostLocal = z.strictObject({
  type: z.string(),
  ranges: z.array(z.array(range).min(1).max(64)).optional(),
  subnet: z.string().optional(),
  rangeStart: z.string().optional(),
  rangeEnd: z.string().optional(),
  gateway: z.string().optional(),
  routes: z
    .array(
      z.strictObject({
        dst: z.string().meta({ examples: ['0.0.0.0/0'] }),
        gw: z.string().optional(),
      }),
    )
    .optional(),
  dataDir: z.string().optional(),
})

export type ConflistInput = z.infer<typeof conflist>
export type HostLocalInput = z.infer<typeof hostLocal>
