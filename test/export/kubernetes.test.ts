import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { kubernetesClass } from '../../src/export/kubernetes.ts'
import { loadLab } from '../../src/read/load-lab.ts'
import { findLab, shippedLabs } from '../../src/read/load-shipped.ts'
import { labOf } from '../plan/lab-text.ts'
import { type KubernetesObject, kubernetesObjects } from './kubernetes-schema.ts'

const students = ['Anna Lee', '王小明', '李雷']

const classroom = { students, namespace: 'netlab', image: 'netlab:1', words: [] }

const textOf = (lab: string, more: object = {}) =>
  kubernetesClass(loadLab(findLab(lab)), { ...classroom, shipped: lab, ...more })

function readObjects(text: string): KubernetesObject[] {
  const documents = parseAllDocuments(text, { version: '1.1' })
  const values = documents.map(document => {
    expect(document.errors).toEqual([])
    return document.toJS() as unknown
  })
  return kubernetesObjects.parse(values.filter(value => value !== null))
}

const kindsIn = (text: string) => readObjects(text).map(({ kind }) => kind)

describe('a class on Kubernetes', () => {
  const others = ['ebpf-mode', 'ipvs-mode']

  it.each(shippedLabs().filter(lab => !others.includes(lab)))('with %s is what the API demands', lab => {
    const { length } = students
    const pods = Array.from({ length }, () => 'Pod')
    expect(kindsIn(textOf(lab))).toEqual(['Namespace', 'NetworkPolicy', ...pods, 'Job'])
  })

  it.each(others)('with %s is refused: a Pod of a student is not root of its node', lab => {
    expect(() => textOf(lab)).toThrow(
      expect.objectContaining({ message: `${lab} cannot be given to a class in Pods`, exitCode: 2 }),
    )
  })

  it('has a Pod for each student, whom it names, with the line that leads in', () => {
    const text = textOf('two-pods')
    const pods = readObjects(text).filter(each => each.kind === 'Pod')
    expect(pods.map(({ metadata }) => metadata.annotations['netlab/student'])).toEqual(students)
    for (const { metadata } of pods)
      expect(text).toContain(
        `kubectl --namespace netlab exec --stdin --tty ${metadata.name} -- netlab walk two-pods\n`,
      )
  })

  it("tries as many Pods as there are students, under the same limits and with the same rights as the students' own", () => {
    const objects = readObjects(textOf('two-pods'))
    const pod = objects.find(each => each.kind === 'Pod')
    const job = objects.find(each => each.kind === 'Job')
    expect(job?.spec).toMatchObject({ completions: 3, parallelism: 3 })
    const { containers, restartPolicy, ...rights } = job!.spec.template.spec
    expect(pod?.spec).toMatchObject(rights)
    const { command, ...container } = containers[0]
    expect(pod?.spec.containers[0]).toMatchObject(container)
    expect(command).toEqual(['sh', '-c', 'netlab up two-pods && netlab verify && netlab down'])
    expect(restartPolicy).toBe('Never')
  })

  it("lets a Pod have the memory that the lab may use, and netlab's own", () => {
    const memoryOf = (memory: number) => {
      const lab = loadLab(findLab('two-pods'))
      const text = kubernetesClass({ ...lab, limits: { ...lab.limits, memory } }, classroom)
      const pod = readObjects(text).find(each => each.kind === 'Pod')
      return pod?.spec.containers[0].resources.limits.memory
    }
    expect(memoryOf(2 * 1024 ** 3)).toBe('2304Mi')
    expect(memoryOf(128 * 1024 ** 2)).toBe('384Mi')
  })

  it('hands on the files of a lab that does not ship, where the lab looks for them', () => {
    const objects = readObjects(textOf('clusterip', { shipped: undefined, words: ['--limit', 'memory=9G'] }))
    const lab = loadLab(findLab('clusterip'))
    const files = objects.find(each => each.kind === 'ConfigMap')
    expect(Object.values(files?.data ?? {})).toEqual(lab.sources.map(({ text }) => text))
    const pod = objects.find(each => each.kind === 'Pod')
    expect(pod?.spec.volumes).toContainEqual({
      name: 'lab',
      configMap: {
        name: 'clusterip-files',
        items: [
          { key: 'file-0', path: 'clusterip.yaml' },
          { key: 'file-1', path: 'http-server.service.yaml' },
        ],
      },
    })
    const job = objects.find(each => each.kind === 'Job')
    expect(job?.spec.template.spec.containers[0].command[2]).toContain(
      'netlab up /lab/clusterip.yaml --limit memory=9G &&',
    )
  })

  it('solves the tasks of a lab where it tries the cluster, and leaves them to the students', () => {
    const lab = labOf(`
name: tasks
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: {address: 10.0.0.11/24, serve: 80}}
steps:
  - title: Mend it
    task: The host is to reach a.
    goal: [{curl: 10.0.0.11, expect: {backend: a}}]
    start: [{run: ip link set eth0 down, in: a}]
    hints: [Ask a for its links.]
    solution: [{run: ip link set eth0 up, in: a}]
`)
    const text = kubernetesClass(lab, { ...classroom, words: ['--lang', 'zh'] })
    const job = readObjects(text).find(each => each.kind === 'Job')
    expect(job?.spec.template.spec.containers[0].command[2]).toBe(
      'netlab up /lab/lab.yaml --lang zh && netlab task solve && netlab verify && netlab down',
    )
    expect(text).toContain(' -- netlab walk /lab/lab.yaml --lang zh\n')
  })

  it('keeps a name that would be more than a name in its place', () => {
    const names = ['a: b # c\u2028kind: Pod', '"quoted" ---', '- x', 'yes']
    const objects = readObjects(textOf('two-pods', { students: names }))
    const pods = objects.filter(each => each.kind === 'Pod')
    expect(pods.map(({ metadata }) => metadata.annotations['netlab/student'])).toEqual(names)
  })
})
