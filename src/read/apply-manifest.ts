import { keeping } from '../allocation/keeping.ts'
import { namespacedName, serviceOf } from '../model/kubernetes.ts'
import type { Choice, Lab, LabService, LabStep } from '../model/lab.ts'
import type { ReadDocuments, SourceDocument } from '../text/document.ts'
import { Findings } from '../text/findings.ts'
import { LabError } from '../text/problem.ts'
import { networksOfLab } from './left-out/networks.ts'
import { withAddresses } from './left-out/service-addresses.ts'
import {
  type Manifests,
  manifestsOf,
  otherKindsOfLab,
  type SkippedObject,
} from './manifest/read-manifests.ts'
import { fromSlices } from './service-sources.ts'
import { readServices, type ServiceSource } from './services.ts'

/** A lab with the services of a manifest in place of those of the same names. */
export interface LabWithManifest {
  lab: Lab
  /** Objects that change nothing, and why. */
  skipped: SkippedObject[]
  /** How many there are of kinds that never change anything. */
  otherKinds: Manifests['otherKinds']
}

/** Whether the documents of a file are Kubernetes objects, rather than a lab. */
export function isManifest([first]: readonly SourceDocument[]): boolean {
  const value = first?.value
  return typeof value === 'object' && value !== null && ('apiVersion' in value || 'kind' in value)
}

/** Puts a manifest's Services and EndpointSlices into a lab. Throws a `LabError` with all that is wrong. */
export function withManifest(lab: Lab, documents: ReadDocuments): LabWithManifest {
  const read = manifestsOf([documents])
  const [document] = documents.documents
  if (document === undefined || read.problems.length > 0) throw new LabError(read.problems)
  const { file, text } = document
  const findings = new Findings(document)
  const changed = changedServices(lab, read)
  if (changed.length === 0)
    findings.report([], `there is no Service in ${file}`, 'a Service has "kind: Service"')
  const names = new Set(changed.map(({ service }) => namespacedName(service)))
  const kept = lab.services.filter(service => !names.has(namespacedName(service)))
  const around = {
    ...{ topology: lab, soundPods: lab.pods, unplaced: [], isWhole: true },
    podNames: new Set(lab.pods.map(({ name }) => name)),
  }
  const { sources, choices } = withAddresses([...kept.map(asItIs), ...changed], networksOfLab(lab))
  const services = readServices(sources, around, findings)
  if (!hasWayOut(lab)) {
    const message = 'services, and no way out: a node without a default route reaches no cluster IP'
    const fix = 'let the lab file have services, or a way out ("outside", or "gateway" of each node)'
    findings.report([], message, fix)
  }
  const problems = [...read.problems, ...findings.problems]
  if (problems.length > 0) throw new LabError(problems)
  return {
    lab: {
      ...lab,
      sources: [...lab.sources.filter(source => source.path !== file), { path: file, text }],
      services: inOrder(lab, services),
      ...chosenNow(lab, names, choices),
      steps: withEndpoints(lab.steps, services.slice(kept.length)),
    },
    skipped: [...read.skipped, ...podsOf(read)],
    otherKinds: otherKindsOfLab(read),
  }

  /** The manifest's services, and those of the lab for which it has EndpointSlices. */
  function changedServices(of: Lab, { objects, problemWith }: Manifests): ServiceSource[] {
    const own = new Set(objects.services.map(namespacedName))
    const sliced = of.services.filter(
      service =>
        !own.has(namespacedName(service)) &&
        objects.slices.some(slice => serviceOf(slice) === namespacedName(service)),
    )
    const before = new Map(of.services.map(service => [namespacedName(service), service]))
    return [...objects.services, ...sliced].map(service => ({
      service: keeping(before.get(namespacedName(service)), service),
      endpoints: topology => fromSlices(service, read, topology, read.problems),
      endpointsPath: [],
      report: (at, message, fix, on) => {
        const problem = problemWith.call(read, service, at, message, { fix, ...(on && { on }) })
        if (problem) findings.problems.push(problem)
      },
    }))
  }
}

/** A service that the manifest does not name; it was checked when the lab was read. */
function asItIs({ pods, ...service }: LabService): ServiceSource {
  return { service, endpoints: () => pods, endpointsPath: [], report: () => {} }
}

/** Where each node has a default route, without which it reaches no cluster IP. */
function hasWayOut({ nodes, outside }: Lab): boolean {
  return nodes.length === 0 ? outside.length > 0 : nodes.every(({ gateway }) => gateway !== undefined)
}

/** What the lab leaves to netlab now that some services are others. */
function chosenNow(lab: Lab, changed: ReadonlySet<string>, choices: readonly Choice[]): Pick<Lab, 'chosen'> {
  const kept = (lab.chosen ?? []).filter(({ of }) => !changed.has(of.replace(/^service /, '')))
  const chosen = [...kept, ...choices]
  return chosen.length === 0 ? {} : { chosen }
}

function inOrder(lab: Lab, services: readonly LabService[]): LabService[] {
  const places = new Map(lab.services.map((service, index) => [namespacedName(service), index]))
  const place = (service: LabService) => places.get(namespacedName(service)) ?? places.size
  return services.toSorted((one, other) => place(one) - place(other))
}

/** Where the lesson's steps name endpoints, the manifest has the last word. */
function withEndpoints(steps: readonly LabStep[], services: readonly LabService[]): readonly LabStep[] {
  const last = steps.at(-1)
  if (last === undefined || !steps.some(step => step.build.includes('services') || hasEndpoints(step)))
    return steps
  const endpoints = Object.fromEntries(services.map(service => [namespacedName(service), service.pods]))
  return [...steps.slice(0, -1), { ...last, endpoints: { ...last.endpoints, ...endpoints } }]
}

function hasEndpoints(step: LabStep): boolean {
  return Object.keys(step.endpoints).length > 0
}

function podsOf(read: Manifests): SkippedObject[] {
  const { pods, workloads } = read.objects
  const why = "a lab's pods come from its lab file"
  const skipped = (kind: string, object: { namespace: string; name: string }) => {
    const place = read.problemWith(object, [], why)
    return place === undefined
      ? []
      : [{ file: place.file, line: place.line, what: `${kind} ${namespacedName(object)}`, why }]
  }
  return [
    ...pods.flatMap(pod => skipped('Pod', pod)),
    ...workloads.flatMap(workload => skipped(workload.kind, workload)),
  ]
}
