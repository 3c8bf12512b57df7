import { labModes, type ProxyMode, type ProxySettings } from '../model/lab.ts'
import type { Path, SourceDocument } from '../text/document.ts'
import type { Problem } from '../text/problem.ts'
import { type ProxyConfigObject, proxyConfigObject } from './schema/proxy-config.ts'
import { checkAgainst } from './understand.ts'

/** A KubeProxyConfiguration as it was written. */
export interface ProxyConfig {
  /** `kube-proxy.yaml:3` */
  place: string
  object: ProxyConfigObject
  /** The settings that say something, by their paths, `iptables.masqueradeAll`: what is empty says nothing. */
  said: readonly string[]
}

/** Reads the KubeProxyConfiguration at a path of a document. */
export function readProxyConfig(
  document: SourceDocument,
  path: Path,
): { config: ProxyConfig | undefined; problems: readonly Problem[] } {
  const { value: object, problems } = checkAgainst(proxyConfigObject, document, path)
  if (object === undefined) return { config: undefined, problems }
  const place = `${document.file}:${document.lineAt(path)}`
  const { apiVersion: _, kind: __, ...settings } = object
  return { config: { place, object, said: saidIn(settings, '') }, problems }
}

/** Settings whose zero is not the same as nothing (pointers, in kube-proxy's types.go). */
const hasMeaningfulZero: ReadonlySet<string> = new Set([
  'iptables.masqueradeBit',
  'iptables.localhostNodePorts',
  'nftables.masqueradeBit',
  'conntrack.maxPerCore',
  'conntrack.min',
  'conntrack.tcpEstablishedTimeout',
  'conntrack.tcpCloseWaitTimeout',
  'oomScoreAdj',
])

function saidIn(value: unknown, path: string): string[] {
  if (value === null || value === undefined) return []
  if (typeof value === 'object' && !Array.isArray(value))
    return Object.entries(value).flatMap(([key, inner]) =>
      saidIn(inner, path === '' ? key : `${path}.${key}`),
    )
  const isZero =
    value === 0 ||
    value === false ||
    (Array.isArray(value) ? value.length === 0 : /^(?:0(?:ns|us|µs|ms|s|m|h)?)*$/.test(String(value)))
  return isZero && !hasMeaningfulZero.has(path) && !path.startsWith('featureGates.') ? [] : [path]
}

/** What a setting is to rules: it counts, in these modes, or by this way to tell pods; or it has no meaning. */
type Meaning = { modes: readonly ProxyMode[]; tells?: ProxySettings['detectLocalMode'] } | { why: string }

const all: Meaning = { modes: labModes }
const ofIptables: Meaning = { modes: ['iptables', 'ipvs', 'ebpf'] }
const onlyIptables: Meaning = { modes: ['iptables'] }
const onlyNftables: Meaning = { modes: ['nftables'] }
const onlyIpvs: Meaning = { modes: ['ipvs'] }
const ofApi: Meaning = { why: 'it is about how kube-proxy talks to the API server' }
const ofTime: Meaning = { why: 'it is about when kube-proxy writes, not what' }
const ofPages: Meaning = { why: 'it is about pages that kube-proxy itself serves' }
const ofProcess: Meaning = { why: "it is about kube-proxy's own process" }
const ofKernel: Meaning = { why: "it is a switch of the node's kernel, beside the rules" }
const ofWindows: Meaning = { why: 'it is for nodes with Windows' }

/** The meaning of each setting, by its path; of a map it is that of all below which are not named themselves. */
const meanings: Readonly<Record<string, Meaning>> = {
  mode: all,
  hostnameOverride: all,
  bindAddress: all,
  nodePortAddresses: all,
  detectLocalMode: all,
  clusterCIDR: { modes: labModes, tells: 'ClusterCIDR' },
  'detectLocal.bridgeInterface': { modes: labModes, tells: 'BridgeInterface' },
  'detectLocal.interfaceNamePrefix': { modes: labModes, tells: 'InterfaceNamePrefix' },
  'iptables.masqueradeAll': ofIptables,
  'iptables.masqueradeBit': ofIptables,
  'iptables.localhostNodePorts': onlyIptables,
  'nftables.masqueradeAll': onlyNftables,
  'nftables.masqueradeBit': onlyNftables,
  'ipvs.scheduler': onlyIpvs,
  'ipvs.strictARP': onlyIpvs,
  'conntrack.tcpBeLiberal': { modes: ['iptables', 'ebpf'] },
  'featureGates.PreferSameTrafficDistribution': all,
  'featureGates.TopologyAwareHints': all,
  featureGates: { why: 'netlab knows no rule that this gate changes' },
  clientConnection: ofApi,
  configSyncPeriod: ofTime,
  'iptables.syncPeriod': ofTime,
  'iptables.minSyncPeriod': ofTime,
  'nftables.syncPeriod': ofTime,
  'nftables.minSyncPeriod': ofTime,
  'ipvs.syncPeriod': ofTime,
  'ipvs.minSyncPeriod': ofTime,
  'ipvs.excludeCIDRs': { why: 'it keeps virtual servers of others, and a node that netlab knows has none' },
  'ipvs.tcpTimeout': ofKernel,
  'ipvs.tcpFinTimeout': ofKernel,
  'ipvs.udpTimeout': ofKernel,
  conntrack: ofKernel,
  healthzBindAddress: ofPages,
  metricsBindAddress: ofPages,
  bindAddressHardFail: ofPages,
  enableProfiling: ofPages,
  showHiddenMetricsForVersion: ofPages,
  logging: { why: 'it is about what kube-proxy logs' },
  oomScoreAdj: ofProcess,
  portRange: { why: 'kube-proxy itself has not used it since 1.26' },
  windowsRunAsService: ofWindows,
  winkernel: ofWindows,
}

function meaningOf(path: string): Meaning {
  const outer = path.replace(/\..*/, '')
  const meaning = meanings[path] ?? meanings[outer]
  if (meaning === undefined) throw new Error(`nobody has said what ${path} means`)
  return meaning
}

/** Which settings of a configuration change nothing in the rules of a mode, and why, a line for each reason. */
export function settingNotes(
  { place, said }: ProxyConfig,
  { mode, detectLocalMode }: Pick<ProxySettings, 'mode' | 'detectLocalMode'>,
): readonly string[] {
  const byReason = new Map<string, string[]>()
  for (const path of said) {
    const meaning = meaningOf(path)
    const why =
      'why' in meaning
        ? meaning.why
        : !meaning.modes.includes(mode)
          ? `the mode is ${mode}`
          : meaning.tells !== undefined && meaning.tells !== detectLocalMode
            ? `pods are told by ${detectLocalMode}`
            : undefined
    if (why !== undefined) byReason.set(why, [...(byReason.get(why) ?? []), path])
  }
  return [...byReason].map(
    ([why, paths]) =>
      `${place}: ${paths.join(', ')} ${paths.length > 1 ? 'have' : 'has'} no meaning for rules: ${why}`,
  )
}
