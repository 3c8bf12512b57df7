import { dataplaneOf } from '../dataplane/modes.ts'
import { isSocketLbCommand, type SocketLbCommand } from '../dataplane/socket-commands.ts'
import { proxiersOf } from '../model/places.ts'
import { nodeView } from './kube-proxy.ts'
import type { LabInCondition } from './lab-in-condition.ts'

/** The commands that make all services of a lab in ebpf mode as it stands now. */
export function socketLbCommands({
  lab,
  condition,
}: Pick<LabInCondition, 'lab' | 'condition'>): SocketLbCommand[] {
  const dataplane = dataplaneOf(lab.proxy)
  return proxiersOf(lab).flatMap(proxier => {
    const rules = dataplane.compile(nodeView(lab, proxier, condition.endpoints))
    const steps = dataplane.steps(undefined, rules).filter(isSocketLbCommand)
    return steps.map(({ argv }) => ({ argv, in: proxier.node }))
  })
}
