import type {
  ManifestContainer,
  ManifestPod,
  ManifestProbe,
  Owner,
  PodTemplate,
  Workload,
  WorkloadKind,
} from '../../model/kubernetes.ts'
import type { Mistake } from './fields.ts'
import type {
  ContainerObject,
  ControllerObject,
  PodObject,
  PodSpec,
  WorkloadObject,
} from './workload-schema.ts'

/** A pod as the endpoint controller sees it; one that only a person wrote, without status, counts as ready. */
export function readPod({ metadata, spec, status }: PodObject): ManifestPod {
  const ready = status?.conditions?.find(condition => condition.type === 'Ready')
  const ended = status?.phase === 'Succeeded' || status?.phase === 'Failed'
  const addresses = status?.podIPs?.map(({ ip }) => ip) ?? []
  const known = addresses.length > 0 ? addresses : status?.podIP ? [status.podIP] : []
  const isReady = ready === undefined ? status?.phase !== 'Pending' : ready.status === 'True'
  return {
    ...templateOf(spec, metadata.labels ?? {}),
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    ...ownerOf(metadata),
    addresses: ended ? [] : known,
    ports: portsOf(spec),
    ready: isReady,
    terminating: Boolean(metadata.deletionTimestamp),
    ended,
    isKnown: Boolean(status?.phase) || known.length > 0 || (status?.conditions?.length ?? 0) > 0,
  }
}

/** A workload, as far as its pods can be endpoints. */
export function readWorkload(
  kind: WorkloadKind,
  { metadata, spec }: WorkloadObject | ControllerObject,
): Workload {
  const template = templateOf(spec.template.spec, spec.template.metadata?.labels ?? {})
  return {
    kind,
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    ...ownerOf(metadata),
    replicas: kind === 'Job' ? jobPods(spec) : (spec.replicas ?? 1),
    firstOrdinal: spec.ordinals?.start ?? 0,
    template: { ...template, ...(spec.serviceName && { subdomain: spec.serviceName }) },
  }
}

/** How many pods of a Job run at once. */
function jobPods({ parallelism, completions, suspend }: WorkloadObject['spec']): number {
  if (suspend) return 0
  return Math.min(parallelism ?? 1, completions ?? Number.POSITIVE_INFINITY)
}

/** The kinds whose selector the API server writes by itself where it is not said. */
const selectsByItself: readonly WorkloadKind[] = ['Job', 'ReplicationController']

/** A workload that does not select its own pods, which the API server refuses; old versions took the template's labels for a selector. */
export function workloadMistakes(kind: WorkloadKind, apiVersion: string) {
  return ({ spec }: WorkloadObject | ControllerObject): Mistake[] => {
    const { selector } = spec
    const labels = spec.template.metadata?.labels ?? {}
    if (!selector) {
      if (selectsByItself.includes(kind) || apiVersion.includes('beta1')) return []
      // Without labels, too, it is a part of one, which kustomize lays over the whole.
      const fix =
        Object.keys(labels).length === 0
          ? 'is it a patch? Then kustomize makes the manifest: kubectl kustomize FOLDER > manifests.yaml'
          : `add "selector: {matchLabels: {${pairs(labels)}}}"`
      return [{ path: ['spec'], on: 'key', message: `a ${kind} without a selector`, fix }]
    }
    const isMap = kind === 'ReplicationController'
    const wanted = isMap
      ? (selector as Record<string, string>)
      : ((selector as WorkloadObject['spec']['selector'])?.matchLabels ?? {})
    return Object.entries(wanted).flatMap(([key, value]) => {
      if (labels[key] === value) return []
      const path = ['spec', 'selector', ...(isMap ? [] : ['matchLabels']), key]
      const message = `its own pods have no label ${key}: ${value}`
      return [{ path, message, fix: 'add it under spec.template.metadata.labels' }]
    })
  }
}

function pairs(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')
}

function ownerOf({ ownerReferences }: PodObject['metadata']): { owner?: Owner } {
  const controller = ownerReferences?.find(reference => reference.controller !== false)
  return controller ? { owner: { kind: controller.kind, name: controller.name } } : {}
}

function templateOf(spec: PodSpec, labels: PodTemplate['labels']): PodTemplate {
  return {
    labels,
    containers: running(spec).map(readContainer),
    hostNetwork: spec.hostNetwork === true,
    ...(spec.hostname && { hostname: spec.hostname }),
    ...(spec.subdomain && { subdomain: spec.subdomain }),
    ...(spec.nodeName && { nodeName: spec.nodeName }),
  }
}

/** The containers that go on running: an init container that is always restarted is a sidecar. */
function running({ containers, initContainers }: PodSpec): ContainerObject[] {
  const sidecars = (initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  return [...containers, ...sidecars]
}

function readContainer(container: ContainerObject, index: number): ManifestContainer {
  const readiness = readProbe(container.readinessProbe)
  return {
    name: container.name || `container-${index + 1}`,
    ports: containerPorts(container),
    ...(readiness && { readiness }),
  }
}

function readProbe(probe: ContainerObject['readinessProbe']): ManifestProbe | undefined {
  const { httpGet, tcpSocket } = probe ?? {}
  const port = httpGet?.port ?? tcpSocket?.port
  if (!port) return undefined
  const isHttp = Boolean(httpGet) && httpGet?.scheme !== 'HTTPS'
  return {
    kind: isHttp ? 'httpGet' : 'tcpSocket',
    path: isHttp ? (httpGet?.path ?? '/') : '/',
    port,
    ...(probe?.periodSeconds && { periodSeconds: probe.periodSeconds }),
    ...(probe?.timeoutSeconds && { timeoutSeconds: probe.timeoutSeconds }),
    ...(probe?.failureThreshold && { failureThreshold: probe.failureThreshold }),
    ...(probe?.successThreshold && { successThreshold: probe.successThreshold }),
  }
}

function portsOf(spec: PodSpec): ManifestPod['ports'] {
  return running(spec).flatMap(containerPorts)
}

function containerPorts({ ports }: ContainerObject): ManifestContainer['ports'] {
  return (ports ?? []).map(({ name, containerPort, protocol }) => ({
    name: name ?? '',
    port: containerPort,
    protocol: protocol ?? ('TCP' as const),
  }))
}
