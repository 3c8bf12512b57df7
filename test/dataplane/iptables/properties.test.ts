import fc from 'fast-check'
import { expect, it } from 'vitest'
import { restoreText } from '../../../src/dataplane/iptables/restore-text.ts'
import { ruleCommands } from '../../../src/dataplane/iptables/rule-commands.ts'
import type { RuleSet } from '../../../src/dataplane/iptables/rules.ts'
import { fullSync, partialSync } from '../../../src/dataplane/iptables/sync.ts'
import { type Cluster, cluster, shuffled } from './arbitrary.ts'
import { compile, service, slice } from './fixtures.ts'
import { SimulatedIptables } from './simulated-iptables.ts'

const rulesOf = ({ services, slices }: Cluster) => compile(services, slices, { clusterCIDR: '10.1.0.0/16' })

function full(ruleSet: RuleSet): SimulatedIptables {
  const machine = new SimulatedIptables()
  machine.restore(restoreText(ruleSet, { jumps: true }))
  return machine
}

it('any number of endpoints gets equal shares', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), count => {
      const addresses = Array.from({ length: count }, (_, index) => `10.1.${index >> 8}.${index & 255}`)
      const { nat } = compile([service()], [slice(addresses)])
      const rules = nat.chains.find(chain => chain.name.startsWith('KUBE-SVC-'))?.rules ?? []
      let left = 1
      for (const { argv } of rules) {
        const at = argv.indexOf('--probability') + 1
        const share = left * (at === 0 ? 1 : Number(argv[at]))
        expect(share).toBeCloseTo(1 / count, 7)
        left -= share
      }
      expect(left).toBe(0)
    }),
    { numRuns: 40 },
  )
})

it('any order of the input gives the same rules', () => {
  fc.assert(
    fc.property(shuffled, ({ one, other }) => {
      expect(rulesOf(other)).toEqual(rulesOf(one))
    }),
  )
})

it('a partial sync from any state gives the rules of a full sync', () => {
  fc.assert(
    fc.property(fc.array(cluster, { minLength: 2, maxLength: 4 }), states => {
      const [first, ...rest] = states.map(rulesOf)
      const machine = full(first!)
      let previous = first!
      for (const next of rest) {
        machine.restore(partialSync(previous, next).text)
        previous = next
      }
      expect(machine.tables).toEqual(full(previous).tables)
    }),
  )
})

it('cut into many transactions, a sync gives the same rules', () => {
  const most = fc.integer({ min: 500, max: 5000 })
  fc.assert(
    fc.property(cluster, cluster, most, (before, after, most) => {
      const [previous, next] = [rulesOf(before), rulesOf(after)]
      const machine = full(previous)
      machine.restore(partialSync(previous, next, { most }).text)
      expect(machine.tables).toEqual(full(next).tables)
      machine.restore(fullSync(previous, { chains: machine.chains, most }).text)
      expect(machine.tables).toEqual(full(previous).tables)
    }),
  )
})

it('between the transactions of a sync no service is without its endpoints', () => {
  const most = fc.integer({ min: 500, max: 5000 })
  fc.assert(
    fc.property(cluster, cluster, most, (one, other, most) => {
      const [previous, next] = [rulesOf(one), rulesOf(other)]
      const machine = full(previous)
      const after = full(next).served()
      const stay = [...machine.served()].filter(match => after.has(match))
      const { text } = fullSync(next, { chains: machine.chains, most })
      for (const transaction of text.split(/(?<=^COMMIT\n)/m)) {
        machine.restore(transaction)
        expect([...machine.served()]).toEqual(expect.arrayContaining(stay))
      }
    }),
  )
})

it('a sync that was broken off between its transactions is made good by a full one', () => {
  const most = fc.integer({ min: 500, max: 5000 })
  fc.assert(
    fc.property(cluster, cluster, most, fc.nat(20), (one, other, most, done) => {
      const machine = full(rulesOf(one))
      const next = rulesOf(other)
      const broken = fullSync(next, { chains: machine.chains, most }).text.split(/(?<=^COMMIT\n)/m)
      for (const transaction of broken.slice(0, done)) machine.restore(transaction)
      const before = machine.served()
      const stay = [...full(next).served()].filter(match => before.has(match))
      const again = fullSync(next, { chains: machine.chains, most }).text
      for (const transaction of again.split(/(?<=^COMMIT\n)/m)) {
        machine.restore(transaction)
        expect([...machine.served()]).toEqual(expect.arrayContaining(stay))
      }
      expect(machine.tables).toEqual(full(next).tables)
    }),
  )
})

it('a full sync gets rid of what an unknown state left', () => {
  fc.assert(
    fc.property(cluster, cluster, (before, after) => {
      const machine = full(rulesOf(before))
      machine.restore(fullSync(rulesOf(after), { chains: machine.chains }).text)
      expect(machine.tables).toEqual(full(rulesOf(after)).tables)
    }),
  )
})

it('single commands lead from any state to any other, from none and back to none', () => {
  fc.assert(
    fc.property(cluster, cluster, (before, after) => {
      const [previous, next] = [rulesOf(before), rulesOf(after)]
      const machine = new SimulatedIptables()
      for (const { argv } of ruleCommands(undefined, previous)) machine.run(argv)
      expect(machine.tables).toEqual(full(previous).tables)
      for (const { argv } of ruleCommands(previous, next)) machine.run(argv)
      expect(machine.tables).toEqual(full(next).tables)
      for (const { argv } of ruleCommands(next, undefined)) machine.run(argv)
      expect(machine.tables).toEqual(new SimulatedIptables().tables)
    }),
  )
})

it('nothing changed, nothing to do', () => {
  fc.assert(
    fc.property(cluster, state => {
      expect(ruleCommands(rulesOf(state), rulesOf(state))).toEqual([])
      expect(partialSync(rulesOf(state), rulesOf(state))).toMatchObject({ changed: [], stale: [] })
    }),
  )
})
