import type * as z from 'zod'
import { type KubernetesObjects, type WorkloadKind, workloadKinds } from '../../model/kubernetes.ts'
import type { Path, SourceDocument } from '../../text/document.ts'
import {
  endpointSliceMistakes,
  readEndpointSlice,
  readEndpoints,
  serviceNameLabel,
  whyNotMirrored,
  whyNotWatched,
} from './endpoints.ts'
import { endpointSliceObject, endpointsObject } from './endpoints-schema.ts'
import type { Mistake } from './fields.ts'
import { nodeMistakes, readNode } from './node.ts'
import { nodeObject } from './node-schema.ts'
import { type ObjectLike, proxyConfigText } from './proxy-config-map.ts'
import { readService } from './service.ts'
import { serviceCIDRObject } from './service-cidr-schema.ts'
import { serviceMistakes } from './service-mistakes.ts'
import { serviceObject } from './service-schema.ts'
import { readPod, readWorkload, workloadMistakes } from './workload.ts'
import { controllerObject, podObject, workloadObject } from './workload-schema.ts'

/** An object of a manifest: where it stands, and what it says that it is. */
export interface ManifestObject {
  document: SourceDocument
  path: Path
  kind: string
  apiVersion: string
}

/** What the kinds ask of the reader. */
export interface ObjectChecks {
  /** Those that have been read so far. */
  objects: KubernetesObjects
  /** Slices that come from Endpoints objects. */
  mirrored: Set<object>
  /** Checks an object, and gives it to `keep` where it is right, which says what became of it, or why it is left out. */
  check<T extends { metadata: { name: string; namespace?: string | null | undefined } }>(
    object: ManifestObject,
    schema: z.ZodType<T>,
    mistakesOf: (value: T) => readonly Mistake[],
    keep: (value: T) => object | readonly object[] | string,
  ): void
  /** Reads an object that is kube-proxy's settings. */
  readConfig(document: SourceDocument, path: Path): void
  /** Reads the documents of a text with kube-proxy's settings, which an object holds. */
  readConfigText(object: ManifestObject, text: string): void
  /** Counts an object as one that says nothing about services and pods. */
  passBy(object: Pick<ManifestObject, 'kind'>): void
  /** Leaves an object out. */
  skip(object: ManifestObject, why: string): void
}

/** What to do with the objects of one kind. */
interface Kind {
  /** The versions of the API in which it is read, the newest first. */
  versions: readonly string[]
  /** Its objects are in no namespace. */
  ofCluster?: boolean
  read(reader: ObjectChecks, object: ManifestObject): void
}

const none = () => []

const workloadVersions: Readonly<Record<WorkloadKind, readonly string[]>> = {
  Deployment: ['apps/v1', 'apps/v1beta2', 'apps/v1beta1', 'extensions/v1beta1'],
  StatefulSet: ['apps/v1', 'apps/v1beta2', 'apps/v1beta1'],
  DaemonSet: ['apps/v1', 'apps/v1beta2', 'extensions/v1beta1'],
  ReplicaSet: ['apps/v1', 'apps/v1beta2', 'extensions/v1beta1'],
  ReplicationController: ['v1'],
  Job: ['batch/v1'],
}

const workloads = Object.fromEntries(
  workloadKinds.map((kind): [WorkloadKind, Kind] => [
    kind,
    {
      versions: workloadVersions[kind],
      read: (reader, object) =>
        reader.check(
          object,
          kind === 'ReplicationController' ? controllerObject : workloadObject,
          workloadMistakes(kind, object.apiVersion),
          value => added(reader.objects.workloads, readWorkload(kind, value)),
        ),
    },
  ]),
)

/** The kinds that decide about services and their endpoints. */
export const kinds: Readonly<Record<string, Kind>> = {
  Service: {
    versions: ['v1'],
    read: (reader, object) =>
      reader.check(object, serviceObject, serviceMistakes, value =>
        added(reader.objects.services, readService(value)),
      ),
  },
  EndpointSlice: {
    versions: ['discovery.k8s.io/v1', 'discovery.k8s.io/v1beta1'],
    read: (reader, object) =>
      reader.check(object, endpointSliceObject, endpointSliceMistakes, value => {
        const why = whyNotWatched(value.metadata.labels ?? undefined)
        if (why !== undefined) return why
        const slice = readEndpointSlice(value)
        if (slice !== undefined) return added(reader.objects.slices, slice)
        return value.addressType === 'FQDN'
          ? 'kube-proxy reads no endpoints that are names'
          : `it has no label ${serviceNameLabel}, so that it belongs to no service`
      }),
  },
  Endpoints: {
    versions: ['v1'],
    read: (reader, object) =>
      reader.check(object, endpointsObject, none, value => {
        const why = whyNotMirrored(value.metadata)
        if (why !== undefined) return why
        const slices = readEndpoints(value)
        reader.objects.slices.push(...slices)
        for (const slice of slices) reader.mirrored.add(slice)
        return slices
      }),
  },
  ServiceCIDR: {
    versions: ['networking.k8s.io/v1', 'networking.k8s.io/v1beta1'],
    ofCluster: true,
    read: (reader, object) =>
      reader.check(object, serviceCIDRObject, none, ({ metadata, spec }) => {
        reader.objects.serviceCIDRs.push(...spec.cidrs.map(cidr => cidr.trim()))
        return metadata
      }),
  },
  Node: {
    versions: ['v1'],
    ofCluster: true,
    read: (reader, object) =>
      reader.check(object, nodeObject, nodeMistakes, value => added(reader.objects.nodes, readNode(value))),
  },
  KubeProxyConfiguration: {
    versions: ['kubeproxy.config.k8s.io/v1alpha1'],
    ofCluster: true,
    read: (reader, { document, path }) => reader.readConfig(document, path),
  },
  ConfigMap: {
    versions: ['v1'],
    read: (reader, object) => {
      const text = proxyConfigText(valueAt(object.document, object.path) as ObjectLike)
      if (text === undefined) reader.passBy(object)
      else reader.readConfigText(object, text)
    },
  },
  Pod: {
    versions: ['v1'],
    read: (reader, object) =>
      reader.check(object, podObject, none, value => added(reader.objects.pods, readPod(value))),
  },
  ...workloads,
  CronJob: {
    versions: ['batch/v1', 'batch/v1beta1'],
    read: (reader, object) =>
      reader.skip(object, 'its pods come and go by the clock, and here there is none'),
  },
  Kustomization: {
    versions: ['kustomize.config.k8s.io/v1beta1', 'kustomize.config.k8s.io/v1'],
    read: (reader, object) =>
      reader.skip(
        object,
        'it tells kustomize what to make of other files; "kubectl kustomize FOLDER" prints that, and "-" reads it from a pipe',
      ),
  },
}

/** What stands at a path of a document. */
export function valueAt(document: SourceDocument, path: Path): unknown {
  return path.reduce<unknown>((outer, key) => (outer as Record<string, unknown>)[key], document.value)
}

function added<T>(list: T[], object: T): T {
  list.push(object)
  return object
}
