import type { Lab, ProxyMode } from './lab.ts'

/** By what kube-proxy can tell pods from others (`LocalMode` in kube-proxy/config/v1alpha1). */
export const detectLocalModes = ['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix'] as const

/** What a virtual server of IPVS can choose by. */
export const ipvsSchedulers = 'rr wrr lc wlc lblc lblcr sh dh sed nq mh'.split(' ')

/** Whether kube-proxy is in a mode at some time in a lab. */
export function isEverInMode(
  { proxy, firstMode, steps }: Pick<Lab, 'proxy' | 'firstMode' | 'steps'>,
  mode: ProxyMode,
): boolean {
  return [proxy.mode, firstMode, ...steps.map(step => step.mode)].includes(mode)
}
