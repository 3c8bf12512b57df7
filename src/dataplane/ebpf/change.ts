import type { Command } from '../../command/command.ts'
import type { BalancedService, RuleSet } from '../balanced-service.ts'
import { type NodeView, noRulesChange, type RuleStep, type RulesChange } from '../dataplane.ts'
import { contentsAfter, deleteCommand, setCommand } from '../socket-commands.ts'
import type { MapContents } from '../socket-maps.ts'
import { serviceEntries, serviceId } from '../socket-services.ts'
import { compileServices } from './compile.ts'
import { serviceWords } from './print.ts'

/** The change of a load balancer from one rule set to another, service by service. */
export function socketSteps(previous: RuleSet | undefined, next: RuleSet | undefined): RuleStep[] {
  const { set, gone } = difference(previous, next)
  return [...set.map(setStep), ...gone.map(goneStep)]
}

function setStep(service: BalancedService): RuleStep {
  return { argv: setCommand(service), explain: serviceWords(service), service: ownerOf(service) }
}

function goneStep(service: BalancedService): RuleStep {
  const explain = `${service.name} goes: its address is nobody's again`
  return { argv: deleteCommand(service), explain, service: ownerOf(service) }
}

/** The same as an agent makes it: services that differ, or that the kernel has lost; all of them with `full`. */
export function socketsChange(
  before: NodeView | undefined,
  after: NodeView | undefined,
  kernel: MapContents,
  full: boolean,
): RulesChange {
  const previous = before === undefined ? undefined : compileServices(before)
  const next = after === undefined ? undefined : compileServices(after)
  const { set, gone } = difference(full ? undefined : previous, next)
  const isLost = (service: BalancedService) => next !== undefined && !isInKernel(next.node, service, kernel)
  const lost = (next?.services ?? []).filter(
    service => previous !== undefined && !set.includes(service) && isLost(service),
  )
  const left = full ? difference(previous, next).gone : gone
  const steps = [...set, ...lost].map(setStep).concat(left.map(goneStep))
  if (steps.length === 0) return noRulesChange
  const node = (next ?? previous)!.node
  const commands = steps.map(({ argv }): Command => ({ argv, in: node }))
  const more = sizeOf(next) - sizeOf(previous)
  return {
    ...noRulesChange,
    how: previous === undefined ? 'first' : next === undefined ? 'last' : full ? 'full' : 'partial',
    commands,
    rules: commands.length,
    more,
    services: [...new Set([...set, ...lost, ...left].map(ownerOf))].sort(),
    flushed: lost.length > 0,
  }
}

/** What its maps hold once a node's services have been synced. */
export function socketsAfter(view: NodeView | undefined, kernel: MapContents): MapContents {
  if (view === undefined) return kernel
  const { node, services } = compileServices(view)
  return contentsAfter(
    kernel,
    services.map(service => ({ argv: setCommand(service), in: node })),
  )
}

function difference(previous: RuleSet | undefined, next: RuleSet | undefined) {
  const command = (service: BalancedService) => setCommand(service).join(' ')
  // One whose port or address changes is the same one: to delete it by the old address would take it away.
  const identity = (service: BalancedService) => serviceId('', service)
  const [before, after] = [previous?.services ?? [], next?.services ?? []]
  const known = new Set(before.map(command))
  const stay = new Set(after.map(identity))
  return {
    set: after.filter(service => !known.has(command(service))),
    gone: before.filter(service => !stay.has(identity(service))),
  }
}

function isInKernel(node: string, service: BalancedService, kernel: MapContents): boolean {
  return serviceEntries(node, service).every(({ map, key, value }) => kernel[map].get(key) === value)
}

/** `namespace/name` */
function ownerOf({ name }: BalancedService): string {
  return name.split(':')[0] ?? name
}

function sizeOf(rules: RuleSet | undefined): number {
  return rules?.services.length ?? 0
}
