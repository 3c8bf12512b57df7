import fc from 'fast-check'
import { expect, it } from 'vitest'
import { onHost } from '../../../src/command/command.ts'
import { Before, undoOf } from '../../../src/command/undo.ts'
import type { NodeView } from '../../../src/dataplane/dataplane.ts'
import { ipvs } from '../../../src/dataplane/ipvs/ipvs.ts'
import type { RuleSet } from '../../../src/dataplane/ipvs/rules.ts'
import { ruleSteps } from '../../../src/dataplane/ipvs/steps.ts'
import { type Cluster, cluster } from '../iptables/arbitrary.ts'
import { viewOf } from './fixtures.ts'
import { SimulatedIpvs } from './simulated-ipvs.ts'

const view = ({ services, slices }: Cluster): NodeView =>
  viewOf(services, slices, { clusterCIDR: '10.1.0.0/16' })
const rulesOf = (state: Cluster) => ipvs.compile(view(state)) as RuleSet

function printed(rules: RuleSet): SimulatedIpvs {
  const machine = new SimulatedIpvs()
  machine.script(ipvs.text(rules, { jumps: true, explain: true }))
  return machine
}

function run(machine: SimulatedIpvs, previous: RuleSet | undefined, next: RuleSet | undefined): void {
  for (const { argv } of ruleSteps(previous, next)) machine.run(argv)
}

function sync(
  machine: SimulatedIpvs,
  before: NodeView | undefined,
  after: NodeView | undefined,
  full = false,
) {
  const change = ipvs.sync(before, after, ipvs.readBack(machine.listed()), full)
  for (const command of change.commands) machine.command(command)
  return change
}

const empty = new SimulatedIpvs().dump()

it('single commands from any state to any other leave what is printed, and nothing at the end', () => {
  fc.assert(
    fc.property(fc.array(cluster, { minLength: 1, maxLength: 3 }), states => {
      const machine = new SimulatedIpvs()
      let previous: RuleSet | undefined
      for (const next of states.map(rulesOf)) {
        run(machine, previous, next)
        expect(machine.dump()).toEqual(printed(next).dump())
        previous = next
      }
      run(machine, previous, undefined)
      expect(machine.dump()).toEqual(empty)
    }),
  )
})

it('their undo commands, in reverse, lead back to nothing', () => {
  fc.assert(
    fc.property(cluster, cluster, (one, other) => {
      const [before, machine] = [new Before(), new SimulatedIpvs()]
      const steps = [
        ...ruleSteps(undefined, rulesOf(one)),
        ...ruleSteps(rulesOf(one), rulesOf(other)),
        ...ruleSteps(rulesOf(other), undefined),
        ...ruleSteps(undefined, rulesOf(one)),
      ]
      const undo = steps.flatMap(({ argv }) => {
        machine.run(argv)
        return [undoOf(onHost(argv), before)]
      })
      for (const { argv } of undo.toReversed().flat()) machine.run(withTable(argv))
      expect(machine.dump()).toEqual(empty)
    }),
  )
})

/** iptables' own table where none is named. */
function withTable([program = '', ...words]: readonly string[]): readonly string[] {
  return program === 'iptables' && words[0] !== '-t'
    ? [program, '-t', 'filter', ...words]
    : [program, ...words]
}

it('syncs from any state to any other leave what is printed, whatever somebody has taken away in between', () => {
  fc.assert(
    fc.property(fc.array(cluster, { minLength: 1, maxLength: 3 }), fc.nat(), (states, chance) => {
      const machine = new SimulatedIpvs()
      let previous: NodeView | undefined
      for (const next of states.map(view)) {
        sync(machine, previous, next)
        expect(machine.dump()).toEqual(printed(ipvs.compile(next) as RuleSet).dump())
        vandalize(machine, chance)
        previous = next
      }
      sync(machine, previous, previous, true)
      expect(machine.dump()).toEqual(printed(ipvs.compile(previous!) as RuleSet).dump())
      expect(sync(machine, previous, previous)).toMatchObject({ how: 'none', commands: [] })
      sync(machine, previous, undefined)
      expect(machine.dump()).toEqual(empty)
    }),
  )
})

/** Takes something away, by chance. */
function vandalize(machine: SimulatedIpvs, chance: number): void {
  const pick = <T>(all: Iterable<T>) => {
    const list = [...all]
    return list[chance % Math.max(1, list.length)]
  }
  if (chance % 3 === 0) machine.addresses.delete(pick(machine.addresses) ?? '')
  if (chance % 5 === 0) machine.servers.delete(pick(machine.servers.keys()) ?? '')
  if (chance % 7 === 0) machine.sets.get('KUBE-CLUSTER-IP')?.clear()
  if (chance % 11 === 0) pick(machine.servers.values())?.realServers.clear()
}

it('counts what it makes: the sum of all syncs is what is there', () => {
  fc.assert(
    fc.property(fc.array(cluster, { minLength: 1, maxLength: 3 }), states => {
      const machine = new SimulatedIpvs()
      let [count, previous] = [0, undefined as NodeView | undefined]
      for (const next of [...states.map(view), undefined]) {
        count += sync(machine, previous, next).more
        previous = next
        expect(count).toBe(sizeOf(machine))
      }
    }),
  )
})

function sizeOf({ iptables, sets, servers }: SimulatedIpvs): number {
  const rules = Object.values(iptables.tables).flatMap(table => [...table.values()].flat())
  const entries = [...sets.values()].flatMap(set => [...set])
  const real = [...servers.values()].flatMap(({ realServers }) => [...realServers])
  return rules.length + entries.length + servers.size + real.length
}
