import { describe, expect, it } from 'vitest'
import { scriptText } from '../../../src/dataplane/ipvs/print.ts'
import type { RuleSet } from '../../../src/dataplane/ipvs/rules.ts'
import { service, slice } from '../iptables/fixtures.ts'
import { inNamespace } from '../nftables/in-namespace.ts'
import { compile } from './fixtures.ts'

const works = (() => {
  try {
    return inNamespace('ipset create A hash:ip,port,net && iptables -t nat -N A') === ''
  } catch {
    return false
  }
})()

/** The parts of the script for ipset and iptables. IPVS itself is refused in a user namespace. */
function setsAndRules(rules: RuleSet): string {
  const [, part = ''] =
    /\n(ipset restore [\s\S]*?\nEND\n\nip6?tables-restore [\s\S]*?\nEND\n)/.exec(
      scriptText(rules, { jumps: true, explain: true }),
    ) ?? []
  return part
}

describe.skipIf(!works)('the kernel takes the sets and the rules that ask them', () => {
  const of = (
    family: 'ipv4' | 'ipv6',
    [clusterIP = '', externalIP = '', range = '', nodeIP = '']: string[],
  ) =>
    compile(
      [
        service({
          type: 'LoadBalancer',
          clusterIPs: [clusterIP],
          ports: (['TCP', 'UDP', 'SCTP'] as const).map((protocol, at) => ({
            ...{ name: protocol.toLowerCase(), protocol, port: 80, targetPort: 8080 },
            nodePort: 30_080 + at,
          })),
          externalTrafficPolicy: 'Local',
          externalIPs: [externalIP],
          loadBalancerIPs: [externalIP],
          // The node's own, so that no rule needs the match of IPVS.
          loadBalancerSourceRanges: [range],
        }),
        service({
          name: 'other',
          clusterIPs: [clusterIP.replace(/1$/, '2')],
          externalIPs: [externalIP.replace(/7$/, '8')],
        }),
      ],
      [
        slice([{ addresses: [family === 'ipv4' ? '10.1.0.2' : 'fd00:10::2'], nodeName: 'n1' }], {
          addressType: family === 'ipv4' ? 'IPv4' : 'IPv6',
          ports: [{ name: 'tcp', protocol: 'TCP', port: 8080 }],
        }),
      ],
      {},
      { family, node: { name: 'n1', addresses: [nodeIP] } },
    )

  it.each([
    ['ipv4', 'iptables', ['10.96.0.1', '198.51.100.7', '192.0.2.0/24', '192.0.2.1']],
    ['ipv6', 'ip6tables', ['fd00::1', 'fd00:1::7', '2001:db8::/64', '2001:db8::1']],
  ] as const)('%s', (family, program, addresses) => {
    const rules = of(family, [...addresses])
    const saved = inNamespace(`${setsAndRules(rules)}ipset list -o save; ${program}-save`)
    const entries = rules.sets.flatMap(({ name, entries }) => entries.map(entry => `add ${name} ${entry}`))
    expect(saved.match(/^add .*/gm)?.toSorted()).toEqual(entries.toSorted())
    const { nat, filter, jumps } = rules.iptables
    const made = [...nat.chains, ...filter.chains].flatMap(chain => chain.rules).length + jumps.length
    expect(saved.match(/^-A /gm)).toHaveLength(made)
  })
})

it.skipIf(works)('the kernel was not asked: no ipset, or no user namespaces here', () => {})
