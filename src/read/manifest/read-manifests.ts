import type * as z from 'zod'
import { own } from '../../command/own.ts'
import { type KubernetesObjects, serviceOf } from '../../model/kubernetes.ts'
import type { SourceFile } from '../../model/lab.ts'
import { nearest } from '../../text/did-you-mean.ts'
import type { Path, ProblemOptions, ReadDocuments, SourceDocument } from '../../text/document.ts'
import type { Problem } from '../../text/problem.ts'
import { type ProxyConfig, readProxyConfig } from '../proxy-config.ts'
import { checkAgainst } from '../understand.ts'
import type { Mistake } from './fields.ts'
import { kinds, type ManifestObject, type ObjectChecks, valueAt } from './kinds.ts'
import { asTemplate, isInTemplate, manifestDocuments } from './manifest-text.ts'
import { proxyConfigDocuments } from './proxy-config-documents.ts'
import type { ObjectLike } from './proxy-config-map.ts'

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
  /** kube-proxy's settings, in files of their own or in the ConfigMap of kubeadm. */
  proxyConfigs: readonly ProxyConfig[]
  /** Mistakes in kube-proxy's settings: only who goes by those settings tells them. */
  proxyProblems: readonly Problem[]
  skipped: SkippedObject[]
  /** How many objects there are of each kind that says nothing about services and pods. */
  otherKinds: ReadonlyMap<string, number>
  /** All other mistakes; with any, `objects` lacks what they are in. */
  problems: Problem[]
  /** A problem with one of the services, slices, pods or workloads, at a path inside its manifest. */
  problemWith(object: object, path: Path, message: string, options?: ProblemOptions): Problem | undefined
}

/** Reads one file of Kubernetes manifests: YAML or JSON, several documents, lists. */
export function readManifests(text: string, file: string): Manifests {
  return readManifestFiles([{ text, path: file }])
}

/**
 * Reads several files of Kubernetes manifests as one cluster's objects; those of `older` ones count where no other of their kind and name
 * has come since.
 */
export function readManifestFiles(
  sources: readonly SourceFile[],
  ...older: readonly (readonly SourceFile[])[]
): Manifests {
  const documents = (some: readonly SourceFile[]) =>
    some.map(({ text, path }) => manifestDocuments(text, path))
  return manifestsOf(documents(sources), ...older.map(documents))
}

/** The kinds that say nothing to a lab: it has nodes and settings of its own. */
export function otherKindsOfLab({
  otherKinds,
  objects,
  proxyConfigs,
}: Manifests): ReadonlyMap<string, number> {
  const own = new Map([
    ['Node', objects.nodes.length],
    ['KubeProxyConfiguration', proxyConfigs.length],
  ])
  return new Map([...otherKinds, ...[...own].filter(([, count]) => count > 0)])
}

/** What the documents of some files say as one cluster's objects. */
export function manifestsOf(
  files: readonly ReadDocuments[],
  ...older: readonly (readonly ReadDocuments[])[]
): Manifests {
  const reader = new ManifestReader()
  for (const some of [files, ...older]) {
    reader.begin()
    readFiles(reader, some)
  }
  reader.preferSlices()
  return reader
}

function readFiles(reader: ManifestReader, files: readonly ReadDocuments[]): void {
  for (const { documents, problems } of files) {
    const before = reader.problems.length
    reader.problems.push(...problems)
    for (const document of documents) reader.readObject(document, [])
    const ofFile = reader.problems.splice(before).sort((a, b) => a.line - b.line || a.column - b.column)
    const [document] = documents
    reader.problems.push(
      ...(document !== undefined && ofFile.some(isInTemplate)
        ? asTemplate(document.text, document.file, ofFile)
        : ofFile),
    )
  }
}

class ManifestReader implements Manifests, ObjectChecks {
  readonly objects: KubernetesObjects = {
    services: [],
    slices: [],
    pods: [],
    workloads: [],
    nodes: [],
    serviceCIDRs: [],
  }
  readonly proxyConfigs: ProxyConfig[] = []
  readonly proxyProblems: Problem[] = []
  readonly skipped: SkippedObject[] = []
  readonly otherKinds = new Map<string, number>()
  readonly problems: Problem[] = []
  readonly mirrored = new Set<object>()
  readonly #places = new Map<object, { document: SourceDocument; path: Path }>()
  readonly #names = new Map<string, { document: SourceDocument; path: Path }>()
  /** Names of what is in newer files than those that are being read. */
  #newer: ReadonlySet<string> = new Set()

  /** Begins with files that are older than all before. */
  begin(): void {
    this.#newer = new Set(this.#names.keys())
  }

  problemWith(object: object, path: Path, message: string, options?: ProblemOptions): Problem | undefined {
    const place = this.#places.get(object)
    return place?.document.problemAt([...place.path, ...path], message, options)
  }

  /** Where there are EndpointSlices of a service, its Endpoints object says nothing new. */
  preferSlices(): void {
    const { objects, mirrored } = this
    const sliced = new Set(objects.slices.filter(slice => !mirrored.has(slice)).map(serviceOf))
    objects.slices = objects.slices.filter(slice => !mirrored.has(slice) || !sliced.has(serviceOf(slice)))
  }

  /** Reads the object at `path`, and what is in it where it is a list, whose items may leave out what they are. */
  readObject(document: SourceDocument, path: Path, listed?: { apiVersion: string; kind: string }): void {
    const value = valueAt(document, path)
    const problem = (at: Path, message: string, options?: ProblemOptions) =>
      this.problems.push(document.problemAt([...path, ...at], message, options))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      problem([], 'not a Kubernetes object', { fix: 'an object has apiVersion, kind and metadata' })
      return
    }
    const said = isKustomization(value, document.file) ? kustomization : listed
    const { apiVersion, kind, items } = { ...said, ...value } as Record<string, unknown>
    if (typeof kind !== 'string' || typeof apiVersion !== 'string') {
      const [newest = 'v1'] = (typeof kind === 'string' && own(kinds, kind)?.versions) || []
      const [key, shown] = typeof kind === 'string' ? ['apiVersion', newest] : ['kind', 'Service']
      problem([], `"${key}" is missing`, { on: 'key', fix: `add "${key}: ${shown}"` })
      return
    }
    if (kind.endsWith('List') && Array.isArray(items)) {
      const item = kind === 'List' ? undefined : { apiVersion, kind: kind.slice(0, -'List'.length) }
      for (const index of items.keys()) this.readObject(document, [...path, 'items', index], item)
      return
    }
    const object = { document, path, kind, apiVersion }
    const known = own(kinds, kind)
    const [newest = ''] = known?.versions ?? []
    if (known?.versions.includes(apiVersion)) known.read(this, object)
    else if (known !== undefined && groupOf(newest) === groupOf(apiVersion)) {
      problem(['apiVersion'], `${kind} of ${apiVersion} is not read`, { fix: `write ${newest}` })
    } else {
      const meant = known === undefined ? nearest(kind, Object.keys(kinds)) : undefined
      if (meant !== undefined && groupOf(kinds[meant]?.versions[0] ?? '') === groupOf(apiVersion)) {
        problem(['kind'], `unknown kind "${kind}"`, { fix: `did you mean "${meant}"?` })
      } else this.passBy(object)
    }
  }

  passBy({ kind }: Pick<ManifestObject, 'kind'>): void {
    this.otherKinds.set(kind, (this.otherKinds.get(kind) ?? 0) + 1)
  }

  readConfig(document: SourceDocument, path: Path): void {
    const { config, problems } = readProxyConfig(document, path)
    this.proxyProblems.push(...problems)
    if (config === undefined) this.passBy({ kind: 'KubeProxyConfiguration' })
    else this.proxyConfigs.push(config)
  }

  readConfigText(object: ManifestObject, text: string): void {
    const { documents, problems } = proxyConfigDocuments(object.document, object.path, text)
    this.proxyProblems.push(...problems)
    if (problems.length > 0) this.passBy(object)
    for (const inner of documents) {
      const { apiVersion, kind } = Object(inner.value) as ObjectLike
      const [version = ''] = kinds.KubeProxyConfiguration!.versions
      if (kind === 'KubeProxyConfiguration' && apiVersion === version) this.readConfig(inner, [])
      else {
        const fix = `it has "apiVersion: ${version}" and "kind: KubeProxyConfiguration"`
        this.proxyProblems.push(inner.problemAt([], 'this is no KubeProxyConfiguration', { fix }))
        this.passBy(object)
      }
    }
  }

  /** Checks one object, and gives it to `keep` where it is right. */
  check<T extends { metadata: { name: string; namespace?: string | null | undefined } }>(
    object: ManifestObject,
    schema: z.ZodType<T>,
    mistakesOf: (value: T) => readonly Mistake[],
    keep: (value: T) => object | readonly object[] | string,
  ): void {
    const { document, path } = object
    const { value, problems } = checkAgainst(schema, document, path)
    this.problems.push(...problems)
    if (value === undefined) return
    const mistakes = mistakesOf(value)
    for (const { path: inner, message, ...options } of mistakes) {
      this.problems.push(document.problemAt([...path, ...inner], message, options))
    }
    if (mistakes.length > 0 || this.#isTwice(object, value.metadata)) return
    const kept = keep(value)
    if (typeof kept === 'string') this.skip(object, kept)
    else for (const one of [kept].flat()) this.#places.set(one, { document, path })
  }

  #isTwice(
    { document, path, kind }: ManifestObject,
    { name, namespace }: { name: string; namespace?: string | null | undefined },
  ): boolean {
    const inNamespace = own(kinds, kind)?.ofCluster ? '' : `${namespace ?? 'default'}/`
    const what = `${kind} ${inNamespace}${name}`
    if (this.#newer.has(what)) return true
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

  skip({ document, path, kind }: ManifestObject, why: string): void {
    const { metadata } = valueAt(document, path) as { metadata?: { name?: unknown } }
    const name = typeof metadata?.name === 'string' ? ` ${metadata.name}` : ''
    this.skipped.push({ file: document.file, line: document.lineAt(path), what: `${kind}${name}`, why })
  }
}

const kustomization = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' }

/** kustomize knows its file by its name: what it is may be left out. */
function isKustomization(value: object, file: string): boolean {
  return !('kind' in value) && /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(file)
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}
