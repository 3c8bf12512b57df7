import { describe, expect, it } from 'vitest'
import { type Batch, batches } from '../../src/command/batch.ts'
import { independentStretches } from '../../src/command/independent.ts'

/** `a: ip link set dev lo up` */
function batchesOf(...lines: readonly string[]): readonly Batch[] {
  const commands = lines.map(line => {
    const [place = '', ...words] = line.split(/:? /)
    return { argv: words, in: place }
  })
  return batches(commands) as readonly Batch[]
}

const wired = (place: string) => [
  `${place}: ip link set dev lo up`,
  `${place}: ip address add 10.0.0.1/24 dev eth0`,
  `${place}: ip route add default via 10.0.0.254`,
]

describe('batches that can be carried out beside each other', () => {
  it('are neighbours in pods of their own, and not what stands before or after', () => {
    const all = batchesOf(
      'host: ip netns add a',
      ...['a', 'b', 'c'].flatMap(wired),
      'host: mkdir -p /etc/netns/a',
    )
    expect(all).toHaveLength(5)
    expect(independentStretches(all, 3)).toEqual([{ from: 1, end: 4 }])
    expect(independentStretches(all, 4)).toEqual([])
  })

  it('end where a pod comes again', () => {
    const all = batchesOf(...['a', 'b', 'a', 'c', 'd'].flatMap(wired))
    expect(independentStretches(all, 2)).toEqual([
      { from: 0, end: 2 },
      { from: 2, end: 5 },
    ])
  })

  it.each([
    ['b: ip link set dev eth1 netns c', 'a link that leaves for another pod'],
    ['b: ip link add name v0 type veth peer name v1 netns c', 'a new link'],
    ['b: ip link delete dev eth0', 'a link that goes'],
    ['b: ip link set dev eth0 down', 'a link that goes down'],
    ['b: ip netns add c', 'a namespace'],
    ['b: iptables -A INPUT -j DROP', 'another program'],
    ['host: ip route add 10.0.1.0/24 via 10.0.0.1', 'the host'],
  ])('do not have %s: %s', line => {
    const all = batchesOf(...wired('a'), line, ...wired('c'))
    expect(independentStretches(all, 2)).toEqual([])
  })
})
