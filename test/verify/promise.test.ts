import { describe, expect, it } from 'vitest'
import type { Tally } from '../../src/observe/tally.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { promiseOf } from '../../src/plan/service-promise.ts'
import { parseLab } from '../../src/read/parse-lab.ts'
import type { Job } from '../../src/verify/complaint.ts'
import { complaintAbout } from '../../src/verify/complaint.ts'
import { pValue } from '../../src/verify/statistics.ts'

/** A lab with two web pods, two machines outside and one service with these fields. */
function built(service: string, proxy = '') {
  const text = `name: x
title: x
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
  b: {address: 10.0.0.12/24, serve: 8080, labels: {app: web}}
outside: {router: 198.51.100.254/24, friend: 192.0.2.10/24}
proxy: {clusterCIDR: 10.0.0.0/24${proxy}}
services: [{name: web, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80, targetPort: 8080${/type: (?:NodePort|LoadBalancer)/.test(service) ? ', nodePort: 30080' : ''}}], ${service}}]
`
  const { lab, problems } = parseLab(text, 'x.yaml', () => ({ refusal: '', fix: '' }))
  expect(problems).toEqual([])
  return labAsBuilt(lab!)
}

/** `node port 192.0.2.1 friend: spread kept` for everyone who asks. */
function promises(service: string, proxy?: string): string[] {
  const { lab, services } = built(service, proxy)
  return services.flatMap(target =>
    target.entries.flatMap(entry =>
      entry.from.map(place => {
        const { kind, client } = promiseOf(lab, target, entry, place)
        return `${entry.kind} ${entry.address} ${place}: ${kind}${client === undefined ? '' : ` ${client}`}`
      }),
    ),
  )
}

describe('what is promised', () => {
  it('of a node port: each of the node’s addresses, to machines outside; loopback and one of them, to the node', () => {
    expect(promises('type: NodePort').filter(line => line.startsWith('node port'))).toEqual([
      'node port 198.51.100.1 host: spread',
      'node port 198.51.100.1 router: spread masqueraded',
      'node port 198.51.100.1 friend: spread masqueraded',
      'node port 192.0.2.1 router: spread masqueraded',
      'node port 192.0.2.1 friend: spread masqueraded',
      'node port 10.0.0.1 router: spread masqueraded',
      'node port 10.0.0.1 friend: spread masqueraded',
      'node port 127.0.0.1 host: spread',
    ])
  })

  it('of addresses that nodePortAddresses leaves out: a refusal', () => {
    const lines = promises('type: NodePort', ', nodePortAddresses: [192.0.2.0/24]')
    expect(lines).toContain('node port 192.0.2.1 friend: spread masqueraded')
    expect(lines).toContain('node port 198.51.100.1 friend: refused')
    expect(lines.filter(line => line.includes('127.0.0.1'))).toEqual([])
    const off = promises('type: NodePort', ', iptables: {localhostNodePorts: false}')
    expect(off.filter(line => line.includes('127.0.0.1'))).toEqual([])
  })

  it('of policy Local: the client’s address, to machines outside', () => {
    expect(
      promises('type: NodePort, externalTrafficPolicy: Local, externalIPs: [203.0.113.7]').filter(line =>
        line.endsWith('kept'),
      ),
    ).toEqual([
      'node port 198.51.100.1 router: spread kept',
      'node port 198.51.100.1 friend: spread kept',
      'node port 192.0.2.1 router: spread kept',
      'node port 192.0.2.1 friend: spread kept',
      'node port 10.0.0.1 router: spread kept',
      'node port 10.0.0.1 friend: spread kept',
      'external IP 203.0.113.7 router: spread kept',
      'external IP 203.0.113.7 friend: spread kept',
    ])
  })

  it('of source ranges: silence to all who are in none of them', () => {
    const ranges = (range: string) =>
      promises(`type: LoadBalancer, loadBalancerIPs: [203.0.113.8], loadBalancerSourceRanges: [${range}]`)
        .filter(line => line.startsWith('load balancer'))
        .map(line => line.replace('load balancer IP 203.0.113.8 ', ''))
    expect(ranges('192.0.2.0/24')).toEqual([
      'host: dropped',
      'a: dropped',
      'b: dropped',
      'router: dropped',
      'friend: spread masqueraded',
    ])
    expect(ranges('198.51.100.0/24, 10.0.0.11/32').slice(0, 3)).toEqual([
      'host: spread',
      'a: spread',
      'b: dropped',
    ])
  })

  it('of a service without endpoints: a refusal, unless the kernel keeps it back', () => {
    expect(promises('endpoints: []').filter(line => line.startsWith('cluster IP'))).toEqual([
      'cluster IP 10.96.0.1 host: refused',
      'cluster IP 10.96.0.1 a: refused',
      'cluster IP 10.96.0.1 b: refused',
      'cluster IP 10.96.0.1 router: fails',
      'cluster IP 10.96.0.1 friend: refused',
    ])
  })

  it('where a policy sends some clients to this node’s endpoints only: these, with all of the requests', () => {
    const { lab, services } = built('type: NodePort')
    const target = services[0]!
    const entry = { ...target.entries[0]!, local: { for: ['host'], pods: ['b'] } }
    expect(promiseOf(lab, target, entry, 'host').shares).toEqual({ b: 1 })
    expect(promiseOf(lab, target, entry, 'a').shares).toEqual({ a: 0.5, b: 0.5 })
  })

  it('of affinity: that a client stays', () => {
    expect(promises('sessionAffinity: ClientIP')[0]).toBe('cluster IP 10.96.0.1 host: stays')
  })
})

function tally(more: Partial<Tally>): Tally {
  const failures = { refused: 0, unreachable: 0, timeout: 0, other: 0 }
  return { requests: 100, failed: 0, failures, backends: {}, clients: [], ...more }
}

function complaint(service: string, place: string, counted: Tally, kind = 'cluster IP'): string | undefined {
  const { lab, services } = built(service)
  const target = services[0]!
  const entry = target.entries.find(each => each.kind === kind && each.from.includes(place))!
  const promise = promiseOf(lab, target, entry, place)
  const job: Job = { target, entry, from: place, promise }
  const names = Object.keys(counted.backends)
  const p = pValue(
    names.map(name => counted.backends[name]!),
    names.map(name => promise.shares[name] ?? 0),
  )
  return complaintAbout(lab, job, counted, promise.shares, promise.kind === 'stays' ? 1 : p)
}

describe('what is complained of', () => {
  const even = { a: 50, b: 50 }

  it('nothing, where it is as promised', () => {
    expect(complaint('type: NodePort', 'host', tally({ backends: even }))).toBeUndefined()
    expect(
      complaint('sessionAffinity: ClientIP', 'host', tally({ backends: { a: 0, b: 100 } })),
    ).toBeUndefined()
  })

  it('a client that does not stay', () => {
    expect(complaint('sessionAffinity: ClientIP', 'host', tally({ backends: { a: 99, b: 1 } }))).toBe(
      'one client was sent to a and b, and should stay with one of them',
    )
  })

  it('a client that is masqueraded, or is not', () => {
    const seen = (service: string, address: string) =>
      complaint(service, 'friend', tally({ backends: even, clients: [address] }), 'node port')
    expect(seen('type: NodePort', '10.0.0.1')).toBeUndefined()
    expect(seen('type: NodePort', '192.0.2.10')).toMatch('the node’s'.replace('’', "'"))
    expect(seen('type: NodePort, externalTrafficPolicy: Local', '192.0.2.10')).toBeUndefined()
    expect(seen('type: NodePort, externalTrafficPolicy: Local', '10.0.0.1')).toMatch('should be kept')
  })

  it('silence in place of a refusal, a refusal in place of silence, an answer in place of either', () => {
    const failed = (how: object) =>
      tally({
        requests: 1,
        failed: 1,
        failures: { refused: 0, unreachable: 0, timeout: 0, other: 0, ...how },
      })
    const closed =
      'type: LoadBalancer, loadBalancerIPs: [203.0.113.8], loadBalancerSourceRanges: [192.0.2.0/24]'
    const barred = (counted: Tally) => complaint(closed, 'router', counted, 'load balancer IP')
    expect(complaint('endpoints: []', 'a', failed({ refused: 1 }))).toBeUndefined()
    expect(complaint('endpoints: []', 'a', failed({ timeout: 1 }))).toMatch('refused at once')
    expect(complaint('endpoints: []', 'a', tally({ backends: { a: 100 } }))).toMatch('no endpoints')
    expect(barred(failed({ timeout: 1 }))).toBeUndefined()
    expect(barred(failed({ refused: 1 }))).toMatch('dropped without a word')
    expect(barred(tally({ backends: even }))).toMatch('source ranges')
  })
})
