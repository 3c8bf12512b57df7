import { expect, it } from 'vitest'
import type { LabStatus } from '../../src/run/report.ts'
import type { PodState } from '../../src/sandbox/kubelet/pod-state.ts'
import { renderDown } from '../../src/view/down-line.ts'
import { renderLabList, renderStatus } from '../../src/view/lab-list.ts'
import { built, plain } from './fixtures.ts'

const now = Date.parse('2025-03-01T12:00:00Z')
const up: LabStatus = {
  lab: 'clusterip',
  state: 'up',
  pid: 4711,
  pods: 2,
  nodes: 0,
  machines: 0,
  since: '2025-03-01T11:57:30Z',
}
const gone: LabStatus = {
  lab: 'b',
  state: 'gone',
  pid: 12,
  pods: 10,
  nodes: 0,
  machines: 0,
  since: '2025-03-01T09:00:00Z',
}

it('lists labs, and tells how to sweep dead ones', () => {
  expect(renderLabList(plain(80), [up, gone], now)).toMatchInlineSnapshot(`
    "clusterip  up     2 pods  for 2 min 30 s  pid 4711
    b          gone  10 pods  for 3 h 0 min

    b died; sweep with: netlab down --all
    "
  `)
  expect(renderLabList(plain(40), [up], now)).toMatchInlineSnapshot(`
    "clusterip  up  2 pods  for 2 min 30 s
      pid 4711
    "
  `)
  expect(renderLabList(plain(80), [], now)).toBe('no lab is running\n')
})

it('shows one lab with its pods, services and steps', () => {
  expect(renderStatus(plain(80), up, { ...built, containers: [] }, now)).toMatchInlineSnapshot(`
    "clusterip is up, for 2 min 30 s (pid 4711)

    pods
      netns_011  10.0.0.11  server
      netns_021  10.0.0.21  server, log

    outside
      client  192.0.2.10

    services
      default/http-server  10.100.100.100:8080  netns_011 and netns_021

    steps
      1  Forwarding
      2  Two pods on a bridge
      3  Reach each pod directly
      4  A virtual IP with one DNAT rule
    "
  `)
})

it('says of a lesson under way that it is one, and where it is', () => {
  const task = { hints: 2, solved: false, reached: false }
  const lesson: LabStatus = {
    ...up,
    ...{ state: 'starting', lesson: 4700, progress: { steps: 5, of: 7, task } },
  }
  const [first, second] = renderStatus(plain(80), lesson, { ...built, containers: [] }, now).split('\n')
  expect(first).toBe('a lesson of clusterip is under way (process 4700), for 2 min 30 s (pid 4711)')
  expect(second).toBe('step 5 of 7, its task is open (2 hints given)')
  expect(renderLabList(plain(80), [lesson], now)).toContain('clusterip  lesson  2 pods')

  const { lesson: _, progress: __, ...starting } = lesson
  expect(renderStatus(plain(80), starting, { ...built, containers: [] }, now)).toContain(
    'clusterip is starting',
  )
})

it('shows pause and the containers that netlab starts again, and says where nobody does', () => {
  const containers: PodState[] = [
    {
      ...{ pod: 'netns_021', processes: 'own', restart: 'Always', pause: { pid: 31, restarts: 1 } },
      containers: [
        { name: 'server', state: 'running', pid: 40, restarts: 0 },
        { name: 'log', state: 'waiting', restarts: 3, exitCode: 137, startsIn: 3100 },
        { name: 'job', state: 'ended', restarts: 1, exitCode: 0 },
      ],
    },
  ]
  expect(sectionOf(renderStatus(plain(80), up, { ...built, containers }, now))).toMatchInlineSnapshot(`
    "
    containers
      netns_021/pause   runs           pid 31  restarted once
      netns_021/server  runs           pid 40
      netns_021/log     starts in 4 s          restarted 3 times, last exit code 137
      netns_021/job     has ended              restarted once, last exit code 0
    "
  `)
  expect(
    sectionOf(renderStatus(plain(60), up, { ...built, containers: undefined }, now)),
  ).toMatchInlineSnapshot(`
    "
    netlab's kubelet has ended: containers that end are not
      started again. netlab pod start POD --lab clusterip brings
      it back, and starts that pod anew
    "
  `)
})

it('shows a pod that nobody starts again any more, but none that was ended', () => {
  const pause = { shareProcessNamespace: false, restartPolicy: 'Always' } as const
  const lab = { ...built.lab, pods: built.lab.pods.map(pod => ({ ...pod, pause })) }
  const condition = { ...built.condition, ended: { netns_011: 'killed' } as const }
  const screen = renderStatus(plain(80), up, { ...built, lab, condition, containers: [] }, now)
  const dead = renderStatus(
    plain(80),
    { ...up, state: 'gone' },
    { ...built, lab, condition, containers: [] },
    now,
  )
  expect(dead).not.toContain('containers')
  expect(sectionOf(screen)).toMatchInlineSnapshot(`
    "
    containers
      netns_021  unattended
        netlab pod start netns_021 --lab clusterip starts it anew
    "
  `)
})

/** What stands between the pods and the machines outside. */
function sectionOf(screen: string): string {
  return screen.slice(screen.indexOf('server, log\n') + 'server, log\n'.length, screen.indexOf('\noutside'))
}

it('tells what went down', () => {
  const counts = { pods: 2, nodes: 0, machines: 0, links: 5, rules: 21 }
  expect(
    renderDown(plain(80), [
      { lab: 'clusterip', found: true, wasRunning: true, ...counts },
      { lab: 'dead', found: true, wasRunning: false, ...counts, links: 0, rules: 0 },
      { lab: 'absent', found: true, wasRunning: false, pods: 0, nodes: 0, machines: 0, links: 0, rules: 0 },
    ]),
  ).toMatchInlineSnapshot(`
    "clusterip is down: 2 pods, 5 links, 21 rules went with it; nothing is left
    dead had died before, and 2 pods with it; nothing is left
    absent was not running; nothing is left
    "
  `)
  expect(renderDown(plain(80), [])).toBe('no lab is running; nothing to take down\n')
})
