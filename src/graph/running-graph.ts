import type { ObservedLab } from '../observe/tool.ts'
import { readWholeLab } from '../observe/whole-lab.ts'
import { containersOf, idlePods } from '../run/pods.ts'
import { builtSoFar } from './built-so-far.ts'
import type { Graph } from './graph.ts'
import { expectedOf, graphOf } from './lab-graph.ts'
import { markedGraph } from './marks.ts'
import { ruleDifferences } from './rule-differences.ts'

/** A running lab as its kernel has it, with marks where something is off. Throws where it has ended. */
export async function graphOfRunning(observed: ObservedLab): Promise<Graph> {
  const { sandbox, running } = observed
  const { lab, condition } = running
  const facts = await readWholeLab(observed)
  // In a lesson whose servers come in a later step nobody's program has ended yet.
  const pods = running.outlines.some(({ build }) => build.includes('servers')) ? lab.pods : []
  const idle = await idlePods(sandbox, pods, await containersOf(sandbox, pods))
  const expected = expectedOf(running)
  const graph = builtSoFar(graphOf(running, expected), { lab, plan: running.plan, expected, facts })
  return markedGraph(graph, {
    ...{ lab, expected, facts },
    condition: { ...condition, notReady: { ...Object.fromEntries(idle), ...condition.notReady } },
    rules: ruleDifferences(running, facts),
  })
}
