import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { commandLine } from '../../src/command/command-line.ts'
import { podsDifference } from '../../src/plan/difference.ts'
import { planScript } from '../../src/plan/shell-script.ts'
import { labOf, planOf } from './lab-text.ts'

const lab = (more: string) => `name: lab
title: A lab
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  plain: {address: 10.0.0.11/24, containers: {a: {serve: 80}, b: {command: sleep 9}}}
  shop: {address: 10.0.0.12/24, containers: {web: {serve: [80, 81]}, side: {command: sh -c 'echo "a b"'}}${more}}
`
const linesOf = (more: string) =>
  planOf(lab(more))
    .steps.flatMap(({ actions }) => actions)
    .map(({ command }) => command)
    .filter(({ container }) => container !== undefined)
    .map(commandLine)

const plain = ['ip netns exec plain netlab serve 80 --name plain &', 'ip netns exec plain sleep 9 &']

describe('the programs of a pod', () => {
  it('are what they were, where nothing is said of pause, however many they are', () => {
    expect(linesOf('')).toEqual([
      ...plain,
      'ip netns exec shop netlab serve 80 81 --name shop &',
      `ip netns exec shop sh -c 'echo "a b"' &`,
    ])
    expect(linesOf(', pause: false')).toEqual(linesOf(''))
  })

  it('are containers that join pause, which starts before them', () => {
    expect(linesOf(', pause: true')).toEqual([
      ...plain,
      'sh /etc/pods/pause shop &',
      'sh /etc/pods/container shop web own netlab serve 80 81 --name shop &',
      `sh /etc/pods/container shop side own sh -c 'echo "a b"' &`,
    ])
  })

  it('share their process numbers where the pod says so', () => {
    expect(linesOf(', shareProcessNamespace: true').slice(3)).toEqual([
      'sh /etc/pods/container shop web shared netlab serve 80 81 --name shop &',
      `sh /etc/pods/container shop side shared sh -c 'echo "a b"' &`,
    ])
  })
})

describe('the printed script of a pod with pause', () => {
  const text = planScript(planOf(lab(', pause: true')))

  it('waits until one can join, takes netlab from where it is told, and is valid', async () => {
    expect(text).toContain(`
sh /etc/pods/pause shop > /dev/null 2>&1 &
timeout 60 sh -c 'until [ -s "$0" ]; do sleep 0.1; done' /run/pods/shop/pause.pid
sh /etc/pods/container shop web own "\${NETLAB:-netlab}" serve 80 81 --name shop > /dev/null 2>&1 &
timeout 60 sh -c 'until [ -s "$0" ]; do sleep 0.1; done' /run/pods/shop/web.pid
sh /etc/pods/container shop side own sh -c 'echo "a b"' > /dev/null 2>&1 &
`)
    expect(await execa('sh', ['-n'], { input: text, reject: false })).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
  })

  it('ends the pod in its teardown with the one signal that process 1 of a PID namespace heeds, once', () => {
    const end =
      'rm -rf /run/pods/shop; rmdir --ignore-fail-on-non-empty /run/pods; ip netns pids shop | xargs -r kill -KILL || :'
    expect(text.split(end)).toHaveLength(2)
  })

  it('has scripts that a POSIX shell takes', async () => {
    const scripts = [...text.matchAll(/^tee \/etc\/pods\/\w+ >\/dev\/null <<'END'\n([\s\S]*?)^END$/gm)]
    expect(scripts).toHaveLength(3)
    for (const [, script = ''] of scripts)
      expect(await execa('sh', ['-n'], { input: script, reject: false })).toMatchObject({ exitCode: 0 })
  })
})

describe('what a lab file says of pause', () => {
  const pauseOf = (more: string) => labOf(lab(more)).pods[1]?.pause

  it('is filled in with the defaults of Kubernetes, and each of its fields asks for pause', () => {
    expect(pauseOf(', pause: true')).toEqual({ shareProcessNamespace: false, restartPolicy: 'Always' })
    expect(pauseOf(', restartPolicy: Never')).toEqual({
      shareProcessNamespace: false,
      restartPolicy: 'Never',
    })
    expect(pauseOf(', shareProcessNamespace: true')).toEqual({
      ...{ shareProcessNamespace: true, restartPolicy: 'Always' },
    })
    expect(pauseOf('')).toBeUndefined()
  })

  it.each([
    ['', ', pause: true', 'pause none → Always, processes apart'],
    [', pause: true', ', restartPolicy: Never', 'pause Always, processes apart → Never, processes apart'],
    [
      ', pause: true',
      ', shareProcessNamespace: true',
      'pause Always, processes apart → Always, processes shared',
    ],
  ])('is a reason to start a pod anew where "%s" becomes "%s"', (before, after, words) => {
    const { changes, restarted } = podsDifference(labOf(lab(before)).pods, labOf(lab(after)).pods)
    expect(changes).toEqual([{ kind: 'pod', name: 'shop', change: 'restarted', details: [words] }])
    expect(restarted.map(({ name }) => name)).toEqual(['shop'])
  })
})
