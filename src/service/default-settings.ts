import type { ProxySettings } from '../lab/lab.ts'

/** kube-proxy's settings where nothing is said (`SetDefaults_KubeProxyConfiguration` in defaults.go). */
export const defaultProxySettings: ProxySettings = {
  clusterCIDR: '',
  detectLocalMode: 'ClusterCIDR',
  detectLocal: { bridgeInterface: '', interfaceNamePrefix: '' },
  iptables: { masqueradeAll: false, masqueradeBit: 14, localhostNodePorts: true, randomFully: true },
  nodePortAddresses: [],
}
