import { expect, it } from 'vitest'
import { addressOf } from '../../src/diagnose/question.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { hostsFile } from '../../src/plan/pod-files.ts'
import { labOf } from '../plan/lab-text.ts'

const text = `name: shop
pods:
  web: {address: 10.0.0.11/24, serve: 9090}
  a: {address: 10.0.0.12/24, serve: 8080, labels: {app: web}}
  b: 10.0.0.13/24
  far: {address: 10.0.0.14/24, namespace: elsewhere}
services: [{name: web, clusterIP: 10.96.0.10, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}]
steps: [{title: Ask, check: [{curl: "web:80", from: b, expect: {shares: even}}]}]
`

it('a name that a pod and a service have means the service, as in a cluster', () => {
  const lab = labOf(text)
  const lines = hostsFile(lab).split('\n')
  expect(lines.filter(line => /\tweb\b/.test(line))).toEqual([
    '10.96.0.10\tweb web.default web.default.svc web.default.svc.cluster.local',
  ])
  expect(addressOf(labAsBuilt(lab), 'web', 'b')).toBe('10.96.0.10')
})

it('and the pod in a namespace where the service goes by a longer name', () => {
  const lab = labOf(text)
  expect(hostsFile(lab, 'elsewhere')).toContain('10.0.0.11\tweb\n')
  expect(addressOf(labAsBuilt(lab), 'web', 'far')).toBe('10.0.0.11')
})

it('a port that only the pod of that name serves is none of the service', () => {
  expect(() => labOf(text.replace('web:80', 'web:9090'))).toThrow('default/web has no port 9090/TCP')
})
