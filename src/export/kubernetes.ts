import { stringify } from 'yaml'
import { shellLine } from '../command/command-line.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { isEverInMode } from '../model/proxy-modes.ts'
import { type Student, studentLabels } from './student-names.ts'
import { commentWords } from './yaml-text.ts'

/** A class: who is in it, and where it is to run. */
export interface Classroom {
  students: readonly string[]
  namespace: string
  image: string
  /** The lab as it is typed in the image: its name where it ships with netlab; left out: its files are handed on. */
  shipped?: string
  /** What else is typed behind the lab: `--lang zh`, `--limit memory=9G`. */
  words: readonly string[]
}

/** Bytes. */
const mebibyte = 1024 ** 2
/** MiB that netlab itself takes, beside the lab. */
const netlabsOwn = 256
/** Bytes that a ConfigMap holds at most (Kubernetes, "ConfigMaps"). */
const largestConfigMap = mebibyte
const labFolder = '/lab'
/** The label that tells students' Pods from those that try the cluster. */
const part = 'app.kubernetes.io/component'
/** The ordinary user of the image. */
const uid = 1000

/**
 * A class as Kubernetes' objects: a Pod for each student, who brings the lab up in it as on a machine of their own, and a Job that tries whether the
 * cluster carries them all. Throws NetlabError where no such Pod can have the lab.
 */
export function kubernetesClass(lab: Lab, classroom: Classroom): string {
  mustBeInPods(lab)
  const { namespace, shipped, words } = classroom
  const students = studentLabels(classroom.students)
  const file = basename(lab.sources[0]?.path ?? '')
  const typed = [shipped ?? `${labFolder}/${file}`, ...words]
  const name = lab.name.slice(0, 30).replace(/-+$/, '')
  const common: Common = {
    lab,
    classroom,
    name,
    labels: { 'app.kubernetes.io/name': 'netlab', 'app.kubernetes.io/instance': lab.name },
  }
  const documents = [
    {
      about: [
        'What a Pod of this class has to be allowed is beyond the standards "baseline" and "restricted".',
      ],
      object: namespaceOf(namespace),
    },
    {
      about: ['Nobody reaches these Pods, and they reach nobody. kubectl exec goes another way.'],
      object: policyOf(common),
    },
    ...(shipped === undefined ? [{ about: ["The lab's files."], object: filesOf(common) }] : []),
    ...students.map(student => ({
      about: [
        commentWords(student.name),
        execLine(namespace, podName(name, student), ['netlab', 'walk', ...typed]),
      ],
      object: studentPod(common, student),
    })),
    { about: jobWords(students.length), object: verifyJob(common, students.length, typed) },
  ]
  const text = documents.map(({ about, object }) => `${commented(about)}${yamlOf(object)}`)
  return [commented(header(common, students)), ...text].join('---\n')
}

/** What the objects of a class have in common. */
interface Common {
  lab: Lab
  classroom: Classroom
  /** Of the lab, short enough to stand before others. */
  name: string
  labels: Readonly<Record<string, string>>
}

function header(
  { lab, classroom: { namespace }, labels, name }: Common,
  students: readonly Student[],
): string[] {
  const selector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  const inNamespace = `kubectl --namespace ${namespace}`
  return [
    commentWords(lab.title),
    '',
    `netlab's lab ${lab.name} for ${students.length} student${students.length === 1 ? '' : 's'}. It needs Kubernetes 1.33 or newer, and the image where the nodes find it.`,
    `  kubectl apply --filename FILE`,
    `  ${inNamespace} wait --for=condition=complete --timeout=30m job/${jobName(name)}`,
    `  kubectl delete --filename FILE      takes everything away, with the namespace ${namespace} and all that is in it`,
    "Whether the students' own labs hold, when they have done it:",
    `  for pod in $(${inNamespace} get pods --selector ${selector},${part}=student --output name); do`,
    `    echo "$pod"; ${inNamespace} exec "$pod" -- netlab verify; done`,
    '',
    'What a Pod is allowed, and why (docs/export.md has what was tried):',
    '  hostUsers: false        its root is nobody on the node; a user namespace of the Pod',
    '  procMount: Unmasked     a lab has process numbers, and so a /proc, of its own: the kernel refuses one where parts of the old are covered',
    '  seccompProfile, appArmorProfile: Unconfined',
    "                          a lab is made of unshare, mount and pivot_root, which the runtimes' own profiles refuse",
    'All else is refused: it runs as an ordinary user without any capability, may gain none, and can write in its own /tmp and home only.',
  ]
}

function jobWords(count: number): string[] {
  return [
    `Does the cluster carry all ${count}? As many Pods like the students', at once: each brings the lab up, verifies it and takes it down.`,
    "It does not look into the students' own Pods: the lines on top do.",
  ]
}

function namespaceOf(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
  }
}

function policyOf({ classroom: { namespace }, name, labels }: Common): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `${name}-alone`, namespace, labels },
    spec: { podSelector: { matchLabels: labels }, policyTypes: ['Ingress', 'Egress'] },
  }
}

function filesOf({ lab, classroom: { namespace }, name, labels }: Common): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${name}-files`, namespace, labels },
    data: Object.fromEntries(lab.sources.map(({ text }, at) => [`file-${at}`, text])),
    immutable: true,
  }
}

function studentPod(common: Common, student: Student): object {
  const { name, labels, classroom } = common
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName(name, student),
      namespace: classroom.namespace,
      labels: { ...labels, [part]: 'student' },
      annotations: { 'netlab/student': student.name },
    },
    spec: podSpec(common, {
      restartPolicy: 'Always',
      // It ends when it is asked to, and waits for what labs leave behind.
      command: ['sh', '-c', "trap 'exit 0' TERM; while :; do sleep 86400 & wait $!; done"],
    }),
  }
}

function verifyJob(common: Common, completions: number, typed: readonly string[]): object {
  const { lab, name, labels, classroom } = common
  const own = { ...labels, [part]: 'verify' }
  // up stops at each task.
  const solved = lab.steps.flatMap(({ task }) => (task === undefined ? [] : [['task', 'solve']]))
  const script = [['up', ...typed], ...solved, ['verify'], ['down']]
    .map(argv => shellLine(['netlab', ...argv]))
    .join(' && ')
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: jobName(name), namespace: classroom.namespace, labels: own },
    spec: {
      completionMode: 'Indexed',
      completions,
      parallelism: completions,
      backoffLimitPerIndex: 1,
      activeDeadlineSeconds: 1800,
      ttlSecondsAfterFinished: 86_400,
      template: {
        metadata: { labels: own },
        spec: podSpec(common, { restartPolicy: 'Never', command: ['sh', '-c', script] }),
      },
    },
  }
}

/** What every Pod of a class is allowed, and may use. */
function podSpec(
  { lab, classroom: { image, shipped }, name }: Common,
  { restartPolicy, command }: { restartPolicy: 'Always' | 'Never'; command: readonly string[] },
): object {
  const files = shipped === undefined
  return {
    hostUsers: false,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy,
    terminationGracePeriodSeconds: 10,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: uid,
      runAsGroup: uid,
      fsGroup: uid,
      seccompProfile: { type: 'Unconfined' },
      appArmorProfile: { type: 'Unconfined' },
    },
    containers: [
      {
        name: 'netlab',
        image,
        imagePullPolicy: 'IfNotPresent',
        command,
        workingDir: '/home/node',
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          procMount: 'Unmasked',
          readOnlyRootFilesystem: true,
        },
        resources: {
          requests: { cpu: '250m', memory: `${netlabsOwn}Mi` },
          limits: {
            cpu: '2',
            memory: `${Math.ceil(lab.limits.memory / mebibyte) + netlabsOwn}Mi`,
            'ephemeral-storage': '512Mi',
          },
        },
        volumeMounts: [
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'home', mountPath: '/home/node' },
          ...(files ? [{ name: 'lab', mountPath: labFolder, readOnly: true }] : []),
        ],
      },
    ],
    volumes: [
      { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
      { name: 'home', emptyDir: { sizeLimit: '256Mi' } },
      ...(files ? [{ name: 'lab', configMap: { name: `${name}-files`, items: filePaths(lab) } }] : []),
    ],
  }
}

/** Where each file of a lab lies below its folder. */
function filePaths({ sources }: Lab): { key: string; path: string }[] {
  return sources.map(({ path }, at) => ({ key: `file-${at}`, path: at === 0 ? basename(path) : path }))
}

function podName(name: string, { label }: Student): string {
  return `${name}-${label}`
}

function jobName(name: string): string {
  return `${name}-verify-all`
}

function execLine(namespace: string, pod: string, argv: readonly string[]): string {
  return shellLine(['kubectl', '--namespace', namespace, 'exec', '--stdin', '--tty', pod, '--', ...argv])
}

/** Kubernetes reads YAML 1.1. */
function yamlOf(object: object): string {
  return stringify(object, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })
}

function commented(lines: readonly string[]): string {
  return lines.map(line => (line === '' ? '#\n' : `# ${line}\n`)).join('')
}

function mustBeInPods(lab: Lab): void {
  const refuse = (why: string, fix: string) => {
    throw new NetlabError({
      what: `${lab.name} cannot be given to a class in Pods`,
      why,
      fix,
      exitCode: exitCode.wrongInput,
    })
  }
  if (isEverInMode(lab, 'ebpf'))
    refuse(
      'only root of the machine may load programs into the kernel, and a Pod of a student is nobody there',
      'run it on a machine of your own, as root',
    )
  if (isEverInMode(lab, 'ipvs'))
    refuse(
      'the kernel has IPVS for root of the machine only, or in a virtual machine',
      `netlab up ${lab.name} --kernel debian-6.12, on a machine of your own`,
    )
  const bytes = lab.sources.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0)
  if (bytes > largestConfigMap * 0.9)
    refuse('its files are larger than a ConfigMap may be, 1 MiB', 'make an image that has them')
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
