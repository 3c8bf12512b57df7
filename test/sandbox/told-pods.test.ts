import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { PodState } from '../../src/sandbox/kubelet/pod-state.ts'
import { toldPods } from '../../src/sandbox/told-pods.ts'

const pods: PodState[] = [
  {
    ...{ pod: 'shop', processes: 'shared', restart: 'OnFailure', pause: { pid: 7, restarts: 1 } },
    containers: [
      { name: 'web', state: 'running', pid: 9, restarts: 2, exitCode: 137 },
      { name: 'side', state: 'waiting', restarts: 3, exitCode: 1, startsIn: 1500 },
      { name: 'job', state: 'ended', restarts: 0, exitCode: 0 },
    ],
  },
  { pod: 'gone', processes: 'own', restart: 'Never', pause: { restarts: 0 }, containers: [] },
]

it('reads what kubelet tells', () => {
  expect(toldPods(JSON.stringify(pods))).toEqual(pods)
})

it('believes nothing that makes no sense, since whatever listens in a lab may answer', () => {
  const [shop] = pods
  expect(toldPods('no JSON')).toEqual([])
  expect(toldPods('{"pod": "shop"}')).toEqual([])
  expect(toldPods(JSON.stringify([null, 7, { ...shop, processes: 'mine' }, { ...shop, pod: 7 }]))).toEqual([])
  const odd = {
    ...shop,
    pause: { pid: '7; reboot', restarts: -1 },
    containers: [{ name: 'web', state: 'flying' }],
  }
  expect(toldPods(JSON.stringify([odd]))).toEqual([{ ...shop, pause: { restarts: 0 }, containers: [] }])
})

it('takes any answer without a fault', () => {
  fc.assert(fc.property(fc.json(), answer => Array.isArray(toldPods(answer))))
})
