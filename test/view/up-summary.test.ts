import { expect, it } from 'vitest'
import type { UpReport } from '../../src/run/report.ts'
import { renderUpSummary } from '../../src/view/up-summary.ts'
import { built, coloured, plain, plan, stepResult } from './fixtures.ts'

const report: UpReport = {
  lab: 'clusterip',
  ok: true,
  ms: 1094,
  steps: [0, 1, 2, 3].map(index => stepResult(index)),
  pods: 2,
  nodes: 0,
  machines: 0,
  services: ['10.100.100.100:8080'],
}

it('tells what stands and what to try', () => {
  expect(renderUpSummary(plain(120), report, built, false)).toMatchInlineSnapshot(`
    "clusterip is up: 2 pods, 1 service (10.100.100.100:8080), 4 steps verified in 1.1 s
    Try:  netlab verify · netlab trace netns_011 10.100.100.100:8080 · netlab view · netlab shell
          netlab exec --in netns_011 -- curl 10.100.100.100:8080 · netlab down
    "
  `)
})

it('folds in 80 and in 40 columns', () => {
  expect(renderUpSummary(plain(80), report, built, false)).toMatchInlineSnapshot(`
    "clusterip is up: 2 pods, 1 service (10.100.100.100:8080), 4 steps verified in
      1.1 s
    Try:  netlab verify · netlab trace netns_011 10.100.100.100:8080 · netlab view
          netlab shell · netlab exec --in netns_011 -- curl 10.100.100.100:8080
          netlab down
    "
  `)
  expect(renderUpSummary(plain(40), report, built, false)).toMatchInlineSnapshot(`
    "clusterip is up: 2 pods, 1 service
      (10.100.100.100:8080), 4 steps
      verified in 1.1 s
    Try:  netlab verify
          netlab trace netns_011 10.100.100.100:8080
          netlab view · netlab shell
          netlab exec --in netns_011 -- curl 10.100.100.100:8080
          netlab down
    "
  `)
})

it('names the lab in its commands where several run', () => {
  expect(renderUpSummary(plain(120), report, built, true)).toMatchInlineSnapshot(`
    "clusterip is up: 2 pods, 1 service (10.100.100.100:8080), 4 steps verified in 1.1 s
    Try:  netlab verify clusterip · netlab trace clusterip netns_011 10.100.100.100:8080 · netlab view clusterip
          netlab shell clusterip · netlab exec clusterip --in netns_011 -- curl 10.100.100.100:8080 · netlab down clusterip
    "
  `)
})

it('tries what a check has tried where there is no service', () => {
  const without = { ...built, services: [], plan: { ...plan, steps: plan.steps.slice(0, 3) } }
  expect(renderUpSummary(plain(120), { ...report, services: [] }, without, false)).toMatchInlineSnapshot(`
    "clusterip is up: 2 pods, 4 steps verified in 1.1 s
    Try:  netlab verify · netlab trace host 10.0.0.11:8080 · netlab view · netlab shell · netlab exec -- curl 10.0.0.11:8080
          netlab down
    "
  `)
})

it('has colours', () => {
  expect(renderUpSummary(coloured(120), report, built, false)).toMatchInlineSnapshot(`
    "[32m[1mclusterip[22m[39m is up: 2 pods, 1 service (10.100.100.100:8080), 4 steps verified in 1.1 s
    Try:  [36mnetlab verify[39m · [36mnetlab trace netns_011 10.100.100.100:8080[39m · [36mnetlab view[39m · [36mnetlab shell[39m
          [36mnetlab exec --in netns_011 -- curl 10.100.100.100:8080[39m · [36mnetlab down[39m
    "
  `)
})
