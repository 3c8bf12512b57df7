import { expect, it } from 'vitest'
import { labAsBuilt, labIn } from '../../src/plan/lab-in-condition.ts'
import { firstCondition } from '../../src/plan/step-endpoints.ts'
import { labOf } from './lab-text.ts'

const lab = labOf(`name: lab
sysctls: {net.ipv4.ip_forward: 1}
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
  b: {address: 10.0.0.12/24, serve: 8080, labels: {app: web}}
outside: {client: 192.0.2.10/24}
services: [{name: web, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}]
steps:
  - {title: None, endpoints: {web: []}, check: [{curl: 10.96.0.1, from: host, expect: fails}]}
  - {title: One, endpoints: {web: [b]}, check: [{curl: 10.96.0.1, from: host, expect: {backend: b}}]}
`)

it('what follows from a lab and its condition is worked out once', () => {
  const built = labAsBuilt(lab)
  expect(built.plan).toBe(built.plan)
  expect(built.services).toBe(built.services)
})

it('the steps of its plan are its outlines with commands, the checks being the same', () => {
  const { outlines, plan } = labAsBuilt(lab)
  expect(outlines.map(({ title }) => title)).toEqual([
    'Forwarding',
    '2 pods on br1',
    'Let the pods through',
    '2 servers',
    'None',
    'One',
  ])
  expect(plan.steps.map(({ title }) => title)).toEqual(outlines.map(({ title }) => title))
  expect(plan.steps.every(({ checks }, index) => checks === outlines[index]?.checks)).toBe(true)
})

it('services have the endpoints of its condition', () => {
  const endpointsOf = (endpoints: Record<string, string[]>) =>
    labIn({ ...firstCondition(lab), endpoints }, lab).services[0]?.endpoints.map(({ pod }) => pod)
  expect(labAsBuilt(lab).services[0]?.endpoints.map(({ pod }) => pod)).toEqual(['b'])
  expect(endpointsOf({ 'default/web': ['a', 'b'] })).toEqual(['a', 'b'])
  expect(endpointsOf({ 'default/web': [] })).toEqual([])
})
