import type * as z from 'zod'
import { own } from '../../command/own.ts'
import type { KubernetesObjects } from '../../model/kubernetes.ts'
import { nearest } from '../../text/did-you-mean.ts'
import {
  type Path,
  type ProblemOptions,
  type ReadDocuments,
  readDocuments,
  type SourceDocument,
} from '../../text/document.ts'
import type { Problem } from '../../text/problem.ts'
import { checkAgainst } from '../understand.ts'
import { endpointSliceMistakes, readEndpointSlice, readEndpoints, serviceNameLabel } from './endpoints.ts'
import { endpointSliceObject, endpointsObject } from './endpoints-schema.ts'
import type { Mistake } from './fields.ts'
import { largeJsonDocument } from './large-json.ts'
import { readService, serviceMistakes } from './service.ts'
import { serviceCIDRObject } from './service-cidr-schema.ts'
import { serviceObject } from './service-schema.ts'
import { deploymentMistakes, readDeployment, readPod } from './workload.ts'
import { deploymentObject, podObject } from './workload-schema.ts'

/** An object that is left out, and why; not an error. */
export interface SkippedObject {
  file: string
  /** 1-based. */
  line: number
  /** `Ingress default/web` */
  what: string
  why: string
}

/** What manifests say. */
export interface Manifests {
  objects: KubernetesObjects
  skipped: SkippedObject[]
  /** All mistakes; with any, `objects` lacks what they are in. */
  problems: Problem[]
  /** A problem with one of the services, slices, pods or deployments, at a path inside its manifest. */
  problemWith(object: object, path: Path, message: string, options?: ProblemOptions): Problem | undefined
}

/** Reads one file of Kubernetes manifests: YAML or JSON, several documents, lists. */
export function readManifests(text: string, file: string): Manifests {
  return readManifestFiles([{ text, file }])
}

/** Reads several files of Kubernetes manifests as one cluster's objects. */
export function readManifestFiles(sources: readonly { text: string; file: string }[]): Manifests {
  return manifestsOf(sources.map(({ text, file }) => readManifestDocuments(text, file)))
}

/** Of a large file of JSON positions are not read. */
function readManifestDocuments(text: string, file: string): ReadDocuments {
  const json = largeJsonDocument(text, file)
  return json ? { documents: [json], problems: [] } : readDocuments(text, file)
}

/** What the documents of some files say as one cluster's objects. */
export function manifestsOf(files: readonly ReadDocuments[]): Manifests {
  const reader = new ManifestReader()
  for (const { documents, problems } of files) {
    const before = reader.problems.length
    reader.problems.push(...problems)
    for (const document of documents) reader.readObject(document, [])
    const ofFile = reader.problems.splice(before)
    reader.problems.push(...ofFile.sort((a, b) => a.line - b.line || a.column - b.column))
  }
  return reader
}

/** What to do with the objects of one kind. */
interface Kind {
  apiVersion: string
  /** Its objects are in no namespace. */
  ofCluster?: boolean
  read(reader: ManifestReader, document: SourceDocument, path: Path): void
}

class ManifestReader implements Manifests {
  readonly objects: KubernetesObjects = {
    services: [],
    slices: [],
    pods: [],
    deployments: [],
    serviceCIDRs: [],
  }
  readonly skipped: SkippedObject[] = []
  readonly problems: Problem[] = []
  readonly #places = new Map<object, { document: SourceDocument; path: Path }>()
  readonly #names = new Map<string, { document: SourceDocument; path: Path }>()

  problemWith(object: object, path: Path, message: string, options?: ProblemOptions): Problem | undefined {
    const place = this.#places.get(object)
    return place?.document.problemAt([...place.path, ...path], message, options)
  }

  /** Reads the object at `path`, and what is in it where it is a list. */
  readObject(document: SourceDocument, path: Path): void {
    const value = valueAt(document, path)
    const problem = (at: Path, message: string, options?: ProblemOptions) =>
      this.problems.push(document.problemAt([...path, ...at], message, options))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      problem([], 'not a Kubernetes object', { fix: 'an object has apiVersion, kind and metadata' })
      return
    }
    const { apiVersion, kind, items } = value as Record<string, unknown>
    if (typeof kind !== 'string' || typeof apiVersion !== 'string') {
      const [key, shown] = typeof kind === 'string' ? ['apiVersion', 'v1'] : ['kind', 'Service']
      problem([], `"${key}" is missing`, { on: 'key', fix: `add "${key}: ${shown}"` })
      return
    }
    if (kind.endsWith('List') && Array.isArray(items)) {
      for (const index of items.keys()) this.readObject(document, [...path, 'items', index])
      return
    }
    const known = own(kinds, kind)
    if (known?.apiVersion === apiVersion) known.read(this, document, path)
    else if (known !== undefined && groupOf(known.apiVersion) === groupOf(apiVersion)) {
      const fix = `write ${known.apiVersion}`
      problem(['apiVersion'], `${kind} of ${apiVersion} is not read`, { fix })
    } else {
      const meant = known === undefined ? nearest(kind, Object.keys(kinds)) : undefined
      if (meant !== undefined && groupOf(kinds[meant]?.apiVersion ?? '') === groupOf(apiVersion)) {
        problem(['kind'], `unknown kind "${kind}"`, { fix: `did you mean "${meant}"?` })
      } else this.#skip(document, path, 'it says nothing about service rules')
    }
  }

  /** Checks one object, and gives it to `keep` where it is right. */
  check<T extends { metadata: { name: string; namespace?: string | null | undefined } }>(
    document: SourceDocument,
    path: Path,
    schema: z.ZodType<T>,
    mistakesOf: (object: T) => readonly Mistake[],
    keep: (object: T) => object | readonly object[] | string,
  ): void {
    const { value, problems } = checkAgainst(schema, document, path)
    this.problems.push(...problems)
    if (value === undefined) return
    const mistakes = mistakesOf(value)
    for (const { path: inner, message, ...options } of mistakes) {
      this.problems.push(document.problemAt([...path, ...inner], message, options))
    }
    if (mistakes.length > 0 || this.#isTwice(document, path, value.metadata)) return
    const kept = keep(value)
    if (typeof kept === 'string') this.#skip(document, path, kept)
    else for (const object of [kept].flat()) this.#places.set(object, { document, path })
  }

  #isTwice(
    document: SourceDocument,
    path: Path,
    { name, namespace }: { name: string; namespace?: string | null | undefined },
  ): boolean {
    const kind = kindAt(document, path)
    const inNamespace = own(kinds, kind)?.ofCluster ? '' : `${namespace ?? 'default'}/`
    const what = `${kind} ${inNamespace}${name}`
    const first = this.#names.get(what)
    if (first === undefined) {
      this.#names.set(what, { document, path })
      return false
    }
    const there = `${first.document.file}:${first.document.lineAt([...first.path, 'metadata', 'name'])}`
    const message = `${what} is there already, in ${there}`
    this.problems.push(
      document.problemAt([...path, 'metadata', 'name'], message, { fix: 'rename or remove one' }),
    )
    return true
  }

  #skip(document: SourceDocument, path: Path, why: string): void {
    const { metadata } = valueAt(document, path) as { metadata?: { name?: unknown; namespace?: unknown } }
    const name = typeof metadata?.name === 'string' ? ` ${metadata.name}` : ''
    const what = `${kindAt(document, path)}${name}`
    this.skipped.push({ file: document.file, line: document.lineAt(path), what, why })
  }
}

const none = () => []

const kinds: Readonly<Record<string, Kind>> = {
  Service: {
    apiVersion: 'v1',
    read: (reader, document, path) =>
      reader.check(document, path, serviceObject, serviceMistakes, object =>
        added(reader.objects.services, readService(object)),
      ),
  },
  EndpointSlice: {
    apiVersion: 'discovery.k8s.io/v1',
    read: (reader, document, path) =>
      reader.check(document, path, endpointSliceObject, endpointSliceMistakes, object => {
        const slice = readEndpointSlice(object)
        if (slice !== undefined) return added(reader.objects.slices, slice)
        return object.addressType === 'FQDN'
          ? 'kube-proxy reads no endpoints that are names'
          : `it has no label ${serviceNameLabel}, so that it belongs to no service`
      }),
  },
  Endpoints: {
    apiVersion: 'v1',
    read: (reader, document, path) =>
      reader.check(document, path, endpointsObject, none, object => {
        const slices = readEndpoints(object)
        reader.objects.slices.push(...slices)
        return slices
      }),
  },
  ServiceCIDR: {
    apiVersion: 'networking.k8s.io/v1',
    ofCluster: true,
    read: (reader, document, path) =>
      reader.check(document, path, serviceCIDRObject, none, ({ metadata, spec }) => {
        reader.objects.serviceCIDRs.push(...spec.cidrs.map(cidr => cidr.trim()))
        return metadata
      }),
  },
  Pod: {
    apiVersion: 'v1',
    read: (reader, document, path) =>
      reader.check(document, path, podObject, none, object => added(reader.objects.pods, readPod(object))),
  },
  Deployment: {
    apiVersion: 'apps/v1',
    read: (reader, document, path) =>
      reader.check(document, path, deploymentObject, deploymentMistakes, object =>
        added(reader.objects.deployments, readDeployment(object)),
      ),
  },
}

function added<T>(list: T[], object: T): T {
  list.push(object)
  return object
}

function valueAt(document: SourceDocument, path: Path): unknown {
  return path.reduce<unknown>((outer, key) => (outer as Record<string, unknown>)[key], document.value)
}

function kindAt(document: SourceDocument, path: Path): string {
  return String((valueAt(document, path) as { kind?: unknown }).kind)
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}
