import { describe, it } from 'vitest'
import { type Break, BrokenLab } from '../machines/broken-lab.ts'

const web = 'service-PFISGYVC-default/web/tcp/'
const webB = 'endpoint-SEQO5POY-default/web/tcp/__10.0.0.12/8080'
const webC = 'endpoint-D2IYWYVN-default/web/tcp/__10.0.0.13/8080'
const solo = 'endpoint-66VKKUJS-default/solo/tcp/__10.0.0.11/8080'
const inTable = 'ip kube-proxy'

/** What puts a chain back as it was. */
function writeAnew(chain: string, ...rules: string[]): string {
  return [`nft flush chain ${inTable} ${chain}`, ...rules].join(' && ')
}

/** What puts a chain back where it hung. */
function hangAnew(chain: string, hook: string, ...rules: string[]): string {
  const made = [`nft delete chain ${inTable} ${chain}`, `nft 'add chain ${inTable} ${chain} { ${hook} ; }'`]
  return writeAnew(chain, ...made, ...rules)
}

const chooses = `nft 'add rule ${inTable} ${web} numgen random mod 2 vmap { 0 : goto ${webB}, 1 : goto ${webC} }'`
const marks = `nft 'add rule ${inTable} ${web} ip daddr 10.100.0.1 ip saddr != 10.0.0.0/24 jump mark-for-masquerade'`

describe('on one node', () => {
  const lab = new BrokenLab(
    new URL('healthy-nftables.yaml', import.meta.url),
    ['a', 'host', 'client'],
    ['host'],
  )

  const breaks: Break[] = [
    [
      `nft delete element ${inTable} service-ips '{ 10.100.0.1 . tcp . 80 }'`,
      'no rule translates 10.100.0.1:80, because of the element 10.100.0.1 . tcp . 80 of the map service-ips, which is not there',
      `nft 'add element ${inTable} service-ips { 10.100.0.1 . tcp . 80 : goto ${web} }'`,
    ],
    [
      `nft flush chain ${inTable} ${web}`,
      `no rule translates 10.100.0.1:80, because of the chain ${web}, which is not as kube-proxy made it`,
      writeAnew(web, marks, chooses),
    ],
    [
      `nft flush chain ${inTable} ${solo}; nft add rule ${inTable} ${solo} ip saddr 10.0.0.11 jump mark-for-masquerade; nft add rule ${inTable} ${solo} meta l4proto tcp dnat to 10.0.0.11:9999`,
      `rule 2 of the chain ${solo} sends to 10.0.0.11:9999 in a, not the endpoint's port, 8080`,
      writeAnew(
        solo,
        `nft add rule ${inTable} ${solo} ip saddr 10.0.0.11 jump mark-for-masquerade`,
        `nft add rule ${inTable} ${solo} meta l4proto tcp dnat to 10.0.0.11:8080`,
      ),
    ],
    [
      `nft flush chain ${inTable} ${solo}; nft add rule ${inTable} ${solo} meta l4proto tcp dnat to 10.0.0.11:8080`,
      `a reaches itself through 10.100.0.2, and without MASQUERADE it gets a packet from its own address, which it throws away, since the chain ${solo} is not as kube-proxy made it`,
      writeAnew(
        solo,
        `nft add rule ${inTable} ${solo} ip saddr 10.0.0.11 jump mark-for-masquerade`,
        `nft add rule ${inTable} ${solo} meta l4proto tcp dnat to 10.0.0.11:8080`,
      ),
    ],
    [
      `nft flush chain ${inTable} ${web}; ${marks}; nft 'add rule ${inTable} ${web} numgen random mod 1000000000 vmap { 0 : goto ${webB} , 1 : goto ${webC} }'`,
      `no rule translates 10.100.0.1:80, because of the chain ${web}, which is not as kube-proxy made it`,
      writeAnew(web, marks, chooses),
    ],
    [
      `nft 'add element ${inTable} no-endpoint-services { 10.0.0.12 . tcp . 8080 : drop }'; nft 'add element ${inTable} no-endpoint-services { 10.0.0.13 . tcp . 8080 : drop }'`,
      'the element 10.0.0.12 . tcp . 8080 of the map no-endpoint-services drops packets from host to b (10.0.0.12 . tcp . 8080 : drop)',
      `nft 'delete element ${inTable} no-endpoint-services { 10.0.0.12 . tcp . 8080 }'`,
      `nft 'delete element ${inTable} no-endpoint-services { 10.0.0.13 . tcp . 8080 }'`,
    ],
    [
      hangAnew(
        'nat-prerouting',
        'type nat hook output priority -90',
        `nft add rule ${inTable} nat-prerouting jump services`,
      ),
      'no rule translates 10.100.0.1:80, because of the chain nat-prerouting, which hangs elsewhere: type nat hook output priority -90',
      hangAnew(
        'nat-prerouting',
        'type nat hook prerouting priority -100',
        `nft add rule ${inTable} nat-prerouting jump services`,
      ),
    ],
    ...[
      ['filter-forward', 'from a to b'],
      ['nat-postrouting', 'from host to a'],
      ['filter-prerouting-pre-dnat', 'back from a to host'],
    ].map(
      ([chain, which]): Break => [
        `nft 'add chain ${inTable} ${chain} { policy drop ; }'`,
        `${chain}'s policy is DROP, and no rule lets packets through ${which}`,
        `nft 'add chain ${inTable} ${chain} { policy accept ; }'`,
      ],
    ),
    [
      'nft delete table ip kube-proxy',
      "no rule translates 10.100.0.1:80, because of the chain nat-prerouting of kube-proxy's table, which is gone",
      'netlab sync healthy-nftables',
    ],
  ]

  it.each(breaks)('%s', async (...one) => lab.isExplained(one))
})

describe("with all that a load balancer's service has", () => {
  const lab = new BrokenLab(
    new URL('affinity-nftables.yaml', import.meta.url),
    ['a', 'client'],
    ['host'],
    ['a', 'client'],
  )
  const endpoint = 'endpoint-74W6JSEF-default/web/tcp/__10.0.0.11/8080'
  const firewall = 'firewall-PFISGYVC-default/web/tcp/'
  const key = '203.0.113.5 . tcp . 80'
  const answered = `rule 3 of the chain ${endpoint} translates 203.0.113.5:80, so it is answered, because of`
  const hairpin =
    'a reaches itself through 10.96.0.10, and without MASQUERADE it gets a packet from its own address, which it throws away, since'
  const add = (chain: string, ...lines: string[]) =>
    writeAnew(
      chain,
      ...lines.map(line =>
        /[{|&]/.test(line)
          ? `nft 'add rule ${inTable} ${chain} ${line}'`
          : `nft add rule ${inTable} ${chain} ${line}`,
      ),
    )
  const checks = 'filter-prerouting-pre-dnat ct state new jump firewall-check'
  const services = 'ip daddr . meta l4proto . th dport vmap @service-ips'

  const breaks: Break[] = [
    [
      `nft flush chain ${inTable} firewall-check`,
      `${answered} the chain firewall-check, which is not as kube-proxy made it`,
      add('firewall-check', 'ip daddr . meta l4proto . th dport vmap @firewall-ips'),
    ],
    [
      hangAnew(
        'filter-prerouting-pre-dnat',
        'type filter hook prerouting priority -90',
        `nft add rule ${inTable} ${checks}`,
      ),
      `${answered} the chain filter-prerouting-pre-dnat, which hangs elsewhere: type filter hook prerouting priority -90`,
      hangAnew(
        'filter-prerouting-pre-dnat',
        'type filter hook prerouting priority -110',
        `nft add rule ${inTable} ${checks}`,
      ),
    ],
    [
      `nft delete element ${inTable} firewall-ips '{ ${key} }'`,
      `${answered} the element ${key} of the map firewall-ips, which is not there`,
      `nft 'add element ${inTable} firewall-ips { ${key} : goto ${firewall} }'`,
    ],
    [
      `nft flush chain ${inTable} ${firewall}; nft 'add rule ${inTable} ${firewall} ip saddr != { 198.18.0.0/16 } drop'`,
      `rule 1 of the chain ${firewall} drops packets from client to 203.0.113.5, since the chain ${firewall} is not as kube-proxy made it`,
      add(firewall, 'ip saddr != { 192.0.2.0/28, 203.0.113.5 } drop'),
    ],
    [
      `nft flush set ${inTable} nodeport-ips`,
      'no rule translates 192.0.2.1:30080, because of the element 192.0.2.1 of the set nodeport-ips, which is not there',
      `nft 'add element ${inTable} nodeport-ips { 192.0.2.1 }'`,
    ],
    [
      `nft flush set ${inTable} nodeport-ips; nft add element ${inTable} nodeport-ips '{ 10.0.0.1 }'`,
      'no rule translates 192.0.2.1:30080, because of the element 192.0.2.1 of the set nodeport-ips, which is not there',
      `nft 'delete element ${inTable} nodeport-ips { 10.0.0.1 }' && nft 'add element ${inTable} nodeport-ips { 192.0.2.1 }'`,
    ],
    [
      `nft flush chain ${inTable} services; nft add rule ${inTable} services ${services}`,
      'no rule translates 192.0.2.1:30080, because of the chain services, which is not as kube-proxy made it',
      add('services', services, 'ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports'),
    ],
    [
      `nft flush chain ${inTable} masquerading`,
      `${hairpin} the chain masquerading is not as kube-proxy made it`,
      writeAnew(
        'masquerading',
        `nft 'add rule ${inTable} masquerading meta mark & 0x00004000 == 0x00000000 return'`,
        `nft add rule ${inTable} masquerading meta mark set meta mark '^' 0x00004000`,
        `nft add rule ${inTable} masquerading masquerade fully-random`,
      ),
    ],
    [
      `nft flush chain ${inTable} mark-for-masquerade`,
      `${hairpin} the chain mark-for-masquerade is not as kube-proxy made it`,
      add('mark-for-masquerade', 'meta mark set meta mark | 0x00004000'),
    ],
  ]

  it.each(breaks)('%s', async (...one) => lab.isExplained(one))

  const clients = `update @${endpoint.replace('endpoint', 'affinity')} { ip saddr }`
  const sends = (to: string) =>
    add(endpoint, 'ip saddr 10.0.0.11 jump mark-for-masquerade', clients, `meta l4proto tcp dnat to ${to}`)

  it('a rule that was changed in place', async () => {
    await lab.isExplained([
      sends('10.0.0.11:9999'),
      `rule 3 of the chain ${endpoint} sends to 10.0.0.11:9999 in a, not the endpoint's port, 8080`,
      sends('10.0.0.11:8080'),
    ])
    await lab.isMended(sends('10.0.0.11:9999'), 'netlab sync affinity-nftables')
  })
})

describe('on several nodes', () => {
  const lab = new BrokenLab(new URL('nodes-nftables.yaml', import.meta.url), ['client'], ['n1', 'n2'])
  const refuses =
    'rule 1 of the chain cluster-ips-check in n1 refuses packets from 172.7.1.3 to 10.96.0.10, since'
  const key = '10.96.0.10 . tcp . 80'

  const breaks: Break[] = [
    [
      `ip netns exec n1 nft delete element ${inTable} service-ips '{ ${key} }'`,
      `${refuses} the map service-ips has no element ${key}`,
      'netlab sync nodes-nftables',
    ],
    [
      `ip netns exec n1 nft flush chain ${inTable} ${web}`,
      `${refuses} what the map service-ips leads it to does not translate it (${key} : goto ${web})`,
      'netlab sync nodes-nftables',
    ],
    [
      `ip netns exec n1 nft 'add element ${inTable} no-endpoint-services { 172.7.1.2 . tcp . 80 : drop }'`,
      'the element 172.7.1.2 . tcp . 80 of the map no-endpoint-services in n1 drops packets from 172.7.1.3 to 172.7.1.2',
      '',
      `ip netns exec n1 nft 'delete element ${inTable} no-endpoint-services { 172.7.1.2 . tcp . 80 }'`,
    ],
    [
      `ip netns exec n1 nft 'add chain ${inTable} filter-forward { policy drop ; }'`,
      "n1 drops packets from 172.7.1.3 to 172.7.1.2: the policy of the chain filter-forward of kube-proxy's table is drop",
      'netlab sync nodes-nftables',
    ],
    [
      `ip netns exec n1 nft 'add chain ${inTable} nat-postrouting { policy drop ; }'`,
      "n1 drops packets from 172.7.1.3 to 172.7.1.2: the policy of the chain nat-postrouting of kube-proxy's table is drop",
      'netlab sync nodes-nftables',
    ],
    [
      `ip netns exec n1 nft 'flush chain ${inTable} nat-prerouting ; delete chain ${inTable} nat-prerouting ; add chain ${inTable} nat-prerouting'`,
      `${refuses} the chain nat-prerouting hangs nowhere`,
      'netlab sync nodes-nftables',
    ],
  ]

  it.each(breaks)('%s', async (...one) => lab.isExplained(one))
})
