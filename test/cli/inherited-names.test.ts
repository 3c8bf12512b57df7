import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Session } from '../labs/cli.ts'

// Names that every object of JavaScript has something under.
const text = `name: constructor
title: toString
sysctls: {net.ipv4.ip_forward: 1, net.bridge.bridge-nf-call-iptables: 1}
bridge: {name: valueOf, address: 10.0.0.1/24, hairpin: true}
pods:
  constructor: {address: 10.0.0.11/24, serve: 8080, labels: {constructor: toString}}
  toString: {address: 10.0.0.12/24, serve: 8080, labels: {constructor: toString}}
  valueOf: {address: 10.0.0.13/24, containers: {hasOwnProperty: {serve: 8080}}}
outside: {isPrototypeOf: 192.0.2.10/24}
services:
  - {name: constructor, clusterIP: 10.96.0.1, selector: {constructor: toString}, ports: [{name: valueof, port: 80, targetPort: 8080}]}
steps:
  - title: constructor
    run: [iptables -A INPUT -m comment --comment constructor -j ACCEPT, ip link set dev valueOf alias toString]
    check:
      - {curl: "10.96.0.1:80", from: valueOf, expect: {shares: even}}
`
let session: Session
const netlab = (...argv: string[]) => session.netlab(...argv)
const json = async (...argv: string[]) => JSON.parse((await netlab(...argv, '--json')).stdout)

beforeAll(() => {
  session = new Session()
})
afterAll(() => session.end())

describe('names that every object inherits', () => {
  it('are names like others in a lab', async () => {
    expect(await netlab('up', session.file('lab.yaml', text))).toMatchObject({
      code: 0,
      stderr: expect.anything(),
    })
    const [sample] = (await json('verify', '--requests', '60')).services
    expect(sample.backends).toEqual({ constructor: expect.any(Number), toString: expect.any(Number) })
    const states = async () =>
      (await json('status')).pods.map(({ name, state, ready }: Record<string, unknown>) => [
        name,
        state,
        ready,
      ])
    expect(await states()).toEqual([
      ['constructor', 'running', true],
      ['toString', 'running', true],
      ['valueOf', 'running', true],
    ])
    expect(await json('pod', 'stop', 'constructor')).toMatchObject({ state: 'stopped', changed: true })
    expect((await json('sync')).notReady).toEqual({ constructor: 'it was stopped' })
    expect(await states()).toContainEqual(['constructor', 'stopped', false])
    expect((await netlab('status')).stdout).not.toContain('[native code]')
    expect(await netlab('down')).toMatchObject({ code: 0 })
  })

  it('are no verbs, no shells and no kinds of Kubernetes objects', async () => {
    expect(await netlab('constructor')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('unknown command'),
    })
    expect(await netlab('completion', 'toString')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no completion for "toString"'),
    })
    const manifest = session.file('odd.yaml', 'apiVersion: v1\nkind: constructor\nmetadata: {name: x}\n')
    expect(await netlab('rules', '-f', manifest)).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Services and their pods: constructor\n'),
    })
  })
})
