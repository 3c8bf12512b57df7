import { type Command, onHost } from '../../command/command.ts'
import { restoreLine } from '../../command/iptables-save.ts'
import { mostBytes } from '../../command/transaction.ts'
import { iptablesOf } from '../../model/families.ts'
import type { NodeView } from '../dataplane.ts'
import { compileServices } from './compile.ts'
import { chainLine } from './restore-text.ts'
import type { RuleSet, TableName } from './rules.ts'
import { fullSync } from './sync.ts'

/** Which of iptables' two programs, whose rules do not see each other. */
export type Backend = 'nft' | 'legacy'

/** Commands that load a node's rules where there are none, as kube-proxy does it: all chains, then the jumps to them. */
export function loadCommands(view: NodeView, backend: Backend): Command[] {
  const rules = compileServices(view)
  const { text } = fullSync(rules, backend === 'nft' ? { most: mostBytes } : {})
  const argv = [`${iptablesOf(view.family)}-${backend}-restore`, '--noflush']
  return [text, jumpsText(rules)].map(input => ({ ...onHost(argv), input }))
}

function jumpsText(rules: RuleSet): string {
  const textOf = (name: TableName) => {
    const made = new Set(rules[name].chains.map(chain => chain.name))
    const jumps = rules.jumps.filter(({ table }) => table === name)
    const targets = new Set(jumps.map(({ to }) => to).filter(to => !made.has(to)))
    return [
      `*${name}`,
      ...[...targets].map(chainLine),
      ...jumps.map(({ from, argv }) => `-I ${from} 1 ${restoreLine(argv)}`),
      'COMMIT\n',
    ].join('\n')
  }
  return textOf('filter') + textOf('nat')
}
