import { type Command, InvalidArgumentError, Option } from 'commander'
import { type ServicePools, usualPools } from '../allocation/services.ts'
import type { NodeView } from '../dataplane/dataplane.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { type Family, familyOf } from '../model/address.ts'
import type { ProxyMode, ProxySettings } from '../model/lab.ts'
import { ipAddress, network, podNetworks } from '../read/manifest/fields.ts'
import { defaultProxySettings } from '../read/proxy-settings.ts'
import { listing } from '../view/format.ts'

/** The options of `netlab rules`. */
export interface RulesOptions {
  file: string[]
  mode: ProxyMode
  podCidr?: string[]
  clusterCidr?: string
  serviceCidr: string[]
  serviceNodePortRange: ServicePools['nodePorts']
  ipvsScheduler: string
  ipvsStrictArp: boolean
  detectLocalMode: ProxySettings['detectLocalMode']
  podBridgeInterface: string
  podInterfaceNamePrefix: string
  masqueradeAll: boolean
  /** Left out: 14. */
  masqueradeBit?: number
  /** Left out: the only Node of manifests, or the first node of a lab. */
  nodeName?: string
  nodeIp: string[]
  /** What `--config` says beside its options: the node's IP, where no option says it, and gates. */
  bindAddress?: string
  featureGates?: Readonly<Record<string, boolean>>
  conntrackTcpBeLiberal: boolean
  /** A file with a KubeProxyConfiguration. */
  config?: string
  nodeportAddresses: string[]
  iptablesLocalhostNodeports: boolean
  randomFully: boolean
  /** Left out: each that there is. */
  family?: Family
  format: 'text' | 'json'
  jumps: boolean
  explain: boolean
  /** A file with what a node has. */
  diff?: string
}

/** kube-proxy's settings as options say them. */
export function settingsOf(options: RulesOptions): ProxySettings {
  const { masqueradeAll, masqueradeBit = defaultProxySettings.iptables.masqueradeBit } = options
  return {
    mode: options.mode,
    clusterCIDR: options.clusterCidr ?? '',
    detectLocalMode: options.detectLocalMode,
    detectLocal: {
      bridgeInterface: options.podBridgeInterface,
      interfaceNamePrefix: options.podInterfaceNamePrefix,
    },
    iptables: {
      ...defaultProxySettings.iptables,
      masqueradeAll,
      masqueradeBit,
      localhostNodePorts: options.iptablesLocalhostNodeports,
      randomFully: options.randomFully,
    },
    nftables: { masqueradeAll, masqueradeBit },
    ipvs: { scheduler: options.ipvsScheduler, strictARP: options.ipvsStrictArp },
    nodePortAddresses: options.nodeportAddresses,
  }
}

/** Options that not every mode has a use for: the modes that have, and why another has none. */
const ofSomeModes: Readonly<
  Partial<Record<keyof RulesOptions, { modes: readonly ProxyMode[]; else: string }>>
> = {
  jumps: {
    modes: ['iptables', 'ipvs', 'ebpf'],
    else: 'leave it out: nftables mode has no jumps from built-in chains',
  },
  conntrackTcpBeLiberal: {
    modes: ['iptables', 'ebpf'],
    else: 'leave it out: in other modes no rule drops what conntrack takes for invalid',
  },
  iptablesLocalhostNodeports: {
    modes: ['iptables'],
    else: 'leave it out: in other modes no rule serves node ports on loopback addresses',
  },
  randomFully: {
    modes: ['iptables', 'ipvs', 'ebpf'],
    else: 'leave it out: nftables mode always masquerades with fully-random',
  },
  ipvsScheduler: { modes: ['ipvs'], else: 'leave it out, or add "--mode ipvs"' },
  ipvsStrictArp: { modes: ['ipvs'], else: 'leave it out, or add "--mode ipvs"' },
}

/** Throws where the command line has an option that means nothing in its mode. */
export function refuseOthersOptions(command: Command, mode: ProxyMode): void {
  for (const option of given(command)) {
    const only = ofSomeModes[option.attributeName() as keyof RulesOptions]
    if (only === undefined || only.modes.includes(mode)) continue
    throw new NetlabError({
      what: `${option.long ?? option.flags} is for ${listing(only.modes, 'and')} mode`,
      fix: only.else,
      exitCode: exitCode.wrongInput,
    })
  }
}

/** What each mode of telling pods looks for, by the option that says it. */
const soughtBy = {
  clusterCidr: 'ClusterCIDR',
  podBridgeInterface: 'BridgeInterface',
  podInterfaceNamePrefix: 'InterfaceNamePrefix',
} as const satisfies Partial<Record<keyof RulesOptions, ProxySettings['detectLocalMode']>>

/** Throws where the command line says by what pods are told, and they are told by something else. */
export function refuseOthersDetector(command: Command, mode: ProxySettings['detectLocalMode']): void {
  for (const option of given(command)) {
    const wanted = soughtBy[option.attributeName() as keyof typeof soughtBy]
    if (wanted === undefined || wanted === mode) continue
    throw new NetlabError({
      what: `${option.long} counts where pods are told by ${wanted}, and here they are told by ${mode}`,
      fix: `add "--detect-local-mode ${wanted}", or leave it out`,
      exitCode: exitCode.wrongInput,
    })
  }
}

/** A lab file says the other things itself, under `proxy:`. */
const labsOptions = ['file', 'mode', 'format', 'jumps', 'explain', 'nodeName', 'family']

/** Throws where the command line has an option that only manifests need. */
export function refuseNodeOptions(command: Command, mode: ProxyMode): void {
  // A lab states its cluster IPs: only the rules of nftables mode know where more would come from.
  const known = mode === 'nftables' ? [...labsOptions, 'serviceCidr'] : labsOptions
  const said = given(command).find(option => !known.includes(option.attributeName()))
  if (said === undefined) return
  throw new NetlabError({
    what: `${said.long ?? said.flags} is for manifests`,
    fix:
      said.attributeName() === 'diff'
        ? 'netlab graph says what is changed in a running lab'
        : 'a lab has its settings in the lab file, under "proxy:"',
    exitCode: exitCode.wrongInput,
  })
}

function given(command: Command) {
  return command.options.filter(option => command.getOptionValueSource(option.attributeName()) === 'cli')
}

/** A line for people where nobody has said which addresses the node has, and its node ports depend on it; else nothing. */
export function nodePortNote({ services, node, family }: NodeView, options: RulesOptions): string {
  const isKnown = node.addresses.some(address => familyOf(address) === family)
  const hasNodePort = [...services].some(
    ({ clusterIPs, ports }) =>
      clusterIPs.some(address => familyOf(address) === family) &&
      ports.some(port => port.nodePort !== undefined),
  )
  if (isKnown || !hasNodePort) return ''
  if (options.mode === 'ipvs')
    return 'node ports are left out: each has a virtual server on each address of the node, which --node-ip says\n'
  if (options.mode === 'ebpf')
    return 'sockets of the node find node ports on 127.0.0.1 alone: each has an entry for each address of the node, which --node-ip says\n'
  if (options.mode !== 'nftables' || options.nodeportAddresses.length > 0) return ''
  return (
    "node ports are served on every address of the node: in nftables mode kube-proxy serves them on the node's IP alone, " +
    'which --node-ip says\n'
  )
}

/** `--service-node-port-range`, as kube-apiserver has it. */
export function portRangeOption(): Option {
  const { from, to } = usualPools.nodePorts
  return new Option('--service-node-port-range <from-to>', 'where node ports that nobody states come from')
    .argParser(portRange)
    .default(usualPools.nodePorts, `${from}-${to}`)
}

function portRange(text: string): ServicePools['nodePorts'] {
  const [, from, to] = (/^(\d{1,5})-(\d{1,5})$/.exec(text) ?? []).map(Number)
  if (from === undefined || to === undefined || from < 1 || to > 65_535 || from > to)
    throw new InvalidArgumentError('write two ports, the lower one first: 30000-32767, say.')
  return { from, to }
}

/** A bit of the packet's mark. */
export function bit(text: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number <= 31) return number
  throw new InvalidArgumentError('write a bit of the mark, 0 to 31.')
}

/** For options that may be given several times. */
export function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value]
}

export function trueOrFalse(value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new InvalidArgumentError('write true or false.')
  return value === 'true'
}

/** `10.0.0.0/8,fd00::/8` as a list. */
export function cidrs(text: string): string[] {
  const parts = text.split(',').map(part => part.trim())
  for (const part of parts) {
    const problem = network.safeParse(part).error?.issues[0]
    if (problem) throw new InvalidArgumentError(`${problem.message}.`)
  }
  return parts
}

/** `10.0.0.0/8,fd00::/8` as kube-proxy takes it: one network, or one of each family. */
export function cidrText(text: string): string {
  const problem = podNetworks.safeParse(text).error?.issues[0]
  if (problem) throw new InvalidArgumentError(`${problem.message}.`)
  return text
}

/** Networks, or `primary`. */
export function scopes(text: string): string[] {
  return text === 'primary' ? [text] : cidrs(text)
}

export function addresses(text: string, previous: string[]): string[] {
  const problem = ipAddress.safeParse(text).error?.issues[0]
  if (problem) throw new InvalidArgumentError(`${problem.message}.`)
  return [...previous, text]
}
