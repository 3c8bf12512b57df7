import type { Place } from '../command/command.ts'
import { parseIptables } from '../command/iptables-argv.ts'
import { dataplaneOf } from '../dataplane/modes.ts'
import { proxiersOf } from '../model/places.ts'
import { nodeView } from '../plan/kube-proxy.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { type Explanations, explanationKey, numberKey } from './known-rules.ts'

/** What the rules of a running lab are for: those of kube-proxy as the mode that makes them says it, the lab's own by their step. */
export function explanationsOf({ plan, lab, condition }: LabInCondition): Explanations {
  const sentences = new Map<string, string>()
  const note = (place: Place, argv: readonly string[], sentence: string) => {
    const command = parseIptables(argv)
    if (command === undefined || !['-A', '-I', '-R'].includes(command.operation)) return
    sentences.set(explanationKey(place, command.table, command.chain, command.rule), sentence)
  }
  for (const [at, step] of plan.steps.entries())
    for (const { command, explain } of step.actions)
      note(command.in, command.argv, explain ?? `made by step ${at + 1}, ${step.title}`)
  const dataplane = dataplaneOf(lab.proxy)
  for (const proxier of proxiersOf(lab)) {
    const rules = dataplane.compile(nodeView(lab, proxier, condition.endpoints))
    const numbers = new Map<string, number>()
    for (const { argv, explain } of dataplane.steps(undefined, rules)) {
      note(proxier.node, argv, explain)
      const chain = nftChain(argv)
      if (chain === undefined) continue
      const number = (numbers.get(chain) ?? 0) + 1
      numbers.set(chain, number)
      sentences.set(numberKey(proxier.node, chain, number), explain)
    }
  }
  return sentences
}

/** The chain to which `nft add rule FAMILY TABLE CHAIN …` appends: as nft writes rules anew, their numbers tell them. */
function nftChain(argv: readonly string[]): string | undefined {
  const [, chain] = /^nft '?add rule (\S+ \S+ \S+) /.exec(argv.join(' ')) ?? []
  return chain
}
