import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { socketLbLack } from '../../../src/sandbox/bpf/socket-lb-control.ts'
import { openSession } from '../../labs/cli.ts'

const file = fileURLToPath(new URL('nodes-ebpf.yaml', import.meta.url))
const asMade =
  'netlab socket-lb set default/web --at 10.96.0.10:80 --at 192.168.1.11:30080 --at 10.244.1.1:30080 --at-node 127.0.0.1:30080 ' +
  '--to 10.244.1.11:8080 --to 10.244.2.11:8080 --to 10.244.2.12:8080 --lab nodes-ebpf --node node-1'

// Only real root of a machine may load programs.
test.runIf(socketLbLack() === undefined)(
  'each of two nodes has a view of its own, and policies Local hold',
  async () => {
    const session = openSession()
    expect(await session.netlab('up', file, '-q')).toMatchObject({ code: 0, stderr: '' })
    const verify = () =>
      session.netlab('verify', '--json', '--requests', '20', '--from', 'node-1', 'web-2', 'outside')
    const well = await verify()
    expect(well, well.stdout).toMatchObject({ code: 0 })

    const change = ['socket-lb', 'set', 'default/web', '--at', '10.96.0.10:80', '--to', '10.244.1.99:8080']
    expect(await session.netlab(...change)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--node is missing[\s\S]*fix: there are: node-1, node-2/),
    })
    expect(await session.netlab(...change, '--node', 'node-3')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nodes-ebpf has no node named node-3'),
    })
    expect(await session.netlab('socket-lb', 'set', 'default/web', '--at', '10.96.0.10')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /does not understand "10\.96\.0\.10"[\s\S]*fix: netlab socket-lb set NAME/,
      ),
    })

    expect(await session.netlab(...change, '--node', 'node-1')).toMatchObject({ code: 0 })
    const { code, stdout } = await verify()
    const { checks } = JSON.parse(stdout) as { checks: { from: string; ok: boolean; evidence?: unknown }[] }
    const off = checks.filter(({ ok }) => !ok)
    // The other node's own entry is as it was.
    expect(new Set(off.map(({ from }) => from))).toEqual(new Set(['node-1', 'client-1', 'web-1']))
    expect({ code, evidence: off[0]?.evidence }).toMatchObject({
      code: 1,
      evidence: {
        headline:
          'the entry for 10.96.0.10:80 leads to 10.244.1.99:8080, an address that nobody in the lab has',
        mend: asMade,
      },
    })
    expect(await session.netlab(...asMade.split(' ').slice(1))).toMatchObject({ code: 0 })
    expect(await verify()).toMatchObject({ code: 0 })
  },
)

const names = `name: names-ebpf
sysctls: {net.ipv4.ip_forward: 1}
bridge: {name: br1, address: 10.0.0.1/24}
pods:
${[1, 2]
  .map(
    number => `  dns-${number}:
    address: 10.0.0.1${number}/24
    labels: {app: dns}
    command: dnsmasq --no-daemon --conf-file=/etc/dnsmasq-lab.conf
    ports: {dns: 53/UDP, dns-tcp: 53}
`,
  )
  .join('')}  probe: 10.0.0.31/24
files:
  /etc/dnsmasq-lab.conf: |
    no-resolv
    no-hosts
proxy: {mode: ebpf}
services:
  - name: dns
    clusterIP: 10.96.0.10
    selector: {app: dns}
    ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53}]
`

test.runIf(socketLbLack() === undefined)(
  'verify knows which pod a datagram has come to, which no entry of conntrack tells',
  async () => {
    const session = openSession()
    expect(await session.netlab('up', session.file('names.yaml', names), '-q')).toMatchObject({
      code: 0,
      stderr: '',
    })
    const { code, stdout } = await session.netlab('verify', '--json', '--requests', '40')
    const { services } = JSON.parse(stdout) as {
      services: { ok: boolean; expected: string; backends: Record<string, number> }[]
    }
    expect({ code, off: services.filter(({ ok }) => !ok) }).toEqual({ code: 0, off: [] })
    const spread = services.filter(({ expected }) => expected === 'spread')
    expect(spread.length).toBeGreaterThan(1)
    for (const { backends } of spread) expect(Object.keys(backends).sort()).toEqual(['dns-1', 'dns-2'])
  },
)

const door = (ports: string) => `name: door-ebpf
sysctls: {net.ipv4.ip_forward: 1}
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
  b: {address: 10.0.0.12/24, serve: 8080, labels: {app: web}}
outside: {visitor: 192.0.2.10/24}
proxy: {mode: ebpf}
services:
  - name: web
    clusterIP: 10.96.0.10
    selector: {app: web}
    ${ports}
`

test.runIf(socketLbLack() === undefined)(
  'rules come with a node port and go with it, and one that somebody has taken away comes back',
  async () => {
    const session = openSession()
    const run = async (...argv: string[]) => {
      const result = await session.netlab(...argv)
      expect(result, result.stdout).toMatchObject({ code: 0 })
      return result.stdout
    }
    const rules = () => run('exec', 'door-ebpf', '--', 'iptables-save')
    const inner = door('ports: [{port: 80, targetPort: 8080}]')
    const exposed = door('ports: [{port: 80, targetPort: 8080, nodePort: 30080}]').replace(
      'name: web\n',
      'name: web\n    type: NodePort\n',
    )
    await run('up', session.file('door.yaml', inner), '-q')
    expect(await rules()).not.toContain('KUBE-')
    session.file('door.yaml', exposed)
    // As a change that broke off may have left it.
    const inside = (commands: string) => run('exec', 'door-ebpf', '--', 'sh', '-ec', commands)
    await inside('iptables -t nat -N KUBE-SERVICES; iptables -t nat -A KUBE-SERVICES -j RETURN')
    await run('apply', 'door-ebpf')
    const made = await rules()
    expect(made).toContain('--dport 30080 -j KUBE-EXT-')
    await run('verify', '--requests', '20', '--from', 'visitor', 'a')
    await inside('iptables -t nat -F PREROUTING')
    expect(await session.netlab('verify', '--requests', '20', '--from', 'visitor')).toMatchObject({ code: 1 })
    expect(await run('sync')).toContain('somebody took rules away or changed them')
    await run('verify', '--requests', '20', '--from', 'visitor')
    // Rules serve a pod, too, which the program should have served.
    await run('socket-lb', 'delete', 'default/web', '--at', '10.96.0.10:80')
    const hidden = await session.netlab('verify', '--json', '--requests', '20', '--from', 'host')
    const { services } = JSON.parse(hidden.stdout) as { services: { target: string }[] }
    expect(hidden.code).toBe(1)
    expect(services.find(({ target }) => target === '10.96.0.10:80')).toMatchObject({
      failed: 0,
      complaint: 'rules have served it, and not the program',
      evidence: { headline: 'the socket load balancer has no entry for 10.96.0.10:80' },
    })
    expect(await run('trace', 'host', '10.96.0.10:80')).toMatch(
      /✔ [ab] answers.*but not as it should be:.*no entry/s,
    )
    await run('sync')
    await inside('iptables -t nat -F; iptables -t nat -X KUBE-POSTROUTING')
    session.file('door.yaml', inner)
    await run('apply', 'door-ebpf')
    expect(await rules()).not.toContain('KUBE-')
    await run('verify', '--requests', '20', '--from', 'a')
  },
)
