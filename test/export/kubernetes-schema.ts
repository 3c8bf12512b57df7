import { z } from 'zod'

// What Kubernetes' API (api/core/v1, batch/v1 and networking/v1, types.go, 1.33) demands of the fields that netlab writes; strict, so that no other field
// is written: kubectl refuses fields that the API does not know.

/** RFC 1123, as validation of names has it (apimachinery, validation.IsDNS1123Label). */
export const label = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
const quantity = z.string().regex(/^[1-9][0-9]*(m|Mi|Gi)?$/)
const labels = z.record(
  z.string().regex(/^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/),
  z.string().regex(/^(|[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)$/),
)

const profile = z.strictObject({ type: z.enum(['RuntimeDefault', 'Unconfined']) })

const container = z.strictObject({
  name: label,
  image: z.string().min(1),
  imagePullPolicy: z.enum(['IfNotPresent', 'Always', 'Never']),
  command: z.array(z.string()).min(1),
  workingDir: z.string(),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
    procMount: z.literal('Unmasked'),
    readOnlyRootFilesystem: z.literal(true),
  }),
  resources: z.strictObject({
    requests: z.strictObject({ cpu: quantity, memory: quantity }),
    limits: z.strictObject({ cpu: quantity, memory: quantity, 'ephemeral-storage': quantity }),
  }),
  volumeMounts: z.array(
    z.strictObject({ name: label, mountPath: z.string().regex(/^\//), readOnly: z.literal(true).optional() }),
  ),
})

const volume = z.union([
  z.strictObject({ name: label, emptyDir: z.strictObject({ sizeLimit: quantity }) }),
  z.strictObject({
    name: label,
    configMap: z.strictObject({
      name: label,
      items: z.array(
        z.strictObject({
          key: z.string().regex(/^[-._a-zA-Z0-9]+$/),
          // It may not leave the volume.
          path: z.string().regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$)).+$/),
        }),
      ),
    }),
  }),
])

const podSpec = z
  .strictObject({
    // procMount Unmasked is accepted with it alone (validation.go, validatePodSpec).
    hostUsers: z.literal(false),
    automountServiceAccountToken: z.literal(false),
    enableServiceLinks: z.literal(false),
    restartPolicy: z.enum(['Always', 'OnFailure', 'Never']),
    terminationGracePeriodSeconds: z.int().nonnegative(),
    securityContext: z.strictObject({
      runAsNonRoot: z.literal(true),
      runAsUser: z.int().positive(),
      runAsGroup: z.int().positive(),
      fsGroup: z.int().positive(),
      seccompProfile: profile,
      appArmorProfile: profile,
    }),
    containers: z.tuple([container]),
    volumes: z.array(volume),
  })
  .refine(({ containers, volumes }) =>
    containers[0].volumeMounts.every(({ name }) => volumes.some(each => each.name === name)),
  )

const metadata = { name: label, namespace: label, labels }

const object = z.discriminatedUnion('kind', [
  z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('Namespace'),
    metadata: z.strictObject({ name: label, labels }),
  }),
  z.strictObject({
    apiVersion: z.literal('networking.k8s.io/v1'),
    kind: z.literal('NetworkPolicy'),
    metadata: z.strictObject(metadata),
    spec: z.strictObject({
      podSelector: z.strictObject({ matchLabels: labels }),
      policyTypes: z.tuple([z.literal('Ingress'), z.literal('Egress')]),
    }),
  }),
  z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('ConfigMap'),
    metadata: z.strictObject(metadata),
    data: z.record(z.string().regex(/^[-._a-zA-Z0-9]+$/), z.string()),
    immutable: z.literal(true),
  }),
  z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('Pod'),
    metadata: z.strictObject({ ...metadata, annotations: z.record(z.string(), z.string()) }),
    spec: podSpec.refine(({ restartPolicy }) => restartPolicy === 'Always'),
  }),
  z.strictObject({
    apiVersion: z.literal('batch/v1'),
    kind: z.literal('Job'),
    metadata: z.strictObject(metadata),
    spec: z.strictObject({
      completionMode: z.literal('Indexed'),
      completions: z.int().positive(),
      parallelism: z.int().positive().max(100_000),
      // Only of an Indexed Job whose Pods are not started anew in place.
      backoffLimitPerIndex: z.int().nonnegative(),
      activeDeadlineSeconds: z.int().positive(),
      ttlSecondsAfterFinished: z.int().nonnegative(),
      template: z.strictObject({
        metadata: z.strictObject({ labels }),
        spec: podSpec.refine(({ restartPolicy }) => restartPolicy === 'Never'),
      }),
    }),
  }),
])

export type KubernetesObject = z.infer<typeof object>

/** Reads objects as kubectl does, each strictly. */
export const kubernetesObjects = z.array(object)
