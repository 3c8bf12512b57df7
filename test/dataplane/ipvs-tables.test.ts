import { expect, it } from 'vitest'
import { parseSaved } from '../../src/command/iptables-save.ts'
import { parseServers } from '../../src/command/ipvs-list.ts'
import { withVirtualServers } from '../../src/dataplane/ipvs-tables.ts'

const listed = `TCP  10.100.0.1:80 rr
  -> 10.0.0.12:8080               Masq    3      0          1
  -> 10.0.0.13:8080               Masq    1      0          2
  -> 10.0.0.14:8080               Masq    0      5          2
TCP  10.100.0.2:80 rr
UDP  [fd00::9]:53 lc
  -> [fd00::c]:53                 Masq    1      0          0
`
const saved = '*nat\n:OUTPUT ACCEPT [7:420]\n-A OUTPUT -j KUBE-SERVICES\n:KUBE-SERVICES - [0:0]\nCOMMIT\n'

/** Chain → its rules' words. */
function chains(family: 'ipv4' | 'ipv6') {
  const nat = withVirtualServers(parseSaved(saved), parseServers(listed), family).get('nat')
  return Object.fromEntries(
    [...(nat ?? [])].map(([name, { rules }]) => [name, rules.map(({ argv }) => argv.join(' '))]),
  )
}

it('has each real server as a rule that takes its share by weight', () => {
  expect(chains('ipv4')).toEqual({
    OUTPUT: ['-j KUBE-SERVICES'],
    'KUBE-SERVICES': [],
    INPUT: [],
    IPVS: [
      '-d 10.100.0.1 -p tcp --dport 80 -j TCP 10.100.0.1:80',
      '-d 10.100.0.2 -p tcp --dport 80 -j TCP 10.100.0.2:80',
    ],
    'TCP 10.100.0.1:80': [
      '-m statistic --mode random --probability 0.75 -j DNAT --to-destination 10.0.0.12:8080',
      '-j DNAT --to-destination 10.0.0.13:8080',
    ],
    'TCP 10.100.0.2:80': ['-j REJECT'],
  })
})

it('has those of one family', () => {
  expect(chains('ipv6')).toMatchObject({
    IPVS: ['-d fd00::9 -p udp --dport 53 -j UDP [fd00::9]:53'],
    'UDP [fd00::9]:53': ['-j DNAT --to-destination [fd00::c]:53'],
  })
})

it('is asked after the rules of INPUT and OUTPUT, and by nobody where there is no virtual server', () => {
  const nat = withVirtualServers(parseSaved(saved), parseServers(listed), 'ipv4').get('nat')
  expect([...(nat ?? [])].filter(([, { afterwards }]) => afterwards?.includes('IPVS'))).toMatchObject([
    ['OUTPUT', { policy: 'ACCEPT', packets: 7 }],
    ['INPUT', { policy: 'ACCEPT' }],
  ])
  expect(withVirtualServers(parseSaved(saved), parseServers(''), 'ipv4')).toEqual(parseSaved(saved))
})
