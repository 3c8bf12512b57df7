import { canonical, readAddress, readRange } from '../model/address.ts'
import { hasAddress } from '../model/families.ts'
import type { Service } from '../model/kubernetes.ts'
import type { SourceFile, Topology } from '../model/lab.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import type { Problem, Refusal } from '../text/problem.ts'
import { type Manifests, readManifestFiles } from './manifest/read-manifests.ts'
import { readService } from './manifest/service.ts'
import { serviceMistakes } from './manifest/service-mistakes.ts'
import { refusePath } from './own-path.ts'
import type { ServiceInPlace, ServiceInput } from './schema/service.ts'
import type { Report, ServiceSource } from './services.ts'

/** Gives the text of a manifest by its path as the lab has it, or the paths of those in a folder, or says why not. */
export type ReadManifest = (path: string) => { text: string } | { files: readonly string[] } | Refusal

/** Where a lab's services come from. */
export interface ServiceSources {
  services: ServiceSource[]
  manifests: SourceFile[]
  /** Whether every service was understood. */
  complete: boolean
}

/** Collects the services of a lab, those in place and those of its manifests. */
export function readServiceSources(
  inputs: readonly ServiceInput[],
  readManifest: ReadManifest,
  findings: Findings,
): ServiceSources {
  const sources: ServiceSources = { services: [], manifests: [], complete: true }
  const known = new Map<string, Manifests>()
  for (const [index, input] of inputs.entries()) {
    const path: Path = ['services', index]
    if (!('manifest' in input)) {
      sources.services.push(inPlace(input, path, findings))
      continue
    }
    const { manifest } = input
    let read = known.get(manifest)
    if (read === undefined) {
      const files = textsOf(manifest, [...path, 'manifest'], readManifest, findings)
      if (files === undefined) {
        sources.complete = false
        continue
      }
      read = readManifestFiles(files)
      known.set(manifest, read)
      sources.manifests.push(
        ...files.filter(file => !sources.manifests.some(each => each.path === file.path)),
      )
    }
    sources.services.push(...fromManifest(read, input, path, findings))
  }
  const problems = [...known.values()].flatMap(read => read.problems)
  if (problems.length > 0) sources.complete = false
  findings.problems.push(...problems)
  return sources
}

/** The text of a manifest, or of all those in a folder; undefined after telling of one that cannot be read. */
function textsOf(
  manifest: string,
  path: Path,
  readManifest: ReadManifest,
  findings: Findings,
): SourceFile[] | undefined {
  const read = findings.accept(
    path,
    refusePath(manifest, 'http-server.service.yaml') ?? readManifest(manifest),
  )
  if (read === undefined) return undefined
  if ('text' in read) return [{ path: manifest, text: read.text }]
  const files = read.files.map(file => {
    const inner = findings.accept(path, readManifest(file))
    return inner !== undefined && 'text' in inner ? [{ path: file, text: inner.text }] : undefined
  })
  return files.every(file => file !== undefined) ? files.flat() : undefined
}

function fromManifest(
  read: Manifests,
  { manifest, endpoints }: Extract<ServiceInput, { manifest: string }>,
  path: Path,
  findings: Findings,
): ServiceSource[] {
  const { services } = read.objects
  if (services.length === 0 && read.problems.length === 0) {
    findings.report(
      [...path, 'manifest'],
      `there is no Service in ${manifest}`,
      'a Service has "kind: Service"',
    )
  }
  if (services.length > 1 && endpoints !== undefined) {
    const message = `${manifest} has ${services.length} services, and these endpoints are of one`
    findings.report([...path, 'endpoints'], message, 'give each service a manifest of its own', 'key')
  }
  return services.map(service => ({
    service,
    endpoints: topology => endpoints ?? fromSlices(service, read, topology, findings.problems),
    endpointsPath: [...path, 'endpoints'],
    report: (at, message, fix, on) => {
      const problem = read.problemWith(service, at, message, { fix, ...(on && { on }) })
      if (problem) findings.problems.push(problem)
    },
  }))
}

/** The pods that the manifest's EndpointSlices name; undefined where the service has none. Adds what is wrong to `problems`. */
export function fromSlices(
  service: Service,
  read: Manifests,
  { pods }: Topology,
  problems: Problem[],
): string[] | undefined {
  const slices = read.objects.slices.filter(
    slice => slice.service === service.name && slice.namespace === service.namespace,
  )
  if (slices.length === 0) return undefined
  const names = new Set<string>()
  const [example] = pods
  const fix = example && `endpoints are pods: ${example.address.address} is ${example.name}, say`
  for (const slice of slices) {
    for (const [at, { addresses, ready }] of slice.endpoints.entries()) {
      if (ready === false) continue
      for (const [index, address] of addresses.entries()) {
        const pod = pods.find(each => hasAddress(each, canonical(address)))
        if (pod) names.add(pod.name)
        else {
          const message = `no pod of the lab has the address ${address}`
          const problem = read.problemWith(slice, ['endpoints', at, 'addresses', index], message, { fix })
          if (problem && !problems.some(each => isSame(each, problem))) problems.push(problem)
        }
      }
    }
  }
  return [...names]
}

function isSame(one: Problem, other: Problem): boolean {
  return (['file', 'line', 'column', 'message'] as const).every(key => one[key] === other[key])
}

/** A Service whose fields stand in the lab file is read as a manifest with the same fields. */
function inPlace(input: ServiceInPlace, path: Path, findings: Findings): ServiceSource {
  const { name, namespace, labels, endpoints, loadBalancerIPs = [], ...spec } = input
  const object = {
    metadata: { name, namespace, labels },
    spec,
    status: { loadBalancer: { ingress: loadBalancerIPs.map(ip => ({ ip })) } },
  }
  const report: Report = (at, message, fix, on) =>
    findings.report([...path, ...at.slice(1)], message, fix, on)
  for (const field of ['externalIPs', 'loadBalancerIPs'] as const) {
    for (const [at, text] of (input[field] ?? []).entries())
      findings.accept([...path, field, at], readAddress(text))
  }
  for (const [at, range] of (input.loadBalancerSourceRanges ?? []).entries()) {
    findings.accept([...path, 'loadBalancerSourceRanges', at], readRange(range))
  }
  for (const mistake of serviceMistakes(object))
    report(mistake.path, mistake.message, mistake.fix, mistake.on)
  return {
    service: readService(object),
    endpoints: () => endpoints,
    endpointsPath: [...path, 'endpoints'],
    report,
  }
}
