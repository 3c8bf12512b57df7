import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Session } from '../labs/cli.ts'

const session = new Session()
const file = fileURLToPath(new URL('services.yaml', import.meta.url))

interface Sample {
  service: string
  protocol: string
  kind: string
  target: string
  from: string
  expected: string
  requests: number
  failed: number
  backends: Record<string, number>
  seenClients: string[]
  ok: boolean
  complaint?: string
}

async function verify(...options: string[]) {
  const { stdout, code } = await session.netlab('verify', 'services', '--json', '-n', '100', ...options)
  return { code, samples: (JSON.parse(stdout) as { services: Sample[] }).services }
}

const inLab = async (line: string) => {
  const { code, stderr } = await session.netlab('exec', 'services', '--', 'sh', '-ec', line)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
}

let healthy: Sample[] = []
beforeAll(async () => {
  const { code, stderr } = await session.netlab('up', file, '--quiet')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  healthy = (await verify()).samples
})
afterAll(() => session.end())

const sampled = (target: string, from: string) =>
  healthy.find(sample => sample.target === target && sample.from === from)

describe('packets go where kube-proxy promises', () => {
  it('in every sample', () => {
    expect(healthy.filter(sample => !sample.ok)).toEqual([])
    expect(new Set(healthy.map(sample => sample.kind))).toEqual(
      new Set(['cluster IP', 'node port', 'external IP', 'load balancer IP']),
    )
  })

  it.each([
    ['192.0.2.1:30080', 'friend', ['10.0.0.1']],
    ['192.0.2.1:30081', 'friend', ['192.0.2.10']],
    ['203.0.113.7:80', 'router', ['10.0.0.1']],
    ['203.0.113.17:80', 'router', ['198.51.100.254']],
    ['203.0.113.8:80', 'friend', ['10.0.0.1']],
    ['203.0.113.18:80', 'friend', ['192.0.2.10']],
  ])('%s from %s is seen as from %s', (target, from, clients) => {
    expect(sampled(target, from)).toMatchObject({ expected: 'spread', failed: 0, seenClients: clients })
  })

  it.each([
    ['127.0.0.1:30080', 'host', 'spread'],
    ['198.51.100.1:30080', 'friend', 'refused'],
    ['203.0.113.8:80', 'router', 'dropped'],
    ['203.0.113.8:80', 'a', 'dropped'],
    ['203.0.113.8:80', 'host', 'dropped'],
    ['10.96.0.66:80', 'a', 'refused'],
    ['10.96.0.66:80', 'router', 'fails'],
    ['192.0.2.1:30066', 'friend', 'refused'],
    ['10.96.0.82:80', 'friend', 'stays'],
  ])('%s from %s: %s', (target, from, expected) => {
    expect(sampled(target, from)).toMatchObject({ expected, ok: true })
  })

  it('UDP and TCP of one number are told apart, and both are shared out', () => {
    const dns = healthy.filter(sample => sample.service === 'default/dns' && sample.from === 'a')
    expect(dns.map(sample => sample.protocol)).toEqual(['UDP', 'TCP'])
    for (const { backends } of dns) expect(Object.keys(backends).sort()).toEqual(['dns-1', 'dns-2'])
  })

  it('each client of a sticky service has one pod', () => {
    const sticky = healthy.filter(sample => sample.service === 'default/sticky')
    expect(sticky).toHaveLength(7)
    for (const { backends } of sticky)
      expect(Object.values(backends).filter(count => count > 0)).toHaveLength(1)
  })
})

/** What is broken, by which commands, where it shows, the commands that mend it, and what is said of it. */
const breaks: [string, string, string, string, string, RegExp][] = [
  [
    'affinity that is forgotten',
    `for i in 1 2; do iptables -t nat -D $(chain KUBE-SVC sticky) 2; done`,
    '10.96.0.82:80',
    'a',
    '',
    /should stay with one of them/,
  ],
  [
    "a client's address that is not kept",
    'iptables -t nat -I $(chain KUBE-EXT local) 1 -j KUBE-MARK-MASQ',
    '203.0.113.17:80',
    'friend',
    'iptables -t nat -D $(chain KUBE-EXT local) 1',
    /its own address, 192\.0\.2\.10, should be kept/,
  ],
  [
    "a client's address that is kept",
    'iptables -t nat -D $(chain KUBE-EXT cluster) 1',
    '203.0.113.7:80',
    'friend',
    'iptables -t nat -I $(chain KUBE-EXT cluster) 1 -j KUBE-MARK-MASQ',
    /pods see the client's own address/,
  ],
  [
    'a source range that lets everybody in',
    'iptables -t nat -I $(chain KUBE-FW cluster) 1 -j $(chain KUBE-EXT cluster)',
    '203.0.113.8:80',
    'router',
    'iptables -t nat -D $(chain KUBE-FW cluster) 1',
    /source ranges leave this client out/,
  ],
  [
    'silence in place of a refusal',
    'iptables -I FORWARD 1 -d 10.96.0.66 -j DROP',
    '10.96.0.66:80',
    'a',
    'iptables -D FORWARD 1',
    /should be refused at once, and was 1 not answered in time/,
  ],
  [
    'a refusal in place of silence',
    'iptables -I FORWARD 1 -d 203.0.113.8 -p tcp -j REJECT --reject-with tcp-reset',
    '203.0.113.8:80',
    'b',
    'iptables -D FORWARD 1',
    /should be dropped without a word, and was 3 refused/,
  ],
  [
    'node ports that are gone',
    'iptables -t nat -I PREROUTING 1 -p tcp --dport 30080 -j ACCEPT',
    '192.0.2.1:30080',
    'friend',
    'iptables -t nat -D PREROUTING 1',
    /requests failed/,
  ],
  [
    'datagrams that get lost, after the first few',
    'iptables -t raw -I PREROUTING 1 -p udp -d 10.96.0.10 -j DROP',
    '10.96.0.10:53',
    'a',
    'iptables -t raw -D PREROUTING 1',
    /8 of 8 requests failed/,
  ],
  [
    'a name server that has died',
    'kill $(ip netns pids dns-2)',
    '10.96.0.10:53',
    'a',
    '',
    /requests failed: \d+ refused/,
  ],
]

const chain = `chain() { iptables-save -t nat | grep -o "default/$2[: \\"].*" | grep -o "$1-[A-Z0-9]*" | head -n 1; };`

it.each(breaks)('%s is noticed', async (_name, commands, target, from, repair, complaint) => {
  await inLab(`${chain} ${commands}`)
  const { code, samples } = await verify('--from', from)
  if (repair !== '') await inLab(`${chain} ${repair}`)
  const off = samples.filter(sample => !sample.ok)
  expect(code).toBe(1)
  expect(off.find(sample => sample.target === target)?.complaint).toMatch(complaint)
})

it('what nobody answered is remembered at a port that no later connection is given', async () => {
  const lab = `name: silent
bridge: {name: br1, address: 10.0.0.1/24}
sysctls: {net.ipv4.ip_forward: 1}
pods: {a: 10.0.0.11/24}
outside: {client: 192.0.2.10/24}
steps: [{title: Ask nobody, check: [{curl: 198.51.100.1, from: a, expect: timeout}]}]
`
  const up = await session.netlab('up', session.file('silent.yaml', lab), '--quiet')
  expect(up).toMatchObject({ code: 0, stderr: '' })
  const { stdout } = await session.netlab(
    ...['exec', 'silent', '--', 'sh', '-c'],
    'cat /proc/sys/net/ipv4/ip_local_port_range; conntrack -L -p tcp --orig-src 10.0.0.11 2> /dev/null',
  )
  const [first] = stdout.split(/\s+/).map(Number)
  const ports = [...stdout.matchAll(/sport=(\d+) dport=80 \[UNREPLIED\]/g)].map(([, port]) => Number(port))
  expect(ports).toHaveLength(1)
  expect(ports[0]).toBeLessThan(first ?? 0)
  await session.netlab('down', 'silent')
})
