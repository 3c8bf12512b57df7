import { describe, expect, it } from 'vitest'
import { mostBytes } from '../../../src/command/transaction.ts'
import type { NodeView } from '../../../src/dataplane/dataplane.ts'
import { type RuleStore, ruleLoaders, ruleWriters } from '../../../src/dataplane/modes.ts'
import { defaultProxySettings } from '../../../src/read/proxy-settings.ts'
import { service, slice } from '../iptables/fixtures.ts'
import { inNamespace, nftWorks } from '../nftables/in-namespace.ts'

const view = (count: number, ...endpoints: string[]): NodeView => {
  const numbers = Array.from({ length: count }, (_, at) => at)
  return {
    services: numbers.map(at => service({ name: `svc${at}`, clusterIPs: [`10.96.${at >> 8}.${at & 255}`] })),
    slices: numbers.map(at => slice(endpoints, { service: `svc${at}` })),
    settings: { ...defaultProxySettings, clusterCIDR: '10.1.0.0/16' },
    node: { name: 'n1', addresses: ['192.0.2.1'] },
    family: 'ipv4',
  }
}

const load = (store: RuleStore, from: NodeView) =>
  ruleLoaders[store](from)
    .map(({ argv, input }) => `XTABLES_LOCKFILE=/dev/null ${argv.join(' ')} <<'END'\n${input}END\n`)
    .join('')

/** What a namespace has after a script, line by line in any order. */
const linesAfter = (script: string, print: string) =>
  inNamespace(`${script}\n${print}`)
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => line.replace(/\[\d+:\d+\]/, ''))
    .sort()

describe.each(['iptables-nft', 'iptables-legacy'] as const)('%s', store => {
  const saved = ['filter', 'nat'].map(table => `${store}-save -t ${table}`).join('\n')

  it('loads what is printed, with the jumps', () => {
    const small = view(3, '10.1.0.2', '10.1.0.3')
    const text = ruleWriters.iptables.text(ruleWriters.iptables.compile(small), {
      jumps: true,
      explain: false,
    })
    const printed = `XTABLES_LOCKFILE=/dev/null ${store}-restore --noflush <<'END'\n${text}END`
    expect(linesAfter(load(store, small), saved)).toEqual(linesAfter(printed, saved))
  })

  it('loads two thousand services, which no message takes', () => {
    const rules = linesAfter(load(store, view(2000, '10.1.0.2')), `${store}-save -t nat`)
    expect(rules.filter(line => line.startsWith('-A KUBE-SERVICES -d ')).length).toBe(2000)
  })
})

describe.skipIf(!nftWorks)('nftables', () => {
  it('loads what is printed', () => {
    const small = view(3, '10.1.0.2', '10.1.0.3')
    const text = ruleWriters.nftables.text(ruleWriters.nftables.compile(small), {
      jumps: true,
      explain: false,
    })
    const printed = `nft -f - <<'END'\n${text}END`
    expect(linesAfter(load('nftables', small), 'nft list ruleset')).toEqual(
      linesAfter(printed, 'nft list ruleset'),
    )
  })

  it.each([
    ['one endpoint', ['10.1.0.2']],
    ['fifty', Array.from({ length: 50 }, (_, at) => `10.1.0.${at + 2}`)],
  ])('loads hundreds of services with %s each, which no message takes', (_, endpoints) => {
    const count = Math.ceil(600 / endpoints.length) + 20
    const many = view(count, ...endpoints)
    const whole = ruleLoaders.nftables(many).map(({ input }) => input)
    expect(() => inNamespace(`nft -f - <<'END'\n${whole.join('')}END\n`)).toThrow('Message too long')
    const map = linesAfter(load('nftables', many), 'nft list map ip kube-proxy service-ips')
    expect(map.join('\n').match(/ : goto service-/g)?.length).toBe(count)
  })
})

it('IPVS mode is loaded by a script with all that is printed', () => {
  const small = view(1, '10.1.0.2')
  const text = ruleWriters.ipvs.text(ruleWriters.ipvs.compile(small), { jumps: true, explain: false })
  expect(ruleLoaders.ipvs(small)).toEqual([{ argv: ['sh', '-e'], in: 'host', input: text }])
})

it('no part is as large as a message', () => {
  const parts = ruleLoaders.nftables(view(300, '10.1.0.2')).map(({ input = '' }) => input.length)
  expect(parts.length).toBeGreaterThan(3)
  expect(Math.max(...parts)).toBeLessThan(mostBytes)
})
