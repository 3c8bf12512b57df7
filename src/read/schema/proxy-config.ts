import * as z from 'zod'
import { own } from '../../command/own.ts'
import { detectLocalModes, ipvsSchedulers } from '../../model/proxy-modes.ts'
import { didYouMean } from '../../text/did-you-mean.ts'
import { ipAddress, network, objectName, podNetworks } from '../manifest/fields.ts'

/** A text that is empty, or one of these. */
function oneOf<T extends string>(
  what: string,
  known: readonly T[],
  gone: Readonly<Record<string, string>> = {},
) {
  return z
    .string()
    .superRefine((text, context) => {
      if (text === '' || known.some(each => each === text)) return
      const message = own(gone, text) ?? `"${text}" is no ${what}`
      context.addIssue({ code: 'custom', message, params: { fix: didYouMean(text, known, 'write one of') } })
    })
    .transform(text => (text === '' ? undefined : (text as T)))
    .nullish()
}

/** A text that is empty, or as a schema wants it. */
function orEmpty(schema: z.ZodType<string>) {
  return z
    .string()
    .superRefine((text, context) => {
      if (text === '') return
      for (const issue of schema.safeParse(text).error?.issues ?? []) {
        const params = 'params' in issue ? issue.params : undefined
        context.addIssue({ code: 'custom', message: issue.message, ...(params && { params }) })
      }
    })
    .nullish()
}

const text = z.string().nullish()
const flag = z.boolean().nullish()
const whole = z.int().nullish()

/** As Go writes it (`time.ParseDuration`), and not negative. */
const duration = z
  .string()
  .refine(written => /^\+?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/.test(written), {
    error: issue => `"${String(issue.input)}" is not a duration`,
    params: { fix: 'write numbers with their units: 30s, say, or 1h30m' },
  })
  .nullish()

/** A name that goes into rules: what the kernel takes, without what means something to iptables or nft. */
const interfaceText = orEmpty(
  z.string().refine(name => /^[A-Za-z0-9_.@-]{1,15}$/.test(name), {
    error: issue => `"${String(issue.input)}" cannot be the name of an interface`,
    params: { fix: 'use at most 15 letters, digits, "_", ".", "-" and "@"' },
  }),
)

const masqueradeBit = z.int().min(0).max(31).nullish()
const syncing = { syncPeriod: duration, minSyncPeriod: duration }

const nodePortAddresses = z.array(z.string()).superRefine((ranges, context) => {
  for (const [index, range] of ranges.entries()) {
    if (range === 'primary' && ranges.length === 1) continue
    const refuse = (message: string, fix: unknown) =>
      context.addIssue({ code: 'custom', path: [index], message, params: { fix } })
    if (range === 'primary') refuse('"primary" stands for itself alone', 'remove the others')
    else if (range !== range.trim()) refuse('there are spaces around the network', 'remove them')
    else
      for (const issue of network.safeParse(range).error?.issues ?? [])
        refuse(issue.message, 'write networks, 192.0.2.0/24 say, or "primary" alone')
  }
})

/** Gates that make other rules than netlab knows, and how they may not be. */
const refusedGates: Readonly<Record<string, boolean>> = {
  ServiceTrafficDistribution: false,
  KubeProxyNFTablesLocalhostNodePorts: true,
}

const featureGates = z.record(z.string(), z.boolean()).superRefine((gates, context) => {
  for (const [name, isOn] of Object.entries(gates)) {
    const isMany = name === 'AllAlpha' || name === 'AllBeta'
    if (!isMany && own(refusedGates, name) !== isOn) continue
    const message = isMany
      ? `${name} stands for gates that differ from one version to another`
      : `with ${name}: ${isOn} kube-proxy writes other rules than netlab knows`
    context.addIssue({
      code: 'custom',
      path: [name],
      message,
      params: { fix: isMany ? 'name each' : 'leave it out' },
    })
  }
})

const output = z.strictObject({ splitStream: flag, infoBufferSize: z.union([z.string(), z.int()]).nullish() })

/** A KubeProxyConfiguration of kubeproxy.config.k8s.io/v1alpha1 (1.31 to 1.34): every field, those checked that decide about rules. */
export const proxyConfigObject = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  featureGates: featureGates.nullish(),
  clientConnection: z
    .strictObject({
      kubeconfig: text,
      acceptContentTypes: text,
      contentType: text,
      qps: z.number().nullish(),
      burst: whole,
    })
    .nullish(),
  logging: z
    .strictObject({
      format: text,
      flushFrequency: z.union([z.number(), z.string()]).nullish(),
      verbosity: whole,
      vmodule: z.array(z.strictObject({ filePattern: text, verbosity: whole })).nullish(),
      options: z.strictObject({ text: output.nullish(), json: output.nullish() }).nullish(),
    })
    .nullish(),
  hostnameOverride: orEmpty(objectName),
  bindAddress: orEmpty(ipAddress),
  healthzBindAddress: text,
  metricsBindAddress: text,
  bindAddressHardFail: flag,
  enableProfiling: flag,
  showHiddenMetricsForVersion: text,
  mode: oneOf('mode of kube-proxy', ['iptables', 'nftables', 'ipvs'] as const, {
    userspace: 'kube-proxy has had no mode userspace since 1.26',
    kernelspace: 'the mode kernelspace is for nodes with Windows, which have no such rules',
  }),
  iptables: z
    .strictObject({
      masqueradeBit,
      masqueradeAll: flag,
      localhostNodePorts: flag,
      snatNodeInternalIP: z
        .boolean()
        .refine(isOn => !isOn, {
          error: 'with snatNodeInternalIP kube-proxy writes other rules than netlab knows',
          params: { fix: 'leave it out' },
        })
        .nullish(),
      ...syncing,
    })
    .nullish(),
  ipvs: z
    .strictObject({
      ...syncing,
      scheduler: oneOf('scheduler of IPVS', ipvsSchedulers),
      excludeCIDRs: z.array(network).nullish(),
      strictARP: flag,
      tcpTimeout: duration,
      tcpFinTimeout: duration,
      udpTimeout: duration,
    })
    .nullish(),
  nftables: z.strictObject({ masqueradeBit, masqueradeAll: flag, ...syncing }).nullish(),
  winkernel: z
    .strictObject({
      networkName: text,
      sourceVip: text,
      enableDSR: flag,
      rootHnsEndpointName: text,
      forwardHealthCheckVip: flag,
    })
    .nullish(),
  detectLocalMode: oneOf('mode of telling pods', detectLocalModes),
  detectLocal: z
    .strictObject({ bridgeInterface: interfaceText, interfaceNamePrefix: interfaceText })
    .nullish(),
  clusterCIDR: orEmpty(podNetworks),
  nodePortAddresses: nodePortAddresses.nullish(),
  oomScoreAdj: z.int().min(-1000).max(1000).nullish(),
  conntrack: z
    .strictObject({
      maxPerCore: whole,
      min: whole,
      tcpEstablishedTimeout: duration,
      tcpCloseWaitTimeout: duration,
      tcpBeLiberal: flag,
      udpTimeout: duration,
      udpStreamTimeout: duration,
    })
    .nullish(),
  configSyncPeriod: duration,
  portRange: text,
  windowsRunAsService: flag,
})

export type ProxyConfigObject = z.infer<typeof proxyConfigObject>
