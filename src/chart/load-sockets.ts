import type { Command } from '../command/command.ts'
import { contentsAfter } from '../dataplane/socket-commands.ts'
import { mapOperations } from '../dataplane/socket-services.ts'
import type { Lab } from '../model/lab.ts'
import { LabFolder } from '../run/lab-folder.ts'
import { openSocketLb } from '../run/socket-lb.ts'
import { orderSocketLb, readSocketLb } from '../sandbox/bpf/socket-lb-control.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import type { Cell } from './cells.ts'
import type { Load } from './report.ts'

/**
 * Lets the lab's socket load balancer know a cell's services. What is timed is the one order by which the maps are filled. Their memory is that of
 * the process that holds them, which is outside of the lab, so nobody counts it. Throws NetlabError.
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
  const operations = mapOperations(
    before,
    contentsAfter(
      before,
      commands.map(command => ({ ...command, in: node })),
    ),
  )
  const start = performance.now()
  await orderSocketLb(path, operations)
  return { ms: performance.now() - start, programs: 1 }
}
