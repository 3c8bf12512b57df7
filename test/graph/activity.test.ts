import { describe, expect, test } from 'vitest'
import type { ShownRule } from '../../src/dataplane/dataplane.ts'
import { type ActivityReading, ActivityWatch } from '../../src/graph/activity.ts'
import { type TrackedConnection, trackedConnections } from '../../src/observe/connection-table.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { loadLab } from '../../src/read/load-lab.ts'

const running = labAsBuilt(loadLab('labs/clusterip.yaml'))

/** A connection to somewhere, that was sent to somewhere else. */
function connection(id: number, to: string, sentTo: string = to): TrackedConnection {
  const [dst, dport] = to.split(':')
  const [src, sport] = sentTo.split(':')
  const line = `tcp 6 117 TIME_WAIT src=10.0.0.9 dst=${dst} sport=${id} dport=${dport} src=${src} dst=10.0.0.9 sport=${sport} dport=${id} use=1 id=${id}`
  return trackedConnections(line)[0]!
}

const toService = (id: number, pod: number) => connection(id, '10.100.100.100:8080', `10.0.0.${pod}1:8080`)

function reading(
  seconds: number,
  connections: readonly TrackedConnection[],
  rules: readonly ShownRule[] = [],
): ActivityReading {
  const chain = { table: 'nat', name: 'PREROUTING', isHook: true, rules }
  return {
    at: seconds * 1000,
    chains: [{ place: 'host', family: 'ipv4', chains: [chain] }],
    tables: [{ place: 'host', connections }],
  }
}

const counts = (watch: ActivityWatch, next: ActivityReading) =>
  watch
    .next(next, running)
    .services.map(({ count, perSecond, endpoints }) => [
      ...[count, perSecond],
      ...endpoints.map(each => [each.pod, each.count, each.perSecond]),
    ])

describe('new connections', () => {
  test('count from the first look on, and as often a second as there were since the last', () => {
    const watch = new ActivityWatch()
    expect(counts(watch, reading(0, [toService(1, 1)]))).toEqual([
      [0, undefined, ['netns_011', 0, undefined], ['netns_021', 0, undefined]],
    ])
    expect(
      counts(watch, reading(2, [toService(1, 1), toService(2, 1), toService(3, 2), toService(4, 2)])),
    ).toEqual([[3, 1.5, ['netns_011', 1, 0.5], ['netns_021', 2, 1]]])
    // Those that have gone are not forgotten, and none is counted twice.
    expect(counts(watch, reading(3, [toService(4, 2), toService(5, 1)]))).toEqual([
      [4, 1, ['netns_011', 2, 1], ['netns_021', 2, 0]],
    ])
  })

  test('a pod that is asked by its own address was not asked through a service', () => {
    const watch = new ActivityWatch()
    watch.next(reading(0, []), running)
    expect(
      counts(watch, reading(1, [connection(1, '10.0.0.11:8080'), connection(2, '10.0.0.1:22')])),
    ).toEqual([[0, 0, ['netns_011', 0, 0], ['netns_021', 0, 0]]])
  })

  test('whoever reaches an endpoint by a rule of somebody’s own has reached it', () => {
    const watch = new ActivityWatch()
    watch.next(reading(0, []), running)
    expect(counts(watch, reading(1, [connection(1, '192.0.2.1:80', '10.0.0.11:8080')]))[0]?.[0]).toBe(1)
  })

  test('of an endpoint of several services the address tells which one was asked', () => {
    const [service] = running.services
    const second = { ...service!, service: 'default/second', clusterIP: '10.100.0.2' }
    const entries = service!.entries.map(entry => ({ ...entry, address: '10.100.0.2' }))
    const both = {
      ...{ lab: running.lab, condition: running.condition, outlines: running.outlines, plan: running.plan },
      services: [service!, { ...second, entries }],
    }
    const watch = new ActivityWatch()
    watch.next(reading(0, []), both)
    const { services } = watch.next(
      reading(1, [toService(1, 1), connection(2, '10.100.0.2:8080', '10.0.0.11:8080')]),
      both,
    )
    expect(services.map(each => [each.service, each.count])).toEqual([
      ['default/http-server', 1],
      ['default/second', 1],
    ])
  })

  test('of sockets that a service has balanced an endpoint’s own connections are told', () => {
    const lab = { ...running.lab, proxy: { ...running.lab.proxy, mode: 'ebpf' as const } }
    const own = {
      lab,
      condition: running.condition,
      outlines: [],
      plan: running.plan,
      services: running.services,
    }
    const watch = new ActivityWatch()
    watch.next(reading(0, []), own)
    const { services } = watch.next(
      reading(1, [
        connection(1, '10.0.0.11:8080'),
        connection(2, '10.0.0.1:22'),
        // Of a client beyond the node, whom a rule has sent there.
        connection(3, '192.0.2.1:30080', '10.0.0.21:8080'),
      ]),
      own,
    )
    expect(services[0]).toMatchObject({
      count: 2,
      endpoints: [
        { pod: 'netns_011', count: 1 },
        { pod: 'netns_021', count: 1 },
      ],
    })
    // Another node, through which a client comes, sees what the endpoint's own node sees as well.
    const elsewhere = reading(2, [connection(4, '198.51.100.1:30080', '10.0.0.11:8080')])
    const there = {
      ...elsewhere,
      tables: [{ place: 'node-9', connections: elsewhere.tables[0]!.connections }],
    }
    expect(watch.next(there, own).services[0]).toMatchObject({ count: 2 })
  })

  test('those that a node tracks are told by state, most first', () => {
    const others = trackedConnections(
      'udp 17 28 src=10.0.0.9 dst=10.0.0.53 sport=5 dport=53 src=10.0.0.53 dst=10.0.0.9 sport=53 dport=5 id=9',
    )
    const { connections } = new ActivityWatch().next(
      reading(0, [...others, toService(1, 1), toService(2, 1)]),
      running,
    )
    expect(connections).toEqual([{ place: 'host', count: 3, kinds: { TIME_WAIT: 2, udp: 1 } }])
    expect(Object.keys(connections[0]!.kinds)).toEqual(['TIME_WAIT', 'udp'])
  })
})

test('a rule has how many packets it got each second, if it was there before', () => {
  const rule = (packets: number, verdict = 'MASQUERADE'): ShownRule => ({ match: 'tcp', verdict, packets })
  const rates = (watch: ActivityWatch, seconds: number, ...rules: ShownRule[]) =>
    watch
      .next(reading(seconds, [], rules), running)
      .chains[0]!.chains[0]!.rules.map(({ perSecond }) => perSecond)
  const watch = new ActivityWatch()
  expect(rates(watch, 0, rule(10), rule(5))).toEqual([undefined, undefined])
  expect(rates(watch, 4, rule(30), rule(5))).toEqual([5, 0])
  // Set to zero by somebody; and another rule in the place of the second.
  expect(rates(watch, 5, rule(3), rule(7, 'ACCEPT'))).toEqual([0, undefined])
})
