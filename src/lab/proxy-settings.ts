import { readRange } from './address.ts'
import type { Findings } from './findings.ts'
import type { ProxySettings } from './lab.ts'
import type { ProxyInput } from './schema/proxy.ts'

/** Fills in kube-proxy's defaults (pkg/proxy/apis/config/v1alpha1/defaults.go). */
export function readProxySettings(input: ProxyInput | undefined, findings: Findings): ProxySettings {
  const { clusterCIDR = '', detectLocalMode = 'ClusterCIDR', detectLocal, iptables } = input ?? {}
  if (clusterCIDR !== '') findings.accept(['proxy', 'clusterCIDR'], readRange(clusterCIDR))
  const nodePortAddresses = input?.nodePortAddresses ?? []
  for (const [index, range] of nodePortAddresses.entries()) {
    if (range === 'primary') continue
    findings.accept(['proxy', 'nodePortAddresses', index], readRange(range))
  }
  const settings: ProxySettings = {
    clusterCIDR,
    detectLocalMode,
    detectLocal: {
      bridgeInterface: detectLocal?.bridgeInterface ?? '',
      interfaceNamePrefix: detectLocal?.interfaceNamePrefix ?? '',
    },
    iptables: {
      masqueradeAll: iptables?.masqueradeAll ?? false,
      masqueradeBit: iptables?.masqueradeBit ?? 14,
      localhostNodePorts: iptables?.localhostNodePorts ?? true,
      randomFully: iptables?.randomFully ?? true,
    },
    nodePortAddresses,
  }
  checkDetector(settings, findings)
  return settings
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
