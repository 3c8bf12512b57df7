import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openSession, type Session } from '../labs/cli.ts'

const labText = (name: string) => readFileSync(new URL(`${name}.yaml`, import.meta.url), 'utf8')
const routed = labText('routed-pods')

async function inside(session: Session, script: string): Promise<string> {
  const { stdout, stderr, code } = await session.netlab('exec', '--', 'sh', '-c', script)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.replaceAll(/ +$/gm, '')
}

describe('pods with a /32', () => {
  it('have a route at each end, come, change and go with an apply, and reach each other throughout', async () => {
    const session = openSession()
    const file = session.file('routed.yaml', routed)
    expect(await session.netlab('up', file)).toMatchObject({ code: 0 })
    expect(await inside(session, 'ip -n a route; ip -n b route; ip route')).toBe(
      `default via 169.254.1.1 dev eth0
169.254.1.1 dev eth0 scope link
default via 169.254.1.1 dev eth0
169.254.1.1 dev eth0 scope link
default via 192.0.2.10 dev out_client
10.244.1.2 dev cali.a scope link
10.244.1.3 dev cali_b scope link
192.0.2.0/24 dev out_client proto kernel scope link src 192.0.2.1
`,
    )
    session.file(
      'routed.yaml',
      routed
        .replace(/^ {2}a: .*$/m, '  c: {address: 10.244.1.2/32, serve: 80, labels: {app: web}}')
        .replace('from: [a,', 'from: [c,')
        .replace('veth: cali_b', 'veth: cali_x'),
    )
    const { stdout, code } = await session.netlab('apply')
    expect({ code, stdout }).toMatchObject({ code: 0 })
    expect(stdout).toContain('10.244.1.2/32 behind veth_c')
    expect(stdout).toContain('veth cali_b → cali_x')
    expect(await session.netlab('verify', '--requests', '100')).toMatchObject({ code: 0 })
    expect(await inside(session, 'ip route show root 10.244.0.0/16; ls /run/netns')).toBe(
      `10.244.1.2 dev veth_c scope link
10.244.1.3 dev cali_x scope link
b
c
client
`,
    )
    expect(await session.netlab('down')).toMatchObject({ code: 0 })
  })
})

it('a static neighbour is known without ARP, on a network, a bridge and a cable, and stands when the lab is left alone', async () => {
  const session = openSession()
  const file = session.file('static-neighbours.yaml', labText('static-neighbours'))
  expect(await session.netlab('up', file)).toMatchObject({ code: 0 })
  expect(await inside(session, 'for m in n1 m a b; do ip -n $m neigh show nud permanent | sort; done')).toBe(
    `10.4.7.22 dev eth0 lladdr 02:00:0a:04:07:16 PERMANENT
172.7.21.2 dev docker0 lladdr 02:00:00:00:00:0a PERMANENT
10.4.7.21 dev eth0 lladdr 02:00:0a:04:07:15 PERMANENT
169.254.1.1 dev eth0 lladdr ee:ee:ee:ee:ee:ee PERMANENT
`,
  )
  expect(await session.netlab('verify')).toMatchObject({ code: 0 })
  await inside(session, 'ip -n b neigh del 169.254.1.1 dev eth0')
  expect((await session.netlab('verify')).stdout).toContain('b has lost its neighbour entry for 169.254.1.1')
  expect(await session.netlab('down')).toMatchObject({ code: 0 })
})

it('a VXLAN of a lab joins nodes of two segments, in both families, and goes with them', async () => {
  const session = openSession()
  const lab = readFileSync(new URL('../diagnose/nodes/own-vxlan.yaml', import.meta.url), 'utf8')
  const file = session.file('own-vxlan.yaml', lab)
  expect(await session.netlab('up', file)).toMatchObject({ code: 0 })
  expect(
    await inside(
      session,
      "ip -n n1 -d link show vx0 | grep -o 'vxlan id.*dstport [0-9]*'; bridge -n n1 fdb show dev vx0 | grep ^00:00: | cut -d ' ' -f 1-3",
    ),
  ).toBe(`vxlan id 42 remote 10.4.7.22 local 10.4.7.21 dev eth0 srcport 0 0 dstport 4789
00:00:00:00:00:00 dst 10.4.7.22
00:00:00:00:00:00 dst 10.4.8.23
`)
  const { stdout, code } = await session.netlab('verify')
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('own-vxlan is well') })
  const script = await session.netlab('plan', file, '--format', 'sh')
  expect(script.stdout).toContain(
    'ip -n n1 link add name vx0 type vxlan id 42 local 10.4.7.21 remote 10.4.7.22 dev eth0 dstport 4789',
  )
  expect(script.stdout).toContain(
    'ip netns exec n1 bridge fdb delete 00:00:00:00:00:00 dev vx0 dst 10.4.8.23',
  )
  expect(await session.netlab('down')).toMatchObject({ code: 0 })
})

describe('a macvlan', () => {
  it('is on the segment of its parent, and nothing passes between the two', async () => {
    const session = openSession()
    const file = session.file('macvlan.yaml', labText('macvlan'))
    expect(await session.netlab('up', file)).toMatchObject({ code: 0 })
    const { stdout, code } = await session.netlab('verify')
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('46 of 56 pairs of places are reached, as the lab says'),
    })
    expect(
      await inside(
        session,
        "for m in a c; do ip -n $m -d link show eth0 | grep -o 'macvlan mode [a-z]*'; done",
      ),
    ).toBe('macvlan mode bridge\nmacvlan mode private\n')
    expect(await session.netlab('down')).toMatchObject({ code: 0 })
  })

  it.each([
    ['passthru', 'passthru'],
    ['vepa', 'vepa'],
  ])('of a wire comes and goes with an apply, %s', async (_, mode) => {
    const session = openSession()
    const text = (pod: string) => `name: on-a-wire
sysctls: {net.ipv4.ip_forward: 1}
outside: {client: 192.0.2.10/24, other: {address: 198.51.100.10/24, interface: uplink}}
pods:
  ${pod}: {address: 198.51.100.20/24, macvlan: {parent: uplink, mode: ${mode}}, serve: 80}
steps:
  - title: Beside the host
    check: [{curl: "198.51.100.20:80", from: other, expect: {backend: ${pod}, client: 198.51.100.10}}]
`
    const file = session.file('on-a-wire.yaml', text('a'))
    expect(await session.netlab('up', file)).toMatchObject({ code: 0 })
    session.file('on-a-wire.yaml', text('b'))
    const applied = await session.netlab('apply')
    expect(applied).toMatchObject({ code: 0 })
    expect(applied.stdout).toContain('198.51.100.20/24 beside uplink')
    expect(await session.netlab('verify')).toMatchObject({ code: 0 })
    expect(await session.netlab('down')).toMatchObject({ code: 0 })
  })
})
