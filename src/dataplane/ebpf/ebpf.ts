import {
  type Dataplane,
  type NodeModel,
  type NodeView,
  type RuleStep,
  type RulesChange,
  together,
  withBase,
} from '../dataplane.ts'
import { iptables } from '../iptables/iptables.ts'
import { nodeModel } from '../promise.ts'
import { dumpCommand } from '../socket-commands.ts'
import { readContents } from '../socket-maps.ts'
import { viewBeyondSockets } from './beyond.ts'
import { socketSteps, socketsAfter, socketsChange } from './change.ts'
import { compileServices, servedNodePorts } from './compile.ts'
import { scriptText, toJson } from './print.ts'
import type { KernelState, ServiceRules } from './rules.ts'

/** A socket load balancer in the place of kube-proxy, and beside it kube-proxy's rules of iptables for those whom it does not see. */
export const ebpf: Dataplane<ServiceRules, KernelState> = {
  compile: view => {
    const beyond = viewBeyondSockets(view)
    return {
      sockets: compileServices(view),
      packets: beyond === undefined ? undefined : iptables.compile(beyond),
    }
  },
  prepare: () => [],
  steps: (previous, next) => [
    ...socketSteps(previous?.sockets, next?.sockets),
    ...packetSteps(previous?.packets, next?.packets),
  ],
  sync: bothChanges,
  save: family => [dumpCommand, ...iptables.save(family)],
  readBack: (maps = '', saved = '') => ({
    sockets: readContents(maps),
    packets: iptables.readBack(saved),
  }),
  synced: (view, { sockets, packets }) => ({
    sockets: socketsAfter(view, sockets),
    packets: iptables.synced(view && viewBeyondSockets(view), packets),
  }),
  model: bothModels,
  nodePorts: servedNodePorts,
  choosesBySource: () => false,
  chainsOf: 'iptables',
  summary:
    'A program that the kernel asks when a process connects knows the address, chooses an endpoint by chance, and writes the ' +
    "pod's address over it: no packet of the node or its pods is sent to the Service. Where a Service is for others, too, kube-proxy's rules stand beside it.",
  serves: 'sockets',
  loader: 'one change of the maps of its program, and one iptables-restore where rules stand beside it',
  chains: ({ packets }) => (packets === undefined ? [] : iptables.chains(packets)),
  saveCounted: iptables.saveCounted,
  countedChains: (text, rules) => iptables.countedChains(text, rules?.packets),
  text: scriptText,
  json: toJson,
}

function packetSteps(previous: ServiceRules['packets'], next: ServiceRules['packets']): readonly RuleStep[] {
  const steps = iptables.steps(previous, next)
  return previous === undefined ? withBase(steps) : steps
}

function bothChanges(
  before: NodeView | undefined,
  after: NodeView | undefined,
  { sockets, packets }: KernelState,
  full: boolean,
): RulesChange {
  const now = after && viewBeyondSockets(after)
  const beside = iptables.sync(before && ruledView(before, packets), now, packets, full)
  // Rules come and go while the node goes on serving.
  const comesOrGoes = beside.how === 'first' || beside.how === 'last'
  const goesOn = before !== undefined && after !== undefined
  const how = comesOrGoes && goesOn ? 'partial' : beside.how
  return together(socketsChange(before, after, sockets, full), { ...beside, how })
}

/** What the rules beside the program were made of; of nothing where a change that broke off has left some. Undefined: there are none. */
function ruledView(view: NodeView, { jumps, chains }: KernelState['packets']): NodeView | undefined {
  const known = viewBeyondSockets(view)
  const isLeft = jumps.size > 0 || [...chains.filter, ...chains.nat].some(name => name.startsWith('KUBE-'))
  return known ?? (isLeft ? { ...view, services: [] } : undefined)
}

/** The node and its pods are served by their sockets, and all others by what the rules beside the program do with their packets. */
function bothModels(view: NodeView): NodeModel {
  const chosen = nodeModel(view, () => false)
  const beyond = viewBeyondSockets(view)
  const ruled = beyond === undefined ? undefined : iptables.model(beyond)
  return (port, kind, client) => {
    const promise = chosen(port, kind, { ...client, from: 'node' })
    if (promise === undefined) return undefined
    if (client.from === 'outside' || port.protocol === 'SCTP')
      return ruled?.(port, kind, client) ?? { kind: 'unserved', endpoints: [], client: 'kept' }
    return promise.kind === 'spread'
      ? { ...promise, client: 'kept' }
      : { kind: 'refused', endpoints: [], client: 'kept' }
  }
}
