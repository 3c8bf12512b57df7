import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Activity } from '../../src/graph/activity.ts'
import { renderActivity, renderActivityJson } from '../../src/view/activity-lines.ts'
import { plainStyle } from '../../src/view/terminal.ts'

const zone = process.env.TZ
beforeAll(() => {
  process.env.TZ = 'UTC'
})
afterAll(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

const activity: Activity = {
  lab: 'two-services',
  at: 1_700_000_000_000,
  services: [
    {
      ...{ service: 'default/web', portName: 'http', protocol: 'TCP', address: '10.96.0.1:80' },
      ...{ count: 1234, perSecond: 12.34 },
      endpoints: [
        { pod: 'netns_011', target: '10.0.0.11:8080', count: 1200, perSecond: 12 },
        { pod: 'netns_021', target: '10.0.0.21:8080', count: 34, perSecond: 0.34 },
      ],
    },
    {
      ...{ service: 'default/nobody', portName: '', protocol: 'UDP', address: '10.96.0.2:53' },
      ...{ count: 0, perSecond: 0, endpoints: [] },
    },
  ],
  connections: [
    { place: 'host', count: 1003, kinds: { TIME_WAIT: 900, ESTABLISHED: 100, udp: 1, icmp: 1, CLOSE: 1 } },
  ],
  chains: [
    {
      ...{ place: 'host', family: 'ipv4' },
      chains: [
        {
          ...{ table: 'nat', name: 'PREROUTING', isHook: true },
          rules: [
            {
              match: 'tcp to 10.96.0.1 port 80',
              verdict: 'DNAT to 10.0.0.11:8080',
              packets: 1234,
              perSecond: 12.3,
            },
            { match: 'udp', verdict: 'ACCEPT', packets: 5, perSecond: 0 },
          ],
        },
      ],
    },
  ],
}
const view = { interval: 1, service: undefined, hasKeys: true }

test('at 80 columns', () => {
  expect(renderActivity(plainStyle(80), activity, view)).toBe(`\
two-services                                      22:13:20, every 1 s, q ends it
new connections                                                      so far   /s
default/web:http  10.96.0.1:80/TCP                                    1,234   12
  netns_011  10.0.0.11:8080                                           1,200   12
  netns_021  10.0.0.21:8080                                              34  0.3

default/nobody  10.96.0.2:53/UDP                                          0    0
  no endpoint

host tracks 1,003 connections: 900 TIME_WAIT, 100 ESTABLISHED, 1 udp, 1 icmp, …

packets /s table nat
           PREROUTING
  1,234 12 ├─ tcp to 10.96.0.1 port 80 → DNAT to 10.0.0.11:8080
      5    └─ udp → ACCEPT
`)
})

test('at 40 columns', () => {
  expect(renderActivity(plainStyle(40), activity, view)).toBe(`\
two-services         22:13:20, q ends it
new connections              so far   /s
default/web:http              1,234   12
  netns_011                   1,200   12
  netns_021                      34  0.3

default/nobody                    0    0
  no endpoint

host tracks 1,003 connections: 900 TIME…

packets /s table nat
           PREROUTING
  1,234 12 ├─ tcp to 10.96.0.1 port 80
           │    → DNAT to 10.0.0.11:8080
      5    └─ udp → ACCEPT
`)
})

test('at first there are no rates, and of many services the busiest are told', () => {
  const services = Array.from({ length: 10 }, (_, at) => ({
    ...{ service: `default/s${at}`, portName: '', protocol: 'TCP' as const, address: `10.96.0.${at}:80` },
    ...{ count: at, endpoints: [] },
  }))
  const quiet = { ...activity, services, connections: [], chains: [] }
  const text = renderActivity(plainStyle(80), quiet, { ...view, hasKeys: false })
  expect(text).toMatch(/^default\/s9 {2}10\.96\.0\.9:80\/TCP +9 {3}–$/m)
  expect(text).not.toContain('default/s1 ')
  expect(text).toContain('\n\n… 2 more service ports; --service NAME shows one\n')
  expect(text).not.toContain('q ends it')
  const one = renderActivity(plainStyle(80), quiet, { ...view, service: 'default/s1' })
  expect(one).toContain('default/s1 ')
  expect(one).not.toContain('default/s9')
})

test('rules without counters are left to those who draw them', () => {
  const chains = activity.chains.map(each => ({
    ...each,
    chains: each.chains.map(chain => ({ ...chain, rules: [{ match: 'udp', verdict: 'ACCEPT' }] })),
  }))
  const text = renderActivity(plainStyle(80), { ...activity, chains }, view)
  expect(text).toContain('1 icmp, …\nits rules have no counters; netlab graph --rules draws them\n')
  expect(text).not.toContain('ACCEPT')
})

test('for programs a look is one line of JSON', () => {
  const text = renderActivityJson(activity)
  expect(text.trimEnd()).not.toContain('\n')
  expect(JSON.parse(text)).toEqual({ ...activity, at: '2023-11-14T22:13:20.000Z' })
})
