import { expect, test } from 'vitest'
import { tryPairs } from '../../../src/sandbox/pairs-order.ts'
import { processId } from '../../../src/sandbox/proc.ts'
import { openSession } from '../../labs/cli.ts'

const pods = (node: number, names: readonly string[]) =>
  names.map((name, at) => `${name}: 172.7.${node}.${at + 2}/24`).join(', ')

const lab = `name: matrix
networks: {lan: {}}
overlay: {network: 172.7.0.0/16, backend: host-gw}
nodes:
  n1: {interfaces: {eth0: {network: lan, address: 10.4.7.21/24}}, sysctls: {net.ipv4.ip_forward: 1}, pods: {${pods(1, ['a', 'b'])}}}
  n2: {interfaces: {eth0: {network: lan, address: 10.4.7.22/24}}, sysctls: {net.ipv4.ip_forward: 1}, pods: {${pods(2, ['c'])}}}
machines:
  stranger: {interfaces: {eth0: {network: lan, address: 10.4.7.99/24}}}
reach:
  - {expect: {client: own}}
  - {from: stranger, to: [a, b, c], expect: fails}
  - {from: [a, b, c], to: stranger, expect: fails}
`

interface Told {
  ok: boolean
  matrix: {
    places: { name: string }[]
    pairs: {
      from: string
      to: string
      ok: boolean
      client?: string
      failure?: string
      ping: string
      evidence?: { headline: string; mend?: string }
    }[]
  }
}

test('who reaches whom is tried, and what is not as the lab says is told with the hop that makes it', async () => {
  const session = openSession()
  const verified = async () => {
    const { stdout, code } = await session.netlab('verify', '--json')
    return { code, ...(JSON.parse(stdout) as Told) }
  }
  expect(await session.netlab('up', session.file('matrix.yaml', lab), '--quiet')).toMatchObject({ code: 0 })

  const well = await verified()
  expect(well).toMatchObject({ code: 0, ok: true })
  expect(well.matrix.places.map(({ name }) => name)).toEqual(['n1', 'n2', 'a', 'b', 'c', 'stranger'])
  expect(well.matrix.pairs).toHaveLength(30)
  const pair = (told: Told, from: string, to: string) =>
    told.matrix.pairs.find(one => one.from === from && one.to === to)
  expect(pair(well, 'a', 'c')).toMatchObject({ ok: true, client: '172.7.1.2', translated: false })
  expect(pair(well, 'stranger', 'a')).toMatchObject({ ok: true, failure: 'unreachable' })
  expect(pair(well, 'c', 'stranger')).toMatchObject({ ok: true, failure: 'timeout' })

  const broken = [
    '-t',
    'nat',
    '-A',
    'POSTROUTING',
    '-s',
    '172.7.1.0/24',
    '-d',
    '172.7.2.0/24',
    '-j',
    'MASQUERADE',
  ]
  await session.netlab('exec', '--in', 'n1', '--', 'iptables', ...broken)
  const hidden = await verified()
  expect(pair(hidden, 'a', 'c')).toMatchObject({
    ...{ ok: false, client: '10.4.7.21', translated: true, translatedAt: 'n1' },
    evidence: { headline: 'c sees the client as 10.4.7.21, since n1 writes that over 172.7.1.2' },
  })
  await session.netlab('exec', '--', 'ip', '-n', 'n2', 'route', 'del', '172.7.1.0/24')
  const off = await verified()
  expect(off).toMatchObject({ code: 1, ok: false })
  expect(pair(off, 'a', 'c')).toMatchObject({ ok: false, client: '10.4.7.21', translated: true })
  expect(pair(off, 'c', 'a')).toMatchObject({
    ok: false,
    // n2 says so now and then only: the kernel's limit on ICMP errors.
    failure: expect.stringMatching(/^(unreachable|timeout)$/),
    evidence: {
      headline: 'n2 has no route to 172.7.1.2',
      mend: 'ip -n n2 route add 172.7.1.0/24 via 10.4.7.21 dev eth0',
    },
  })
  const { stdout, code } = await session.netlab('verify', '--matrix')
  expect(code).toBe(1)
  expect(stdout).toMatch(/^3 a +172\.7\.1\.2 +✔ ✘ · ✔ N ✘$/m)
  expect(stdout).toContain('N a is seen as n1 (10.4.7.21) by c')
  expect(stdout).toMatch(/✘ c does not reach [ab]/)
  expect(stdout).toContain('matrix is not well: 8 pairs of places are not as the lab says')
})

const onOneBridge = `name: firewalls
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: 10.0.0.11/24, b: 10.0.0.12/24, c: 10.0.0.13/24}
reach:
  - {to: a, expect: ok, ping: ok}
`

test('a firewall that drops only ICMP, or only TCP, is seen and told apart', async () => {
  const session = openSession()
  const run = (place: string, ...words: string[]) => session.netlab('exec', '--in', place, '--', ...words)
  expect(await session.netlab('up', session.file('firewalls.yaml', onOneBridge), '--quiet')).toMatchObject({
    code: 0,
  })
  await run('a', 'iptables', '-A', 'INPUT', '-p', 'icmp', '--icmp-type', 'echo-request', '-j', 'DROP')
  await run('b', 'iptables', '-A', 'INPUT', '-p', 'tcp', '-j', 'DROP')
  await run('c', 'sysctl', '-w', 'net.ipv4.icmp_echo_ignore_all=1')
  const { stdout, code } = await session.netlab('verify', '--json')
  const told = JSON.parse(stdout) as Told
  expect(code).toBe(1)
  const pair = (from: string, to: string) => told.matrix.pairs.find(one => one.from === from && one.to === to)
  expect(pair('c', 'a')).toMatchObject({
    ...{ ok: false, client: '10.0.0.13', ping: 'timeout', expected: 'it is reached; a ping is answered' },
    evidence: { headline: 'rule 1 of INPUT in a stops it', mend: 'ip netns exec a iptables -D INPUT 1' },
  })
  expect(pair('a', 'b')).toMatchObject({ ok: false, failure: 'timeout', ping: 'ok' })
  expect(pair('host', 'b')).toMatchObject({ ok: false, failure: 'timeout', ping: 'ok' })
  // Nothing is said of pings to c: it is no failure, and explained all the same.
  expect(pair('a', 'c')).toMatchObject({ ok: true, client: '10.0.0.11', ping: 'timeout' })
  const explained = told.matrix.pairs.filter(({ to, evidence }) => to === 'c' && evidence !== undefined)
  expect(explained.map(({ evidence }) => evidence)).toMatchObject([
    {
      headline: 'c answers no ping: net.ipv4.icmp_echo_ignore_all is 1 there',
      mend: 'ip netns exec c sysctl -w net.ipv4.icmp_echo_ignore_all=0',
    },
  ])
  const table = await session.netlab('verify', '--matrix')
  expect(table.stdout).toMatch(/^1 host +10\.0\.0\.1 +· T P T$/m)
  expect(table.stdout).toContain('T a reaches c over TCP, but not by ping (timed out)')
})

test('across machines, too', async () => {
  const session = openSession()
  expect(await session.netlab('up', session.file('matrix.yaml', lab), '--quiet')).toMatchObject({ code: 0 })
  const rule = ['iptables', '-I', 'FORWARD', '-d', '172.7.2.0/24', '-p', 'icmp', '-j', 'DROP']
  await session.netlab('exec', '--in', 'n2', '--', ...rule)
  await session.netlab('exec', '--in', 'n1', '--', 'sysctl', '-w', 'net.ipv4.icmp_echo_ignore_all=1')
  const { stdout, code } = await session.netlab('verify', '--json')
  const told = JSON.parse(stdout) as Told
  expect(code).toBe(0)
  const found = (to: string) =>
    told.matrix.pairs.find(one => one.to === to && one.evidence !== undefined)?.evidence
  expect(found('c')).toMatchObject({
    headline: 'rule 1 of FORWARD in n2 drops packets from 10.4.7.21 to 172.7.2.2',
    mend: 'ip netns exec n2 iptables -D FORWARD 1',
  })
  expect(found('n1')).toMatchObject({
    headline: 'n1 answers no ping: net.ipv4.icmp_echo_ignore_all is 1 there',
    mend: 'ip netns exec n1 sysctl -w net.ipv4.icmp_echo_ignore_all=0',
  })
})

test('from some places only, and never more pairs than anybody reads', async () => {
  const session = openSession()
  expect(await session.netlab('up', session.file('matrix.yaml', lab), '--quiet')).toMatchObject({ code: 0 })
  const { stdout } = await session.netlab('verify', '--json', '--from', 'a', 'stranger')
  const { pairs } = (JSON.parse(stdout) as Told).matrix
  expect(pairs.map(({ from, to }) => `${from} ${to}`)).toEqual([
    ...['n1', 'n2', 'b', 'c', 'stranger'].map(to => `a ${to}`),
    ...['n1', 'n2', 'a', 'b', 'c'].map(to => `stranger ${to}`),
  ])
  const many = Array.from({ length: 400 }, (_, at) => ({ name: `p${at}`, addresses: ['10.0.0.1'] }))
  const own = processId(process.pid)!
  const names = many.map(({ name }) => name)
  await expect(tryPairs({ holder: own, init: own, cgroups: [] }, many, names)).rejects.toMatchObject({
    message: 'who reaches whom is asked for 100000 pairs of places at most, and these are 159600',
    exitCode: 2,
  })
})

test('so many pairs that the kernel has no room for their neighbours are tried all the same', async () => {
  const session = openSession()
  const many = Array.from({ length: 45 }, (_, at) => `  p${at}: 10.0.0.${at + 10}/24`).join('\n')
  const file = session.file(
    'many.yaml',
    `name: many\nbridge: {name: br1, address: 10.0.0.1/24}\npods:\n${many}\n`,
  )
  expect(await session.netlab('up', file, '--quiet')).toMatchObject({ code: 0 })
  const { stdout, code } = await session.netlab('verify', '--matrix')
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: '✔ 2,070 of 2,070 pairs of places are reached\n\nmany is well: 2,070 pairs verified\n',
  })
})
