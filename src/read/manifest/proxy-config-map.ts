/** What an object says that it is, as far as it says so. */
export interface ObjectLike {
  apiVersion?: unknown
  kind?: unknown
  metadata?: { name?: unknown; namespace?: unknown } | null
  data?: Readonly<Record<string, unknown>> | null
}

/** Where kubeadm, and kind, keep kube-proxy's settings. */
export const proxyConfigKey = 'config.conf'

/** The text with kube-proxy's settings in a ConfigMap; undefined: it is another one. */
export function proxyConfigText({ metadata, data }: ObjectLike): string | undefined {
  const isProxys = metadata?.name === 'kube-proxy' && metadata.namespace === 'kube-system'
  const text = isProxys ? data?.[proxyConfigKey] : undefined
  return typeof text === 'string' ? text : undefined
}
