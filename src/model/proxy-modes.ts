import type { Lab, ProxyMode } from './lab.ts'

/** Whether kube-proxy is in a mode at some time in a lab. */
export function isEverInMode(
  { proxy, firstMode, steps }: Pick<Lab, 'proxy' | 'firstMode' | 'steps'>,
  mode: ProxyMode,
): boolean {
  return [proxy.mode, firstMode, ...steps.map(step => step.mode)].includes(mode)
}
