import type { Place } from '../command/command.ts'
import { parseIptables } from '../command/iptables-argv.ts'
import { dataplane } from '../dataplane/modes.ts'
import { proxiersOf } from '../model/places.ts'
import { nodeView } from '../plan/kube-proxy.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { type Explanations, explanationKey } from './known-rules.ts'

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
  for (const proxier of proxiersOf(lab))
    for (const { argv, explain } of dataplane.steps(
      undefined,
      dataplane.compile(nodeView(lab, proxier, condition.endpoints)),
    ))
      note(proxier.node, argv, explain)
  return sentences
}
