import { type Command, onHost } from '../../command/command.ts'
import { iptablesOf } from '../../model/families.ts'
import { type NodeView, noRulesChange, type RulesChange } from '../dataplane.ts'
import { isFlushed, missingJumps } from '../iptables/kernel-rules.ts'
import { tableText } from '../iptables/restore-text.ts'
import { ruleCommands } from '../iptables/rule-commands.ts'
import { device } from '../ipvs-words.ts'
import { flushesOf } from '../stale-connections.ts'
import { compileServices } from './compile.ts'
import type { KernelState } from './kernel-state.ts'
import type { RuleSet } from './rules.ts'
import { iptablesPart, ruleSteps } from './steps.ts'
import { hasLost, type SyncLines, syncLines } from './sync.ts'

/**
 * The change as kube-proxy makes it: it compares with what the kernel has, and sends what differs to ipset, ipvsadm and kube-ipvs0;
 * the rules of iptables, which are few, go in one iptables-restore.
 */
export function rulesChange(
  before: NodeView | undefined,
  after: NodeView | undefined,
  kernel: KernelState,
  full: boolean,
): RulesChange {
  const previous = before === undefined ? undefined : compileServices(before)
  if (after === undefined)
    return previous === undefined ? noRulesChange : lastChange(previous, flushesOf(before, after))
  const next = compileServices(after)
  const lines = syncLines(next, kernel)
  const edits = ruleCommands(previous && iptablesPart(previous), iptablesPart(next))
  const flushed =
    previous !== undefined &&
    (isFlushed(iptablesPart(previous), kernel.iptables) || hasLost(previous, kernel))
  const all = full || flushed || JSON.stringify(before?.settings) !== JSON.stringify(after.settings)
  const commands = commandsOf(next, kernel, lines, all || edits.length > 0)
  const flushes = flushesOf(before, after)
  if (commands.length === 0) return { ...noRulesChange, flushes }
  return {
    ...noRulesChange,
    how: previous === undefined ? 'first' : all ? 'full' : 'partial',
    commands,
    flushes,
    rules: edits.filter(isEdit).length + countIn(lines),
    more: sizeOf(next) - (previous === undefined ? 0 : sizeOf(previous)),
    services: lines.services,
    flushed,
  }
}

function isEdit({ argv }: { argv: readonly string[] }): boolean {
  return /^-[AIDR]$/.test(argv[3] ?? '')
}

/** What makes a set is no entry. */
function countIn({ ipset, ipvsadm }: SyncLines): number {
  return ipset.filter(line => !line.startsWith('create ')).length + ipvsadm.length
}

/** What kube-proxy does as it is cleaned up. */
function lastChange(previous: RuleSet, flushes: readonly Command[]): RulesChange {
  const size = sizeOf(previous)
  return {
    ...noRulesChange,
    how: 'last',
    commands: ruleSteps(previous, undefined).map(({ argv }) => onHost(argv)),
    flushes,
    rules: size,
    more: -size,
    services: [...new Set(previous.servers.map(({ service }) => service))].sort(),
  }
}

/** What an address leads to is there before the address is. */
function commandsOf(next: RuleSet, kernel: KernelState, lines: SyncLines, writesRules: boolean): Command[] {
  const { family, families } = next
  const program = iptablesOf(family)
  const rules = iptablesPart(next)
  const makesDevice = !kernel.hasDevice && families[0] === family
  const text = tableText(rules, rules.nat, {}) + tableText(rules, rules.filter, {})
  const jumps = writesRules ? missingJumps(rules, kernel.iptables) : []
  return [
    ...(makesDevice ? [onHost(['ip', 'link', 'add', device, 'type', 'dummy'])] : []),
    ...reading(['ipset', 'restore'], lines.ipset),
    ...(writesRules ? [{ ...onHost([`${program}-restore`, '--wait', '5', '--noflush']), input: text }] : []),
    ...jumps.map(({ table, from, argv }) => onHost([program, '-t', table, '-I', from, '1', ...argv])),
    ...reading(['sh', '-c', restoreScript], lines.ipvsadm),
    ...reading(['ip', '-batch', '-'], lines.ip),
  ]
}

/** ipvsadm ends well where its last line does, and only complains of the others. */
const restoreScript = 'said=$(ipvsadm --restore 2>&1) && [ -z "$said" ] || { echo "$said" >&2; exit 1; }'

function reading(argv: readonly string[], lines: readonly string[]): Command[] {
  return lines.length === 0 ? [] : [{ ...onHost(argv), input: `${lines.join('\n')}\n` }]
}

/** Rules, entries of sets, virtual servers and their real servers. */
function sizeOf({ iptables, sets, servers }: RuleSet): number {
  const chains = [...iptables.nat.chains, ...iptables.filter.chains]
  const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0)
  return (
    iptables.jumps.length +
    sum(chains.map(({ rules }) => rules.length)) +
    sum(sets.map(({ entries }) => entries.length)) +
    sum(servers.map(({ realServers }) => 1 + realServers.length))
  )
}
