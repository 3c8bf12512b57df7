import { hookText } from '../../command/nft-list.ts'
import { isClientSet, isServiceChain } from './names.ts'
import type { Chain, Element, PortObjects, RuleSet } from './rules.ts'
import { elementText, ruleText, Script, type ScriptCommand } from './script.ts'

/** What the kernel's table holds, as far as a sync has to know it. */
export interface KernelTable {
  /** Chains, with the rules of each. */
  chains: ReadonlyMap<string, readonly string[]>
  /** Of the chains that the kernel itself hands packets to: where they hang and their policy, as `hookText` writes it. */
  hooks: ReadonlyMap<string, string>
  sets: ReadonlySet<string>
  /** Container → key → the rest of the element, as `elementText` writes it. */
  elements: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** There is no table. */
export const emptyKernel: KernelTable = {
  chains: new Map(),
  hooks: new Map(),
  sets: new Set(),
  elements: new Map(),
}

/** Commands that belong together. */
export interface SyncPart {
  commands: readonly ScriptCommand[]
  /** `namespace/name` of the service whose they are; left out: all services share what they are about, or nobody has it any more. */
  service?: string
}

/** One change of a node's table. */
export interface Sync {
  /**
   * Deletes chains that an earlier sync has emptied, by itself and before the rest: kernels before 6.2 take a chain for used
   * for a while after the last element that led to it has gone. What fails here is tried again at the next sync.
   */
  cleanup: readonly ScriptCommand[]
  /**
   * The change as commands for `nft -f`, which one transaction takes together, as kube-proxy does it. Cut anywhere between two of
   * them into several transactions, the table leads every packet a way that is right before or after the change at each moment;
   * but for an address that goes from one service port to another while both change.
   */
  parts: readonly SyncPart[]
  /** `namespace/name` of the services whose own chains are written, sorted. */
  changed: readonly string[]
  /** Chains that nothing leads to any more, and that are emptied; sorted. */
  stale: readonly string[]
}

/** What the kernel's table holds once these rules are written, and stale chains are deleted. */
export function kernelTableOf({ base, ports }: RuleSet): KernelTable {
  const chains = [...base.chains, ...ports.flatMap(chainsOf)]
  const sets = [...base.containers.filter(({ kind }) => kind === 'set'), ...ports.flatMap(clientSets)]
  const elements = new Map(base.containers.map(({ name }) => [name, new Map<string, string>()]))
  for (const element of elementsOf({ base, ports })) {
    elements.get(element.container)?.set(element.key, elementText(element))
  }
  return {
    chains: new Map(chains.map(({ name, rules }) => [name, rules.map(ruleText)])),
    hooks: new Map(
      base.chains.flatMap(({ name, hook }) => (hook === undefined ? [] : [[name, hookText(hook)]])),
    ),
    sets: new Set(sets.map(({ name }) => name)),
    elements,
  }
}

/**
 * The sync that kube-proxy does between its hourly full ones: elements that differ, and the chains of the services that have changed.
 * What all services share must be the same; other settings need a full sync.
 */
export function partialSync(
  previous: RuleSet,
  next: RuleSet,
  kernel: KernelTable = kernelTableOf(previous),
): Sync {
  return sync(next, kernel, changedServices(previous, next))
}

/** A sync that writes every chain, as kube-proxy does at its start, each hour and after a failure. */
export function fullSync(next: RuleSet, kernel: KernelTable = emptyKernel): Sync {
  return sync(next, kernel, undefined)
}

/** `changed` undefined: everything is written. */
function sync(next: RuleSet, kernel: KernelTable, changed: ReadonlySet<string> | undefined): Sync {
  const { family, base, ports } = next
  const parts: SyncPart[] = []
  const part = (write: (script: Script) => void, service?: string) => {
    const script = new Script(family)
    write(script)
    const { commands } = script
    if (commands.length > 0) parts.push({ commands, ...(service === undefined ? {} : { service }) })
  }
  const after = kernelTableOf(next)
  const leftover = leftoverKeys(kernel, after)
  const keysTo = keysByRest(kernel)
  const drop = (script: Script, key: string) => {
    for (const container of leftover.get(key) ?? []) script.deleteElement(container, key)
    leftover.delete(key)
  }
  if (changed === undefined) part(script => writeBase(script, base, kernel))
  for (const { service, endpoints, chains, chainNames, elements } of ports) {
    const isWritten = changed?.has(service) ?? true
    for (const { clients, chain } of isWritten ? endpoints : []) {
      part(script => {
        if (clients !== undefined) script.addContainer(clients)
        script.writeChain(chain)
      }, service)
    }
    part(script => {
      for (const chain of isWritten ? chains : []) script.writeChain(chain)
      for (const element of elements) ensureElement(script, element, kernel)
      // What leads to this port no longer is not to see its chains changed.
      for (const name of isWritten ? chainNames : []) {
        for (const key of keysTo.get(elementText({ value: `goto ${name}` })) ?? []) drop(script, key)
      }
    }, service)
  }
  // Only now does nothing wait for what goes.
  for (const key of [...leftover.keys()]) part(script => drop(script, key))
  const gone = [...kernel.chains].filter(([name]) => isServiceChain(name) && !after.chains.has(name)).sort()
  const stale = gone.filter(([, rules]) => rules.length > 0).map(([name]) => name)
  for (const chain of stale) part(script => script.flushChain(chain))
  for (const set of kernel.sets) {
    if (isClientSet(set) && !after.sets.has(set)) part(script => script.deleteSet(set))
  }
  const cleanup = new Script(family)
  for (const [name, rules] of gone) if (rules.length === 0) cleanup.deleteChain(name)
  const services = ports.filter(({ service }) => changed?.has(service) ?? true).map(({ service }) => service)
  return {
    cleanup: cleanup.commands,
    parts,
    changed: [...(changed ?? new Set(services))].sort(),
    stale,
  }
}

/** The lines of parts, for `nft -f`. */
export function linesOf(parts: readonly SyncPart[]): string[] {
  return parts.flatMap(({ commands }) => commands.map(({ text }) => text))
}

/** The chains that all services share are written whole in one go; containers keep what they hold. */
function writeBase(script: Script, base: RuleSet['base'], kernel: KernelTable): void {
  script.addTable()
  for (const container of base.containers) script.addContainer(container)
  const hooks = new Map(base.chains.map(({ name, hook }) => [name, hook === undefined ? '' : hookText(hook)]))
  const astray = [...kernel.chains.keys()].filter(
    name => hooks.has(name) && hooks.get(name) !== (kernel.hooks.get(name) ?? ''),
  )
  for (const name of astray) {
    script.flushChain(name, 'this chain hangs elsewhere, or has another policy: empty it')
    script.deleteChain(name, 'and make it anew: where a chain hangs cannot be changed')
  }
  for (const chain of base.chains) script.addChain(chain)
  for (const { name } of base.chains) script.flushChain(name, 'empty it, to write it anew')
  for (const chain of base.chains) script.addRules(chain)
  for (const element of base.elements) ensureElement(script, element, kernel)
  const unused = [...kernel.sets].filter(
    set => !isClientSet(set) && !base.containers.some(({ name }) => name === set),
  )
  for (const set of unused) script.deleteSet(set)
}

/** An element with another rest cannot be added over the one that is there. */
function ensureElement(script: Script, element: Element, kernel: KernelTable): void {
  const { container, key } = element
  const there = kernel.elements.get(container)?.get(key)
  if (there === elementText(element)) return
  if (there !== undefined) script.deleteElement(container, key)
  script.addElement(element)
}

/** Keys that go, with all containers that they go from: to drop one destination's packets can take two of them. */
function leftoverKeys(kernel: KernelTable, after: KernelTable): Map<string, string[]> {
  const containersOf = new Map<string, string[]>()
  for (const [container, elements] of kernel.elements) {
    const kept = after.elements.get(container)
    // A container that goes itself takes its elements along.
    for (const key of kept === undefined ? [] : elements.keys()) {
      if (kept?.has(key) !== false) continue
      const containers = containersOf.get(key)
      if (containers === undefined) containersOf.set(key, [container])
      else containers.push(container)
    }
  }
  return containersOf
}

/** The keys of maps by the rest of their elements. */
function keysByRest(kernel: KernelTable): Map<string, string[]> {
  const keys = new Map<string, string[]>()
  for (const elements of kernel.elements.values()) {
    for (const [key, rest] of elements) {
      const others = keys.get(rest)
      if (others === undefined) keys.set(rest, [key])
      else others.push(key)
    }
  }
  return keys
}

/** The services with a port whose chains or sets of clients are new, gone or different. */
function changedServices(previous: RuleSet, next: RuleSet): Set<string> {
  const before = new Map(previous.ports.map(port => [port.name, port]))
  const changed = new Set<string>()
  for (const port of next.ports) {
    const old = before.get(port.name)
    before.delete(port.name)
    if (!sameObjects(old, port)) changed.add(port.service)
  }
  for (const port of before.values()) if (chainsOf(port).length > 0) changed.add(port.service)
  return changed
}

function sameObjects(before: PortObjects | undefined, after: PortObjects): boolean {
  const [old, now] = [before === undefined ? [] : chainsOf(before), chainsOf(after)]
  const timeouts = (port: PortObjects | undefined) => port?.endpoints.map(({ clients }) => clients?.timeout)
  return (
    old.length === now.length &&
    old.every((chain, index) => sameChain(chain, now[index]!)) &&
    (old.length === 0 || String(timeouts(before)) === String(timeouts(after)))
  )
}

function sameChain(before: Chain, after: Chain): boolean {
  const { rules } = after
  return (
    before.name === after.name &&
    before.rules.length === rules.length &&
    before.rules.every((rule, index) => ruleText(rule) === ruleText(rules[index]!))
  )
}

function chainsOf({ endpoints, chains }: PortObjects): Chain[] {
  return [...endpoints.map(({ chain }) => chain), ...chains]
}

function clientSets({ endpoints }: PortObjects) {
  return endpoints.flatMap(({ clients }) => clients ?? [])
}

function elementsOf({ base, ports }: Pick<RuleSet, 'base' | 'ports'>): Element[] {
  return [...base.elements, ...ports.flatMap(port => port.elements)]
}
