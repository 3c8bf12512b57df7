import type { RuleSet } from '../balanced-service.ts'
import type { Dataplane, NodeModel, NodeView } from '../dataplane.ts'
import { nodeModel } from '../promise.ts'
import { dumpCommand } from '../socket-commands.ts'
import { type MapContents, readContents } from '../socket-maps.ts'
import { kernelAfter, ruleSteps, rulesChange } from './change.ts'
import { compileServices, servedNodePorts } from './compile.ts'
import { batchText, toJson } from './print.ts'

/** A socket load balancer in the place of kube-proxy. */
export const ebpf: Dataplane<RuleSet, MapContents> = {
  compile: compileServices,
  prepare: () => [],
  steps: ruleSteps,
  sync: rulesChange,
  save: () => dumpCommand,
  readBack: readContents,
  synced: kernelAfter,
  model: balancedModel,
  nodePorts: servedNodePorts,
  choosesBySource: () => false,
  chainsOf: 'nobody',
  summary:
    'A program that the kernel asks when a process connects knows the address, chooses an endpoint by chance, and writes the ' +
    "pod's address over it: no packet for the Service is ever sent.",
  serves: 'sockets',
  loader: 'one change of the maps of its program',
  text: batchText,
  json: toJson,
}

/** Only sockets of the node and its pods are served: what comes in by a link is not looked at. */
function balancedModel(view: NodeView): NodeModel {
  const chosen = nodeModel(view, () => false)
  return (port, kind, client) => {
    const promise = chosen(port, kind, { ...client, from: 'node' })
    if (promise === undefined || port.protocol === 'SCTP') return undefined
    const isServed = client.from !== 'outside'
    if (isServed && promise.kind === 'spread') return { ...promise, client: 'kept' }
    return { kind: isServed ? 'refused' : 'unserved', endpoints: [], client: 'kept' }
  }
}
