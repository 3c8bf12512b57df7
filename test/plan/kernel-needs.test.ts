import { expect, it } from 'vitest'
import { kernelNeedsOf, kernelWords } from '../../src/plan/kernel-needs.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { labOf } from './lab-text.ts'

function needsOf(text: string) {
  const lab = labOf(text)
  return kernelNeedsOf(lab, labAsBuilt(lab).plan)
}

const twoNodes = `name: lab
networks: {lan: {}}
machines:
  a: {interfaces: {eth0: {network: lan, address: 10.1.1.1/24}}}
  b: {interfaces: {eth0: {network: lan, address: 10.1.1.2/24}}}
`

it('what every lab needs is no need of one', () => {
  expect(
    kernelWords(needsOf(`${twoNodes}steps: [{title: One, run: [ip link add name br9 type bridge]}]`)),
  ).toEqual([])
})

it('a kind of links is told once, with the first step that needs it, whether it makes one or only tries to', () => {
  const steps = `steps:
  - {title: One, check: [{command: ip tunnel add t mode ipip, from: a, expect: fails}]}
  - {title: Two, in: a, run: [ip link set dev tunl0 up, ip link add name d0 type dummy]}
`
  const needs = needsOf(`${twoNodes}${steps}`)
  expect([...needs.links]).toEqual([
    ['ipip', 'One'],
    ['dummy', 'Two'],
  ])
  expect(kernelWords(needs)).toEqual(['ipip', 'dummy'])
})

it('IPVS is needed where there are services for it', () => {
  const lab = `name: lab
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: {address: 10.0.0.11/24, serve: 80, labels: {a: b}}}
outside: {client: 192.0.2.10/24}
proxy: {mode: ipvs}
`
  const service = 'services: [{name: s, clusterIP: 10.96.0.1, selector: {a: b}, ports: [{port: 80}]}]\n'
  expect(kernelWords(needsOf(`${lab}${service}`))).toEqual(['IPVS', 'dummy'])
  expect(kernelWords(needsOf(lab))).toEqual([])
})
