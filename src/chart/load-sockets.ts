import type { Command } from '../command/command.ts'
import { contentsAfter } from '../dataplane/socket-commands.ts'
import { mapOperations } from '../dataplane/socket-services.ts'
import type { Lab } from '../model/lab.ts'
import { LabFolder } from '../run/lab-folder.ts'
import { openSocketLb } from '../run/socket-lb.ts'
import { orderSocketLb, readSocketLb, socketLbMemory } from '../sandbox/bpf/socket-lb-control.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { Cell } from './cells.ts'
import { middleOf } from './estimate.ts'
import type { Load } from './report.ts'

/** Maps are emptied for it, and filled again. */
const times = 3

/**
 * Lets the lab's socket load balancer know a cell's services. What is timed is the one order by which the maps are filled, to a process
 * that runs already: no program is started for it, as for other modes. Memory is by how much the maps have grown. Throws NetlabError.
 *
 * One process of the lab measures all modes, and a lab has one cgroup: so connections of the other modes run the program, too, look their network
 * namespace up in vain and go on. That is the same with one service and with many, and what modes are compared by is how they grow.
 */
export async function loadSockets(
  sandbox: Sandbox,
  lab: Lab,
  { node }: Cell,
  commands: readonly Command[],
): Promise<Load> {
  // It has nothing to say of the other modes' sockets.
  const nodes = lab.nodes.filter(({ name }) => name.startsWith('ebpf-'))
  const pods = lab.pods.filter(pod => nodes.some(({ name }) => name === pod.node))
  await openSocketLb(sandbox, { ...lab, nodes, pods })
  const { path } = new LabFolder(lab.name)
  const before = await readSocketLb(path)
  const after = contentsAfter(
    before,
    commands.map(command => ({ ...command, in: node })),
  )
  const [fill, clear] = [mapOperations(before, after), mapOperations(after, before)]
  const empty = await socketLbMemory(path)
  const all: number[] = []
  for (let time = 0; time < times; time += 1) {
    if (time > 0) await orderSocketLb(path, clear)
    const start = performance.now()
    await orderSocketLb(path, fill)
    all.push(performance.now() - start)
  }
  const memory = (await socketLbMemory(path)) - empty
  // Older kernels tell the same, however much a map holds.
  return { ms: middleOf(all), times, programs: 1, ...(memory > 0 ? { memory } : {}) }
}
