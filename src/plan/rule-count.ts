import type { Command } from '../command/command.ts'
import { parseIptables } from '../command/iptables-argv.ts'
import type { Step } from './plan.ts'

/** How many rules there are after these steps, as far as their commands say; of nftables the elements of sets and maps are counted, too. */
export function ruleCount(steps: readonly Step[]): number {
  const chains = new Map<string, number>()
  for (const { command } of steps.flatMap(step => step.actions)) {
    if (command.argv[0] === 'nft') countNft(chains, command)
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

function add(chains: Map<string, number>, chain: string, rules: number): void {
  chains.set(chain, Math.max(0, (chains.get(chain) ?? 0) + rules))
}

/** Without a chain's name all of a table's are flushed. */
function empty(chains: Map<string, number>, place: string, name: string): void {
  if (name !== '') chains.delete(place + name)
  else for (const chain of chains.keys()) if (chain.startsWith(place)) chains.delete(chain)
}
