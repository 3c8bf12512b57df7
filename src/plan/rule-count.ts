import type { Command } from '../command/command.ts'
import { parseIptables } from '../command/iptables-argv.ts'
import type { Step } from './plan.ts'
import { actionsOf } from './task-steps.ts'

/** How many rules there are after these steps, as far as their commands say; of nftables and IPVS mode the elements of sets and maps, and virtual and real servers, too. */
export function ruleCount(steps: readonly Step[]): number {
  const chains = new Map<string, number>()
  for (const { command } of steps.flatMap(actionsOf)) {
    if (command.argv[0] === 'nft') countNft(chains, command)
    if (command.argv[0] === 'ipset') countSets(chains, command)
    if (command.argv[0] === 'ipvsadm') countServers(chains, command)
    const parsed = parseIptables(command.argv)
    if (parsed === undefined) continue
    const { program, table, operation, chain } = parsed
    const place = `${command.in} ${program} ${table} `
    if (operation === '-F') empty(chains, place, chain)
    else if (operation === '-A' || operation === '-I') add(chains, place + chain, 1)
    else if (operation === '-D') add(chains, place + chain, -1)
  }
  return [...chains.values()].reduce((sum, rules) => sum + rules, 0)
}

function countNft(chains: Map<string, number>, { argv, in: where }: Command): void {
  const [verb, object, family, table, name = ''] = argv.slice(1).join(' ').split(' ')
  const place = `${where} nft ${family} ${table} `
  if (verb === 'delete' && object === 'table') empty(chains, place, '')
  else if (verb === 'flush') empty(chains, place, name)
  else if (object === 'rule' || object === 'element') add(chains, place + name, verb === 'add' ? 1 : -1)
}

function countSets(chains: Map<string, number>, { argv, in: where }: Command): void {
  const [, verb, name = ''] = argv
  const set = `${where} ipset ${name}`
  if (verb === 'destroy' || verb === 'flush') chains.delete(set)
  else if (verb === 'add' || verb === 'del') add(chains, set, verb === 'add' ? 1 : -1)
}

/** A virtual server takes its real ones along. */
function countServers(chains: Map<string, number>, { argv, in: where }: Command): void {
  const [, verb = '', ...rest] = argv
  const server = `${where} ipvsadm ${rest.slice(0, 2).join(' ')}`
  if (verb === '-D') chains.delete(server)
  else if (/^-[Aad]$/.test(verb)) add(chains, server, verb === '-d' ? -1 : 1)
}

function add(chains: Map<string, number>, chain: string, rules: number): void {
  chains.set(chain, Math.max(0, (chains.get(chain) ?? 0) + rules))
}

/** Without a chain's name all of a table's are flushed. */
function empty(chains: Map<string, number>, place: string, name: string): void {
  if (name !== '') chains.delete(place + name)
  else for (const chain of chains.keys()) if (chain.startsWith(place)) chains.delete(chain)
}
