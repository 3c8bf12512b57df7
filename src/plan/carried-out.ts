import type { Command } from '../command/command.ts'
import { dataplaneOf } from '../dataplane/modes.ts'
import { proxiersOf } from '../model/places.ts'
import { nodeView } from './kube-proxy.ts'
import type { LabInCondition } from './lab-in-condition.ts'

/** The commands of a lab's first so many steps, and where those are all, such as make of the rules what its syncs have made of them since. */
export function carriedOut(running: LabInCondition, steps: number = running.outlines.length): Command[] {
  const { plan, outlines } = running
  const commands = plan.steps
    .slice(0, steps)
    .flatMap(step => step.actions.map(({ command }) => command))
    .filter(({ container }) => container === undefined)
  return steps < outlines.length ? commands : [...commands, ...sinceThen(running)]
}

/** From the endpoints of the last step to those of now. */
function sinceThen({ lab, condition, outlines }: LabInCondition): Command[] {
  const built = outlines.at(-1)?.endpoints ?? {}
  if (JSON.stringify(built) === JSON.stringify(condition.endpoints)) return []
  const dataplane = dataplaneOf(outlines.at(-1) ?? lab.proxy)
  return proxiersOf(lab).flatMap(proxier => {
    const [before, after] = [built, condition.endpoints].map(endpoints =>
      Object.keys(endpoints).length === 0 ? undefined : dataplane.compile(nodeView(lab, proxier, endpoints)),
    )
    return dataplane.steps(before, after).map(({ argv }) => ({ argv, in: proxier.node }))
  })
}
