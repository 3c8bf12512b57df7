import { familyOf, readRange } from '../model/address.ts'
import { type Lab, type LabMode, labModes, type ProxySettings } from '../model/lab.ts'
import type { Findings } from '../text/findings.ts'
import type { ProxyInput } from './schema/proxy.ts'

/** kube-proxy's settings where nothing is said (`SetDefaults_KubeProxyConfiguration` in v1alpha1/defaults.go). */
export const defaultProxySettings: ProxySettings = {
  mode: 'iptables',
  clusterCIDR: '',
  detectLocalMode: 'ClusterCIDR',
  detectLocal: { bridgeInterface: '', interfaceNamePrefix: '' },
  iptables: { masqueradeAll: false, masqueradeBit: 14, localhostNodePorts: true, randomFully: true },
  nftables: { masqueradeAll: false, masqueradeBit: 14 },
  ipvs: { scheduler: 'rr', strictARP: false },
  nodePortAddresses: [],
}

/** What `nodePortAddresses` may hold although no machine of a lab has an address in it. */
const otherScopes = new Set(['primary', '127.0.0.0/8', '127.0.0.1/32', '::1/128'])

/** Fills in kube-proxy's defaults. `later` are the modes in which steps start it, in their order. */
export function readProxySettings(
  input: ProxyInput = {},
  later: readonly LabMode[],
  findings: Findings,
): Pick<Lab, 'proxy' | 'firstMode'> {
  const { detectLocal, iptables, nftables, ipvs } = input
  const {
    mode = 'iptables',
    clusterCIDR = defaultProxySettings.clusterCIDR,
    detectLocalMode = defaultProxySettings.detectLocalMode,
    nodePortAddresses = defaultProxySettings.nodePortAddresses,
  } = input
  if (clusterCIDR !== '') checkClusterCIDR(clusterCIDR, findings)
  for (const [index, range] of nodePortAddresses.entries()) {
    if (otherScopes.has(range)) continue
    findings.accept(['proxy', 'nodePortAddresses', index], readRange(range))
  }
  refuseOthers(input, [mode, ...later], findings)
  const settings: ProxySettings = {
    mode: later.at(-1) ?? mode,
    clusterCIDR,
    detectLocalMode,
    detectLocal: withDefaults(defaultProxySettings.detectLocal, detectLocal),
    iptables: withDefaults(defaultProxySettings.iptables, iptables),
    nftables: withDefaults(defaultProxySettings.nftables, nftables),
    ipvs: withDefaults(defaultProxySettings.ipvs, ipvs),
    nodePortAddresses,
  }
  checkDetector(settings, findings)
  return { proxy: settings, ...(later.length === 0 ? {} : { firstMode: mode }) }
}

/** Settings of another mode would be without any effect; IPVS and ebpf mode masquerade by those of iptables. */
function refuseOthers(input: ProxyInput, modes: readonly LabMode[], findings: Findings): void {
  const masquerading = modes.find(mode => mode === 'ipvs' || mode === 'ebpf')
  for (const other of labModes) {
    if (other === 'ebpf' || modes.includes(other) || input[other] === undefined) continue
    if (other === 'iptables' && masquerading !== undefined) {
      if (input.iptables?.localhostNodePorts !== undefined)
        findings.report(
          ['proxy', 'iptables', 'localhostNodePorts'],
          `in ${masquerading} mode no rule serves node ports on loopback addresses`,
          'leave it out',
        )
      continue
    }
    findings.report(
      ['proxy', other],
      `these are settings of ${other} mode, and kube-proxy is in ${modes[0]} mode`,
      `write "mode: ${other}" above, or call them ${modes[0]}`,
    )
  }
}

/** One range, or one of each family with a comma in between. */
function checkClusterCIDR(text: string, findings: Findings): void {
  const path = ['proxy', 'clusterCIDR']
  const read = text.split(',').map(part => findings.accept(path, readRange(part)))
  const [first, second, ...more] = read
  if (read.includes(undefined) || first === undefined || second === undefined) return
  if (more.length === 0 && familyOf(first.address) !== familyOf(second.address)) return
  const fix = 'write one range, or one of each family: 10.0.0.0/16,fd00::/48'
  findings.report(path, `${text} names two ranges of one family`, fix)
}

function withDefaults<T extends object>(
  defaults: T,
  given: { [key in keyof T]?: T[key] | undefined } | undefined,
): T {
  const said = Object.entries(given ?? {}).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(said) }
}

function checkDetector({ detectLocalMode, detectLocal }: ProxySettings, findings: Findings): void {
  const path = ['proxy', 'detectLocalMode']
  if (detectLocalMode === 'BridgeInterface' && detectLocal.bridgeInterface === '') {
    findings.report(path, 'the bridge to look for is missing', 'add "detectLocal: {bridgeInterface: br1}"')
  }
  if (detectLocalMode === 'InterfaceNamePrefix' && detectLocal.interfaceNamePrefix === '') {
    findings.report(
      path,
      'the prefix to look for is missing',
      'add "detectLocal: {interfaceNamePrefix: veth_}"',
    )
  }
}
