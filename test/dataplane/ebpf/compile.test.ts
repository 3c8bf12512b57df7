import { describe, expect, it } from 'vitest'
import type { RuleSet } from '../../../src/dataplane/balanced-service.ts'
import type { NodeView } from '../../../src/dataplane/dataplane.ts'
import { ebpf } from '../../../src/dataplane/ebpf/ebpf.ts'
import { scriptText, serviceWords, toJson } from '../../../src/dataplane/ebpf/print.ts'
import { iptables } from '../../../src/dataplane/iptables/iptables.ts'
import { serviceId } from '../../../src/dataplane/socket-services.ts'
import type { Protocol } from '../../../src/model/kubernetes.ts'
import { defaultProxySettings } from '../../../src/read/proxy-settings.ts'
import { service, slice } from '../iptables/fixtures.ts'
import { compile } from './fixtures.ts'

const port = (protocol: Protocol, number: number, nodePort = 0) => ({
  ...{ name: protocol.toLowerCase(), protocol, port: number, targetPort: number },
  ...(nodePort === 0 ? {} : { nodePort }),
})
const here = (address: string) => ({ addresses: [address], nodeName: 'n1' })
const elsewhere = (address: string) => ({ addresses: [address], nodeName: 'n2' })
const words = ({ services }: RuleSet) => services.map(serviceWords)
const script = (sockets: RuleSet, explain = false) =>
  scriptText({ sockets, packets: undefined }, { explain, jumps: false })

describe('what a socket load balancer is told', () => {
  it('is where a service is reached, and by which endpoints, sorted', () => {
    expect(words(compile([service()], [slice(['10.1.0.2', '10.1.0.10'])]))).toEqual([
      'shop/cart: TCP 10.96.0.1:80 → 10.1.0.10:8080, 10.1.0.2:8080',
    ])
  })

  it('is that nobody may serve, where no endpoint is ready', () => {
    const none = slice([{ addresses: ['10.1.0.2'], ready: false }])
    expect(words(compile([service()], [none]))).toEqual([
      'shop/cart: TCP 10.96.0.1:80 → refused: no endpoint may serve it',
    ])
  })

  it("has node ports on each of the node's addresses, on 127.0.0.1 for the node alone", () => {
    const exposed = service({ type: 'NodePort', ports: [port('TCP', 80, 30_080)] })
    const at = (networks: string[]) =>
      compile([exposed], [], { nodePortAddresses: networks }).services[0]?.frontends.slice(1)
    expect(at([])).toEqual([
      { kind: 'node port', address: '192.0.2.1', port: 30_080, nodeOnly: false },
      { kind: 'node port', address: '192.0.2.2', port: 30_080, nodeOnly: false },
      { kind: 'node port', address: '127.0.0.1', port: 30_080, nodeOnly: true },
    ])
    expect(at(['192.0.2.2/32'])).toEqual([
      { kind: 'node port', address: '192.0.2.2', port: 30_080, nodeOnly: false },
    ])
  })

  it("has load balancers' addresses, and external ones", () => {
    const exposed = service({
      type: 'LoadBalancer',
      externalIPs: ['198.51.100.7', '192.0.2.2'],
      loadBalancerIPs: ['198.51.100.9'],
    })
    expect(words(compile([exposed], [slice(['10.1.0.2'])]))).toEqual([
      'shop/cart: TCP 10.96.0.1:80, 198.51.100.7:80, 192.0.2.2:80, 198.51.100.9:80 → 10.1.0.2:8080',
    ])
  })

  it("keeps to this node's endpoints under internal policy Local, at the cluster IP alone", () => {
    const local = service({
      internalTrafficPolicy: 'Local',
      loadBalancerIPs: ['198.51.100.9'],
      type: 'LoadBalancer',
    })
    const slices = [slice([here('10.1.0.2'), elsewhere('10.1.0.3')])]
    expect(words(compile([local], slices))).toEqual([
      'shop/cart: TCP 10.96.0.1:80 → 10.1.0.2:8080',
      'shop/cart: TCP 198.51.100.9:80 → 10.1.0.2:8080, 10.1.0.3:8080',
    ])
    expect(words(compile([local], [slice([elsewhere('10.1.0.3')])]))[0]).toMatch(/→ refused/)
  })

  it('takes the short cut past external policy Local: all who ask are of the cluster', () => {
    const local = service({
      externalTrafficPolicy: 'Local',
      loadBalancerIPs: ['198.51.100.9'],
      type: 'LoadBalancer',
    })
    expect(words(compile([local], [slice([elsewhere('10.1.0.3')])]))).toEqual([
      'shop/cart: TCP 10.96.0.1:80, 198.51.100.9:80 → 10.1.0.3:8080',
    ])
  })

  it('leaves SCTP out, and of two services with one address the second', () => {
    const first = service({ ports: [port('TCP', 80), port('UDP', 53), port('SCTP', 9)] })
    expect(words(compile([first], [])).map(line => line.split(' →')[0])).toEqual([
      'shop/cart:tcp: TCP 10.96.0.1:80',
      'shop/cart:udp: UDP 10.96.0.1:53',
    ])
    expect(
      words(compile([service(), service({ name: 'other' })], [])).map(line => line.split(' →')[0]),
    ).toEqual(['shop/cart: TCP 10.96.0.1:80'])
  })

  it('is the same in any order of the input, and another one on another node', () => {
    const services = [service(), service({ name: 'web', clusterIPs: ['10.96.0.2'] })]
    const slices = [slice(['10.1.0.2', '10.1.0.3']), slice(['10.1.0.4'], { service: 'web' })]
    expect(compile([...services].reverse(), [...slices].reverse())).toEqual(compile(services, slices))
    const ids = (name: string) =>
      compile(services, slices, {}, { node: { name, addresses: [] } }).services.map(each =>
        serviceId(name, each),
      )
    expect(new Set([...ids('n1'), ...ids('n2')]).size).toBe(4)
  })
})

describe('the lines for bpftool', () => {
  const line = (of: string, explain = false) =>
    script(compile([service({ sessionAffinity: 'ClientIP' })], [slice(['10.1.0.2'])]), explain)
      .split('\n')
      .filter(each => each.includes(of))

  it('have each byte where the program looks for it', () => {
    const [id] = compile([service()], []).services.map(each =>
      serviceId('n1', each).match(/../g)!.reverse().join(' '),
    )
    const endpoint = '00 00 00 00 00 00 00 00 00 00 ff ff 0a 01 00 02 1f 90 00 00'
    expect(line('/endpoints ')).toEqual([
      `map update pinned /sys/fs/bpf/netlab/endpoints key hex ${id} 00 00 00 00 00 00 00 00 value hex ${endpoint}`,
    ])
    expect(line('/members ')).toEqual([
      `map update pinned /sys/fs/bpf/netlab/members key hex ${id} ${endpoint} 00 00 00 00 value hex 01 00 00 00`,
    ])
    // 10.96.0.1, port 80 and TCP; one endpoint, 10800 s.
    expect(line('/services ')[0]).toMatch(
      new RegExp(
        `key hex (.. ){8}00 00 00 00 00 00 00 00 00 00 ff ff 0a 60 00 01 00 50 06 00 00 00 00 00 value hex ${id} 01 00 00 00 30 2a 00 00 00 00 00 00 00 00 00 00$`,
      ),
    )
  })

  it('say in words what a service does, and what each line is for where that is asked', () => {
    expect(line('# ')).toEqual([
      '# shop/cart: TCP 10.96.0.1:80 → 10.1.0.2:8080; a client stays with its endpoint for 10800 s',
    ])
    expect(line('# ', true).slice(1)).toEqual([
      '# one of them, by its number',
      '# a client that has been there may stay',
      '# a connection there becomes one to an endpoint of this service',
    ])
  })

  it('know IPv6', () => {
    const six = compile(
      [service({ clusterIPs: ['fd00:96::1'] })],
      [slice(['fd00::b'], { addressType: 'IPv6' })],
      {},
      { family: 'ipv6' },
    )
    expect(script(six)).toContain('fd 00 00 96 00 00 00 00 00 00 00 00 00 00 00 01 00 50 06')
    expect(words(six)).toEqual(['shop/cart: TCP [fd00:96::1]:80 → [fd00::b]:8080'])
  })
})

it('has a part for the rules beside, in the words of iptables mode', () => {
  const exposed = (family: 'ipv4' | 'ipv6') => {
    const [clusterIP, nodeIP] = family === 'ipv4' ? ['10.96.0.1', '192.0.2.1'] : ['fd00:96::1', '2001:db8::1']
    const view: NodeView = {
      services: [service({ type: 'NodePort', clusterIPs: [clusterIP!], ports: [port('TCP', 80, 30_080)] })],
      slices: [],
      settings: { ...defaultProxySettings, mode: 'ebpf' },
      node: { name: 'n1', addresses: [nodeIP!] },
      family,
    }
    const options = { explain: true, jumps: true }
    const rules = ebpf.compile(view)
    return { text: ebpf.text(rules, options), json: ebpf.json(rules, options), rules: rules.packets! }
  }
  for (const [family, program] of [
    ['ipv4', 'iptables-restore'],
    ['ipv6', 'ip6tables-restore'],
  ] as const) {
    const { text, json, rules } = exposed(family)
    const [maps, beside] = text.split(
      `\n# whom no program is asked about: clients beyond the node, and SCTP\n`,
    )
    expect(maps).toMatch(/^bpftool batch file - <<'END'\n# shop\/cart:tcp: TCP .*\nEND\n$/s)
    expect(beside).toBe(
      `${program} --noflush --counters <<'END'\n${iptables.text(rules, { explain: true, jumps: true })}END\n`,
    )
    expect(beside).toContain('-I PREROUTING 1 ')
    expect(json).toMatchObject({ node: 'n1', beside: { nat: { 'KUBE-NODEPORTS': [] }, filter: {} } })
  }
})

it('for programs it is plain data', () => {
  const sockets = compile([service()], [slice(['10.1.0.2'])])
  expect(toJson({ sockets, packets: undefined }, { jumps: false })).toEqual({
    node: 'n1',
    services: [
      expect.objectContaining({
        name: 'shop/cart',
        protocol: 'TCP',
        affinity: 0,
        endpoints: ['10.1.0.2:8080'],
      }),
    ],
  })
})
