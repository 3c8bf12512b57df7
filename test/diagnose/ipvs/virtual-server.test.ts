import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../src/diagnose/diagnose.ts'
import { questionOfSample } from '../../../src/diagnose/question.ts'
import type { Facts } from '../../../src/observe/facts.ts'
import { momentOf } from '../../../src/observe/readings.ts'
import { labAsBuilt } from '../../../src/plan/lab-in-condition.ts'
import { loadLab } from '../../../src/read/load-lab.ts'
import { healthyFacts, link } from '../healthy-facts.ts'

const lab = labAsBuilt(loadLab(fileURLToPath(new URL('healthy-ipvs.yaml', import.meta.url))))

/** What the kernel of a virtual machine (Linux 6.1) has listed of that lab, when it was well. */
const listed = Object.fromEntries(
  ['rules', 'servers', 'sets'].map(name => [
    name,
    readFileSync(new URL(`listed/${name}.txt`, import.meta.url), 'utf8'),
  ]),
) as Record<'rules' | 'servers' | 'sets', string>

/** The same, with one of the texts changed. */
function facts(changed: Partial<typeof listed> = {}, bound = ['10.100.0.1/32', '10.100.0.2/32']): Facts {
  const well = healthyFacts()
  const texts = new Map([...Object.entries({ ...listed, ...changed }), ['connections', '']])
  const moment = momentOf(texts, 'ipv4')
  const device = link('kube-ipvs0', '02:00:00:00:00:fd', undefined, {
    up: false,
    addresses: bound.map(cidr => ({ address: cidr.replace('/32', ''), prefix: 32 })),
  })
  const { host } = well.places
  return {
    ...well,
    places: { ...well.places, host: { ...host!, links: [...(host!.links ?? []), device] } },
    before: moment,
    after: moment,
  }
}

const vip = '10.100.0.1:80'
const even = { b: 0.5, c: 0.5 }

/** The cause that is named for a question, with what to type behind it. */
function cause(from: string, url: string, given: Facts, shares: Record<string, number> = even): string {
  const { headline, mend } = diagnose(given, lab, questionOfSample(lab, url, from, { shares }))
  return mend === undefined ? headline : `${headline}: ${mend}`
}

const [web, toB, toC] = [
  'TCP  10.100.0.1:80 rr\n',
  / {2}-> 10\.0\.0\.12:8080 .*\n/,
  / {2}-> 10\.0\.0\.13:8080 .*\n/,
]
const name = 'the virtual server TCP 10.100.0.1:80'
const add = (endpoint: string) => `ipvsadm -a -t ${vip} -r ${endpoint} -m -w 1`

describe('a lab that is well', () => {
  it.each([
    ['a', vip, even],
    ['b', vip, even],
    ['host', vip, even],
    ['client', vip, even],
    ['a', '10.100.0.2:80', { a: 1 }],
    ['a', '10.0.0.12:8080', { b: 1 }],
  ])('has no hop to blame, from %s to %s', (from, url, shares) => {
    expect(cause(from, url, facts(), shares)).toBe(
      `every hop from ${from} to ${url} looks right; this is what the kernel says`,
    )
  })

  it('shows the virtual server', () => {
    const { lines } = diagnose(facts(), lab, questionOfSample(lab, vip, 'a', { shares: even }))
    expect(lines).toContain('$ ipvsadm -L -n -t 10.100.0.1:80')
    expect(lines).toContain('-> 10.0.0.12:8080 Masq 1')
  })
})

describe('what ipvsadm lists', () => {
  it.each<[string, string, string]>([
    [
      'no virtual server',
      listed.servers.replace(web, '').replace(toB, '').replace(toC, ''),
      `${name} is gone: ipvsadm -A -t ${vip} -s rr && ${add('10.0.0.12:8080')} && ${add('10.0.0.13:8080')}`,
    ],
    [
      'no real server',
      listed.servers.replace(toB, '').replace(toC, ''),
      `${name} has no real server, so it refuses: ${add('10.0.0.12:8080')} && ${add('10.0.0.13:8080')}`,
    ],
    [
      'one real server that is missing',
      listed.servers.replace(toB, ''),
      `${name} does not send to 10.0.0.12:8080 in b: ${add('10.0.0.12:8080')}`,
    ],
    [
      'one of weight 0',
      listed.servers.replace('12:8080               Masq    1', '12:8080               Masq    0'),
      `${name} has 10.0.0.12:8080 in b with weight 0, not 1: ipvsadm -e -t ${vip} -r 10.0.0.12:8080 -m -w 1`,
    ],
    [
      'all of weight 0',
      listed.servers.replaceAll('Masq    1', 'Masq    0'),
      `${name} has real servers of weight 0 only, so it refuses new connections: ipvsadm -e -t ${vip} -r 10.0.0.12:8080 -m -w 1 && ipvsadm -e -t ${vip} -r 10.0.0.13:8080 -m -w 1`,
    ],
    [
      'one at an address that nobody has',
      listed.servers.replace('-> 10.0.0.12:8080', '-> 10.0.0.99:8080'),
      `${name} sends to 10.0.0.99:8080, an address that nobody in the lab has: ${add('10.0.0.12:8080')} && ipvsadm -d -t ${vip} -r 10.0.0.99:8080`,
    ],
    [
      'one at a pod that is no endpoint',
      listed.servers.replace('-> 10.0.0.12:8080', '-> 10.0.0.11:8080'),
      `${name} sends to 10.0.0.11:8080 in a, no endpoint: ${add('10.0.0.12:8080')} && ipvsadm -d -t ${vip} -r 10.0.0.11:8080`,
    ],
    [
      'another scheduler',
      listed.servers.replace(web, 'TCP  10.100.0.1:80 sh\n'),
      `${name} chooses by sh, not by rr: ipvsadm -E -t ${vip} -s rr`,
    ],
    [
      'persistence',
      listed.servers.replace(web, 'TCP  10.100.0.1:80 rr persistent 600\n'),
      `${name} keeps each client with a real server for 600 s, and should not: ipvsadm -E -t ${vip} -s rr`,
    ],
  ])('%s', (_, servers, told) => {
    expect(cause('a', vip, facts({ servers }))).toBe(told)
  })

  it('leaves one alone that waits for its connections to end', () => {
    const servers = listed.servers.replace(web, `${web}  -> 10.0.0.11:8080 Masq 0 1 0\n`)
    expect(cause('a', vip, facts({ servers }))).toContain('every hop from a')
  })

  it('says nothing of virtual servers where ipvsadm was refused', () => {
    const servers = "Can't initialize ipvs: Permission denied (you must be root)"
    expect(cause('a', vip, facts({ servers }))).not.toContain('virtual server TCP')
  })
})

describe('kube-ipvs0', () => {
  const missing = facts({}, ['10.100.0.2/32'])

  it('without the address, from a pod', () => {
    expect(cause('a', vip, missing)).toBe(
      'kube-ipvs0 has no address 10.100.0.1, so packets from a for it are routed on and do not come to IPVS: ip address add 10.100.0.1/32 dev kube-ipvs0',
    )
  })

  it('without the address, from the node, which does not need it', () => {
    expect(cause('host', vip, missing)).toContain('every hop from host')
  })

  it('that is gone', () => {
    const { places, ...rest } = facts()
    const links = places.host!.links!.filter(each => each.name !== 'kube-ipvs0')
    expect(cause('a', vip, { ...rest, places: { ...places, host: { ...places.host!, links } } })).toBe(
      'there is no kube-ipvs0, which should have 10.100.0.1, so packets from a for it are routed on and do not come to IPVS: netlab sync healthy-ipvs',
    )
  })
})

describe('sets', () => {
  it('without the service: the node refuses it like any other of its ports', () => {
    const sets = listed.sets.replace('add KUBE-CLUSTER-IP 10.100.0.1,tcp:80\n', '')
    expect(cause('a', vip, facts({ sets }))).toBe(
      'rule 6 of KUBE-IPVS-FILTER refuses packets from a to 10.100.0.1, since the set KUBE-CLUSTER-IP lacks 10.100.0.1,tcp:80: ipset add KUBE-CLUSTER-IP 10.100.0.1,tcp:80',
    )
  })

  it('without a pod that reaches itself', () => {
    const sets = listed.sets.replace('add KUBE-LOOP-BACK 10.0.0.11,tcp:8080,10.0.0.11\n', '')
    expect(cause('a', '10.100.0.2:80', facts({ sets }), { a: 1 })).toBe(
      'a reaches itself through 10.100.0.2, and without MASQUERADE it gets a packet from its own address, which it throws away, ' +
        'since the set KUBE-LOOP-BACK lacks 10.0.0.11,tcp:8080,10.0.0.11: ipset add KUBE-LOOP-BACK 10.0.0.11,tcp:8080,10.0.0.11',
    )
  })

  it('without another service, which does not matter', () => {
    const sets = listed.sets.replace('add KUBE-CLUSTER-IP 10.100.0.2,tcp:80\n', '')
    expect(cause('a', vip, facts({ sets }))).toContain('every hop from a')
  })
})
