import { expect, it } from 'vitest'
import { processesByPod } from '../../src/sandbox/pod-processes.ts'

it('sorts processes by the pod in whose network namespace they are, and never takes process 1 for a program of a pod', () => {
  const listed = [
    '4026532001 /proc/1/ns/net',
    '4026532100 /proc/7/ns/net',
    '4026532100 /proc/9/ns/net',
    '4026532200 /proc/12/ns/net',
    '4026532001 /proc/20/ns/net',
    '4026532100 /run/netns/a',
    '4026532200 /run/netns/b c',
    '4026532001 /run/netns/named-after-the-host',
    '',
  ].join('\n')
  expect([...processesByPod(listed, ['a', 'b c', 'named-after-the-host', 'gone'])]).toEqual([
    ['a', [7, 9]],
    ['b c', [12]],
    ['named-after-the-host', [20]],
  ])
})
