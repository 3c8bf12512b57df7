import { expect, it } from 'vitest'
import { renderListJson, renderUpJson, renderVerifyJson } from '../../src/view/json.ts'
import { renderPlanJson } from '../../src/view/told-lab.ts'
import { action, built, failedCheck, plan, sample, step, stepResult } from './fixtures.ts'

it('gives up, verify and list the keys that scripts rely on', () => {
  const up = {
    lab: 'x',
    ok: true,
    ms: 1094.04,
    pods: 2,
    nodes: 0,
    machines: 0,
    services: [],
    steps: [stepResult(0)],
  }
  expect(JSON.parse(renderUpJson(up))).toEqual({
    lab: 'x',
    ok: true,
    steps: [{ title: 'Forwarding', ok: true, ms: 12.2, commands: 1 }],
    ms: 1094,
  })
  expect(
    JSON.parse(
      renderVerifyJson({
        lab: 'x',
        ok: false,
        checks: [{ ...failedCheck, means: 'It is closed.' }],
        services: [sample('host', 1, 2)],
      }),
    ),
  ).toEqual({
    lab: 'x',
    ok: false,
    checks: [
      {
        step: 'A virtual IP with one DNAT rule',
        from: 'netns_011',
        target: '10.100.100.100:8080',
        expected: 'netns_011 answers',
        observed: 'timed out after 0.5 s',
        ok: false,
        means: 'It is closed.',
      },
    ],
    services: [
      {
        service: 'default/http-server',
        port: 8080,
        clusterIP: '10.100.100.100',
        portName: '',
        protocol: 'TCP',
        kind: 'cluster IP',
        target: '10.100.100.100:8080',
        expected: 'spread',
        seenClients: [],
        from: 'host',
        requests: 1000,
        failed: 0,
        backends: { netns_011: 1, netns_021: 2 },
        expectedShare: { netns_011: 0.5, netns_021: 0.5 },
        pValue: 0.57,
        latency: { p50: 0.31, p99: 1.1 },
        ok: true,
      },
    ],
  })
  const status = {
    lab: 'x',
    state: 'up',
    pid: 1,
    pods: 2,
    nodes: 0,
    machines: 0,
    since: '2025-03-01T12:00:00Z',
  } as const
  const { machines: _, nodes: __, ...fixed } = status
  const many = { ...status, pods: 0, nodes: 2, machines: 3 }
  expect(JSON.parse(renderListJson([status, many]))).toEqual([fixed, many])
})

it('leaves to views what a lesson folds and explains', () => {
  const told = { ...action('ip link'), explain: 'what it is for', fold: 'what it belongs to' }
  const json = renderPlanJson({ ...built, plan: { ...plan, steps: [step('Look', [told])] } })
  expect(JSON.parse(json)).toMatchObject({ steps: [{ title: 'Look' }] })
  expect(JSON.parse(json).steps[0].actions).toEqual([
    { command: { argv: ['ip', 'link'], in: 'host' }, undo: [] },
  ])
})
