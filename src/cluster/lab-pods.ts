import {
  type ManifestContainer,
  type ManifestPod,
  type ManifestProbe,
  namespacedName,
  type Protocol,
} from '../model/kubernetes.ts'
import { refuseName } from '../model/names.ts'
import { selects } from '../service/pods.ts'
import type { BackedCluster } from './backends.ts'

/** What a pod is called in a lab, where names are for all namespaces, and machines have some. */
export type PodNames = ReadonlyMap<ManifestPod, string>

/** A port that is to be served. */
interface Served {
  name: string
  port: number
  protocol: Protocol
}

/** Names for pods in a lab; one that is taken, or stands for something else there, gets its namespace behind it. */
export function podNames(pods: readonly ManifestPod[], taken: ReadonlySet<string>): PodNames {
  const counts = new Map<string, number>()
  for (const { name } of pods) counts.set(name, (counts.get(name) ?? 0) + 1)
  const used = new Set(taken)
  const names = new Map<ManifestPod, string>()
  const isFine = (name: string) => !used.has(name) && refuseName(name) === undefined
  for (const pod of pods) {
    const plain = pod.name.slice(0, 63).replace(/[-.]+$/, '')
    const wanted = counts.get(pod.name) === 1 ? [plain] : []
    const name = [...wanted, ...others(pod, plain)].find(isFine)
    if (name === undefined) throw new RangeError(`no name for ${namespacedName(pod)}`)
    used.add(name)
    names.set(pod, name)
  }
  return names
}

function others({ namespace }: ManifestPod, plain: string): string[] {
  const long = `${plain.slice(0, 40)}.${namespace}`.slice(0, 58).replace(/[-.]+$/, '')
  return [long, ...Array.from({ length: 10_000 }, (_, index) => `${long}-${index + 2}`)]
}

/** A pod as a lab file has it, but for its address. */
export function labPod(pod: ManifestPod, name: string, cluster: BackedCluster): Record<string, unknown> {
  const { namespace, labels, hostname, subdomain } = pod
  const containers = servedContainers(pod, cluster)
  const [only] = containers
  return {
    ...(namespace === 'default' ? {} : { namespace }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(subdomain === undefined ? {} : { ...(hostname === name ? {} : { hostname }), subdomain }),
    ...(containers.length > 1
      ? { containers: Object.fromEntries(containers.map(each => [each.name, programOf(each)])) }
      : only === undefined
        ? {}
        : programOf(only)),
  }
}

/** The containers that listen: each port once, and those that services send to although no container names them. */
function servedContainers(pod: ManifestPod, cluster: BackedCluster): ManifestContainer[] {
  const taken = new Set<string>()
  const names = new Set<string>()
  const containers = pod.containers.map((container, index) => {
    const probed = probedPort(container)
    const ports = [...container.ports, ...(probed === undefined ? [] : [probed])].filter(port =>
      isNew(port, taken),
    )
    const name = names.has(container.name) ? `${container.name}-${index + 1}` : container.name
    names.add(name)
    return { ...container, name, ports }
  })
  const more = targetsIn(pod, cluster).filter(port => isNew(port, taken))
  const [first = { name: 'main', ports: [] }, ...rest] = containers
  return [{ ...first, ports: [...first.ports, ...more] }, ...rest].filter(({ ports }) => ports.length > 0)
}

function isNew({ port, protocol }: Served, taken: Set<string>): boolean {
  const key = `${port}/${protocol}`
  if (taken.has(key)) return false
  taken.add(key)
  return true
}

/** The port by number that a probe asks. */
function probedPort({ readiness }: ManifestContainer): Served | undefined {
  return typeof readiness?.port === 'number' ? { name: '', port: readiness.port, protocol: 'TCP' } : undefined
}

/** Ports by number that services send to in this pod. */
function targetsIn(pod: ManifestPod, { backends }: BackedCluster): Served[] {
  return [...backends].flatMap(([service, { pods, targets }]) => {
    if (!pods.includes(pod) && !selects(service, pod)) return []
    return service.ports.flatMap(({ name, protocol }) => {
      const port = targets.get(name)
      return typeof port === 'number' ? [{ name: '', port, protocol }] : []
    })
  })
}

/** `serve`, `ports` and `readiness` of a container. */
function programOf({ ports, readiness }: ManifestContainer): Record<string, unknown> {
  const serve = ports
    .filter(({ protocol }) => protocol !== 'SCTP')
    .map(({ port, protocol }) => (protocol === 'TCP' ? port : `${port}/${protocol}`))
  const named = new Map<string, number | string>()
  for (const { name, port, protocol } of ports) {
    // What nobody serves is known by a name at least, so that a service may send there.
    const known = name || (protocol === 'SCTP' ? `sctp-${port}` : '')
    if (known !== '' && !named.has(known)) named.set(known, protocol === 'TCP' ? port : `${port}/${protocol}`)
  }
  const probe = readiness && probeOf(readiness, ports)
  return {
    ...(serve.length === 0 ? {} : { serve: serve.length === 1 ? serve[0] : serve }),
    ...(named.size === 0 ? {} : { ports: Object.fromEntries(named) }),
    ...(probe === undefined ? {} : { readiness: probe }),
  }
}

/** A probe of a port that is served; undefined where its name is nobody's. */
function probeOf(
  { kind, path, port, ...times }: ManifestProbe,
  ports: readonly Served[],
): object | undefined {
  const isKnown = ports.some(
    each => each.protocol === 'TCP' && (each.port === port || (each.name !== '' && each.name === port)),
  )
  if (!isKnown) return undefined
  const isPlain = /^\/[!-~]*$/.test(path) && path !== '/'
  return kind === 'tcpSocket'
    ? { tcpSocket: { port }, ...times }
    : { httpGet: { ...(isPlain ? { path } : {}), port }, ...times }
}
