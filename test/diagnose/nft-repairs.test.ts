import { describe, expect, it } from 'vitest'
import { NftState } from '../../src/command/nft-state.ts'
import { withNftTable } from '../../src/dataplane/nft-tables.ts'
import { nftRepairs } from '../../src/diagnose/nft-repairs.ts'

const table = 'ip kube-proxy'
const made = [
  `add table ${table}`,
  `add set ${table} nodeport-ips { type ipv4_addr ; }`,
  `add map ${table} service-ips { type ipv4_addr . inet_proto . inet_service : verdict ; }`,
  `add map ${table} service-nodeports { type inet_proto . inet_service : verdict ; }`,
  `add chain ${table} services`,
  `add rule ${table} services ip daddr . meta l4proto . th dport vmap @service-ips`,
  `add rule ${table} services ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports`,
  `add element ${table} nodeport-ips { 192.0.2.1 }`,
  `add element ${table} service-ips { 10.96.0.10 . tcp . 80 : goto web }`,
  `add element ${table} service-nodeports { tcp . 30080 : goto web }`,
]

function services(commands: readonly string[]) {
  const state = new NftState(table)
  for (const command of commands) state.note(['nft', command])
  return withNftTable(new Map(), state.table, table).get('nat')!.get('services')!
}

function told(...then: string[]) {
  const [actual, declared] = [services([...made, ...then]), services(made)]
  return nftRepairs({ actual, declared, table: 'nat', lab: 'lab' }).map(({ words, command }) => [
    words,
    command,
  ])
}

describe('what mends a chain of nftables', () => {
  it('that is as it was', () => {
    expect(told()).toEqual([])
  })

  it('without a rule that asks a map: its rules, and no element', () => {
    expect(
      told(
        `flush chain ${table} services`,
        `add rule ${table} services ip daddr . meta l4proto . th dport vmap @service-ips`,
      ),
    ).toEqual([
      [
        'the chain services, which is not as kube-proxy made it',
        [
          `nft flush chain ${table} services`,
          `nft add rule ${table} services ip daddr . meta l4proto . th dport vmap @service-ips`,
          `nft add rule ${table} services ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports`,
        ].join(' && '),
      ],
    ])
  })

  it('whose set has another member', () => {
    expect(
      told(
        `delete element ${table} nodeport-ips { 192.0.2.1 }`,
        `add element ${table} nodeport-ips { 10.0.0.1 }`,
      ),
    ).toEqual([
      [
        'the element 10.0.0.1 of the set nodeport-ips, which kube-proxy did not make',
        `nft 'delete element ${table} nodeport-ips { 10.0.0.1 }'`,
      ],
      [
        'the element 192.0.2.1 of the set nodeport-ips, which is not there',
        `nft 'add element ${table} nodeport-ips { 192.0.2.1 }'`,
      ],
    ])
  })

  it('whose map leads elsewhere', () => {
    const where = `${table} service-nodeports`
    expect(told(`add element ${where} { tcp . 30080 : drop }`)).toEqual([
      [
        'the element tcp . 30080 of the map service-nodeports, which is not as kube-proxy made it',
        `nft 'delete element ${where} { tcp . 30080 }' && nft 'add element ${where} { tcp . 30080 : goto web }'`,
      ],
    ])
  })
})
