import type { ObservedLab } from '../observe/tool.ts'
import { readWholeLab } from '../observe/whole-lab.ts'
import { containersOf, idlePods } from '../run/pods.ts'
import type { Graph } from './graph.ts'
import { expectedOf, graphOf } from './lab-graph.ts'
import { markedGraph } from './marks.ts'
import { ruleDifferences } from './rule-differences.ts'

/** A running lab as its kernel has it, with marks where something is off. Throws where it has ended. */
export async function graphOfRunning(observed: ObservedLab): Promise<Graph> {
  const { sandbox, running } = observed
  const { lab, condition } = running
  const facts = await readWholeLab(observed)
  const containers = await containersOf(sandbox, lab.pods)
  const idle = await idlePods(sandbox, lab.pods, containers)
  const expected = expectedOf(running)
  return markedGraph(graphOf(running, expected), {
    ...{ lab, expected, facts },
    condition: { ...condition, notReady: { ...Object.fromEntries(idle), ...condition.notReady } },
    rules: ruleDifferences(running, facts),
  })
}
