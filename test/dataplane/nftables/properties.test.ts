import fc from 'fast-check'
import { expect, it } from 'vitest'
import { scriptText } from '../../../src/dataplane/nftables/print.ts'
import type { RuleSet } from '../../../src/dataplane/nftables/rules.ts'
import {
  fullSync,
  type KernelTable,
  kernelTableOf,
  linesOf,
  partialSync,
  type Sync,
} from '../../../src/dataplane/nftables/sync.ts'
import { type Cluster, cluster, shuffled } from '../iptables/arbitrary.ts'
import { compile } from './fixtures.ts'
import { SimulatedNft } from './simulated-nft.ts'

const rulesOf = ({ services, slices }: Cluster) =>
  compile(services, slices, { clusterCIDR: '10.1.0.0/16' }, { serviceCIDRs: ['10.96.0.0/16'] })

function loaded(ruleSet: RuleSet): SimulatedNft {
  const machine = new SimulatedNft()
  machine.run(scriptText(ruleSet, { explain: true }).split('\n'))
  return machine
}

function apply(machine: SimulatedNft, { cleanup, parts }: Sync): void {
  machine.run(linesOf([{ commands: cleanup }]))
  machine.run(linesOf(parts))
}

/** What the kernel holds after a sync that has left stale chains, which the next sync deletes. */
function withStale(rules: RuleSet, stale: readonly string[]): KernelTable {
  const kernel = kernelTableOf(rules)
  return { ...kernel, chains: new Map([...kernel.chains, ...stale.map(name => [name, []] as const)]) }
}

it('any order of the input gives the same table', () => {
  fc.assert(
    fc.property(shuffled, ({ one, other }) => {
      expect(rulesOf(other)).toEqual(rulesOf(one))
    }),
  )
})

it('each line of the printed script needs only what stands before it', () => {
  fc.assert(
    fc.property(cluster, state => {
      const machine = new SimulatedNft()
      for (const line of scriptText(rulesOf(state), { explain: false }).split('\n')) machine.run([line])
      expect(machine.dump()).toEqual(loaded(rulesOf(state)).dump())
    }),
  )
})

it('a full sync of a table that is not there leaves what is printed', () => {
  fc.assert(
    fc.property(cluster, state => {
      const machine = new SimulatedNft()
      apply(machine, fullSync(rulesOf(state)))
      expect(machine.dump()).toEqual(loaded(rulesOf(state)).dump())
    }),
  )
})

it('partial syncs from any state to any other, and one more, give the table of the last', () => {
  fc.assert(
    fc.property(fc.array(cluster, { minLength: 2, maxLength: 4 }), states => {
      const [first, ...rest] = states.map(rulesOf)
      const machine = loaded(first!)
      let previous = first!
      let stale: readonly string[] = []
      for (const next of [...rest, rest.at(-1)!]) {
        const sync = partialSync(previous, next, withStale(previous, stale))
        apply(machine, sync)
        previous = next
        stale = sync.stale
      }
      expect(machine.dump()).toEqual(loaded(previous).dump())
    }),
  )
})

it('a full sync, and one more, makes good any state', () => {
  fc.assert(
    fc.property(cluster, cluster, (one, other) => {
      const [before, after] = [rulesOf(one), rulesOf(other)]
      const machine = loaded(before)
      const sync = fullSync(after, kernelTableOf(before))
      apply(machine, sync)
      apply(machine, fullSync(after, withStale(after, sync.stale)))
      expect(machine.dump()).toEqual(loaded(after).dump())
    }),
  )
})

it('nothing changed, nothing to do', () => {
  fc.assert(
    fc.property(cluster, state => {
      const sync = partialSync(rulesOf(state), rulesOf(state))
      expect(sync).toEqual({ cleanup: [], parts: [], changed: [], stale: [] })
    }),
  )
})

/** What becomes of the packets to one destination: through the firewall, and then. */
function fate(machine: SimulatedNft, key: string): { firewall: string; way: string } {
  const isNodePort = !key.includes('.') || key.split(' . ').length === 2
  const verdict = machine.verdict(isNodePort ? 'service-nodeports' : 'service-ips', key)
  const way = verdict === undefined ? '' : expanded(machine, verdict)
  // What was translated no longer meets the other map.
  const isTranslated = /(?:dnat to \S+|\}|\])$/.test(way)
  const refused = machine.verdict(isNodePort ? 'no-endpoint-nodeports' : 'no-endpoint-services', key) ?? ''
  const firewall = isNodePort ? undefined : machine.verdict('firewall-ips', key)
  return {
    firewall: firewall === undefined ? '' : expanded(machine, firewall),
    way: isTranslated ? way : `${way} then ${refused}`,
  }
}

/** Rules with the rules of chains in place of their names. */
function expanded(machine: SimulatedNft, text: string): string {
  return text.replaceAll(/\b(?:goto|jump) (\S+)/g, (_, chain: string) => {
    const rules = machine.rules(chain)
    if (rules === undefined || rules.length === 0) return `nowhere: ${chain}`
    // Clients may be remembered for a moment before, or after, somebody asks for them.
    const telling = rules.filter(rule => !rule.startsWith('update '))
    return `[${telling.map(rule => expanded(machine, rule.replace(/ comment ".*"/, ''))).join('; ')}]`
  })
}

const keysOf = (machine: SimulatedNft) => [
  ...['service-ips', 'no-endpoint-services', 'service-nodeports', 'no-endpoint-nodeports'].flatMap(name =>
    machine.keys(name),
  ),
]

it.each([
  ['partial', partialSync],
  ['full', (previous: RuleSet, next: RuleSet) => fullSync(next, kernelTableOf(previous))],
])('between the parts of a %s sync every destination is as before or as after', (_, syncFrom) => {
  fc.assert(
    fc.property(cluster, cluster, (one, other) => {
      const [previous, next] = [rulesOf(one), rulesOf(other)]
      const [before, after, machine] = [loaded(previous), loaded(next), loaded(previous)]
      const keys = [...new Set([...keysOf(before), ...keysOf(after)])]
      const known = new Map(keys.map(key => [key, [fate(before, key), fate(after, key)]]))
      for (const part of syncFrom(previous, next).parts) {
        machine.run(linesOf([part]))
        for (const [key, fates] of known) {
          const { firewall, way } = fate(machine, key)
          expect(fates.map(each => each.firewall)).toContain(firewall)
          expect(fates.map(each => each.way)).toContain(way)
        }
      }
    }),
  )
})
