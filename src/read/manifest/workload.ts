import type { Deployment, PodStatus } from '../../model/kubernetes.ts'
import type { Mistake } from './fields.ts'
import type { DeploymentObject, PodObject, PodSpec } from './workload-schema.ts'

/** A pod as the endpoint controller sees it; one that only a person wrote, without status, counts as ready. */
export function readPod({ metadata, spec, status }: PodObject): PodStatus {
  const ready = status?.conditions?.find(condition => condition.type === 'Ready')
  const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed'
  const addresses = status?.podIPs?.map(({ ip }) => ip) ?? []
  const known = addresses.length > 0 ? addresses : status?.podIP ? [status.podIP] : []
  return {
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    labels: metadata.labels ?? {},
    addresses: ended ? [] : known,
    ...(spec.nodeName && { nodeName: spec.nodeName }),
    ports: portsOf(spec),
    ready: ready === undefined || ready.status === 'True',
    terminating: Boolean(metadata.deletionTimestamp),
    ended,
  }
}

/** A deployment, as far as its pods can be endpoints. */
export function readDeployment({ metadata, spec }: DeploymentObject): Deployment {
  return {
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    replicas: spec.replicas ?? 1,
    labels: spec.template.metadata?.labels ?? {},
    ports: portsOf(spec.template.spec),
  }
}

/** A deployment that does not select its own pods, which the API server refuses. */
export function deploymentMistakes({ spec }: DeploymentObject): Mistake[] {
  const labels = spec.template.metadata?.labels ?? {}
  return Object.entries(spec.selector.matchLabels ?? {}).flatMap(([key, value]) => {
    if (labels[key] === value) return []
    const path = ['spec', 'selector', 'matchLabels', key]
    const message = `its own pods have no label ${key}: ${value}`
    return [{ path, message, fix: `add it under spec.template.metadata.labels` }]
  })
}

function portsOf({ containers }: PodSpec): PodStatus['ports'] {
  return containers.flatMap(({ ports }) =>
    (ports ?? []).map(({ name, containerPort, protocol }) => ({
      name: name ?? '',
      port: containerPort,
      protocol: protocol ?? ('TCP' as const),
    })),
  )
}
