import { describe, expect, it } from 'vitest'
import { parseSaved } from '../../src/command/iptables-save.ts'
import type { Packet } from '../../src/diagnose/packet.ts'
import type { Surroundings } from '../../src/diagnose/rule-match.ts'
import { trace } from '../../src/diagnose/trace.ts'

const packet: Packet = {
  source: '10.0.0.11',
  destination: '10.100.0.1',
  port: 80,
  in: 'br1',
  mark: 0,
  states: ['NEW'],
}
const around: Surroundings = { isLocal: address => address === '10.0.0.1', rose: rule => rule.packets > 0 }

/** What becomes of the packet in a nat table with these rules: `0.5 DNAT 10.0.0.12:8080 mark 0`. */
function outcomes(rules: string, more: Partial<Packet> = {}): string[] {
  const chains = new Set(['PREROUTING', ...[...rules.matchAll(/-A (\S+)/g)].map(([, name = '']) => name)])
  const header = [...chains].map(name => `:${name} ${name === 'PREROUTING' ? 'ACCEPT' : '-'} [0:0]`)
  const lines = rules.split('\n').map(line => (line.startsWith('[') ? line : `[0:0] ${line}`))
  const tables = parseSaved(['*nat', ...header, ...lines, 'COMMIT'].join('\n'))
  const found = trace(tables, 'nat', 'PREROUTING', { ...packet, ...more }, around).outcomes
  return found.map(({ chance, target, to, mark }) =>
    [
      Number(chance.toFixed(4)),
      target,
      ...(to === undefined ? [] : [to]),
      ...(mark === 0 ? [] : [mark]),
    ].join(' '),
  )
}

describe('a packet in a table', () => {
  it('takes the first rule that matches, else the policy', () => {
    expect(outcomes('-A PREROUTING -d 10.100.0.2/32 -j DROP\n-A PREROUTING -i br1 -j RETURN')).toEqual([
      '1 ACCEPT',
    ])
    expect(
      outcomes('-A PREROUTING ! -s 10.0.0.0/24 -j DROP\n-A PREROUTING -p tcp -m tcp --dport 79:81 -j DROP'),
    ).toEqual(['1 DROP'])
  })

  it('comes back from a chain that does not decide, or says RETURN', () => {
    const rules =
      '-A PREROUTING -j ONE\n-A PREROUTING -j DROP\n-A ONE -s 10.0.0.11/32 -j RETURN\n-A ONE -j ACCEPT'
    expect(outcomes(rules)).toEqual(['1 DROP'])
    expect(outcomes(rules, { source: '10.0.0.12' })).toEqual(['1 ACCEPT'])
  })

  it('throws the dice on each rule for those that the rules before left', () => {
    const dice = '-m statistic --mode random --probability'
    const rules = `-A PREROUTING ${dice} 0.5 -j DNAT --to-destination 10.0.0.12:8080
-A PREROUTING ${dice} 0.50000000000 -j DNAT --to-destination 10.0.0.13:8080`
    expect(outcomes(rules)).toEqual(['0.5 DNAT 10.0.0.12:8080', '0.25 DNAT 10.0.0.13:8080', '0.25 ACCEPT'])
  })

  it('carries its mark', () => {
    const rules = `-A PREROUTING -j MARK --set-xmark 0x4000/0x4000
-A PREROUTING -m mark ! --mark 0x4000/0x4000 -j DROP`
    expect(outcomes(rules)).toEqual([`1 ACCEPT ${0x4000}`])
    expect(outcomes('-A PREROUTING -j MARK --xor-mark 0x4000', { mark: 0x4000 })).toEqual(['1 ACCEPT'])
  })

  it('knows states and what is local', () => {
    expect(outcomes('-A PREROUTING -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP')).toEqual([
      '1 DROP',
    ])
    expect(outcomes('-A PREROUTING -m addrtype --dst-type LOCAL -j DROP')).toEqual(['1 ACCEPT'])
    expect(
      outcomes('-A PREROUTING -m addrtype --dst-type LOCAL -j DROP', { destination: '10.0.0.1' }),
    ).toEqual(['1 DROP'])
  })

  it('believes the counter of a rule whose match it does not know', () => {
    const rule = '-A PREROUTING -m recent --name A --rcheck --seconds 10800 -j DROP'
    expect(outcomes(`[0:0] ${rule}`)).toEqual(['1 ACCEPT'])
    expect(outcomes(`[1:60] ${rule}`)).toEqual(['1 DROP'])
    expect(outcomes(`[1:60] ${rule.replace('-m recent', '-d 10.9.9.9/32 -m recent')}`)).toEqual(['1 ACCEPT'])
  })
})
