import { expect } from 'vitest'
import type { Protocol } from '../../src/model/kubernetes.ts'
import { type Attempt, gateway, type Outcome, sendPackets, type Topology } from './flow-namespace.ts'
import type { GoldenCase } from './golden-input.ts'

/** Connections, and what becomes of them. */
export interface Flow {
  name: string
  protocol: Protocol
  sourceIP: string
  destIP: string
  destPort: number
  /** Endpoints, what the filter does, or, empty, nothing: no rule matches. */
  result: string[] | 'REJECT' | 'DROP' | 'ACCEPT' | ''
  masquerade?: boolean
  /** Without rules the machine's own firewall drops it. */
  bareDropped?: boolean
}

/** A cluster's services on one node, with flows. */
export type FlowCase = GoldenCase & { flows?: Flow[] }

/** How many connections it takes to meet every endpoint: of four one is missed once in 30,000 times, of three never. */
const connections = 40

/** Milliseconds. The kernel sends a SYN again after a second: what is refused in a shorter time is refused at the first. */
const [short, long] = [900, 5_000]

/** Sends a case's flows over a node, bare and with rules that `load` loads, and expects what they tell. */
export async function expectFlows(
  golden: FlowCase,
  flows: Flow[],
  rules: Pick<Topology, 'load' | 'firewall' | 'asRoot'>,
): Promise<void> {
  const attempts = flows.map(flow => attempt(golden, flow))
  const { bare, ruled } = await sendPackets({ ...topology(golden, flows), ...rules }, attempts)
  const told = (outcomes: Outcome[][]) => flows.map(({ name }, at) => [name, seen(outcomes[at] ?? [])])
  const withoutRules = (flow: Flow) =>
    expected({ ...flow, result: isDroppedBare(flow) ? 'DROP' : '', masquerade: false })
  expect(told(bare)).toEqual(flows.map(flow => [flow.name, withoutRules(flow)]))
  expect(told(ruled)).toEqual(flows.map(flow => [flow.name, expected(flow)]))
  const sticky = ruled.filter((_, at) => attempts[at]!.from.length > 1)
  expect(sticky.flatMap(unfaithful)).toEqual([])
}

/** One client as often as it takes to meet every endpoint; under session affinity its neighbours, as it keeps its endpoint. */
function attempt(golden: FlowCase, flow: Flow): Attempt {
  const isNode = nodeAddresses(golden).includes(flow.sourceIP)
  const sticky = golden.services.some(service => service.sessionAffinity === 'ClientIP') && !isNode
  const [, network = '', last = ''] = /^(.*\.)(\d+)$/.exec(flow.sourceIP) ?? []
  const neighbours = Array.from({ length: connections }, (_, at) => `${network}${Number(last) + at}`)
  const balanced = Array.isArray(flow.result)
  return {
    place: isNode ? 'node' : isFromEndpoint(golden, flow) ? 'beyond' : 'clients',
    from: balanced && sticky ? neighbours : [flow.sourceIP],
    times: balanced ? (sticky ? 2 : connections) : 1,
    to: flow.destIP,
    port: flow.destPort,
    patience: {
      bare: isDroppedBare(flow) ? short : long,
      ruled: flow.result === 'DROP' || flow.result === 'REJECT' ? short : long,
    },
  }
}

function nodeAddresses({ settings }: FlowCase): string[] {
  return settings.nodeAddresses
    .filter(address => !address.includes(':'))
    .map(address => address.replace(/\/.*/, ''))
}

function isFromEndpoint(golden: FlowCase, { sourceIP }: Flow): boolean {
  return endpoints(golden).some(endpoint => endpoint.startsWith(`${sourceIP}:`))
}

/** `ip:port` */
function endpoints({ endpointSlices = [] }: FlowCase): string[] {
  return endpointSlices.flatMap(({ endpoints, ports }) =>
    endpoints.flatMap(({ addresses }) =>
      addresses.flatMap(address => ports.map(({ port }) => `${address}:${port}`)),
    ),
  )
}

/** Every flow's own destination listens too, so that a packet which no rule takes is answered, and shows. */
function topology(golden: FlowCase, flows: Flow[]): Omit<Topology, 'load' | 'firewall'> {
  const { settings } = golden
  const isNode = ({ destIP }: Flow) => nodeAddresses(golden).includes(destIP)
  const others = flows.filter(flow => !isNode(flow))
  return {
    nodeAddresses: settings.nodeAddresses.filter(address => !address.includes(':')),
    nodeIP: settings.nodeIP,
    onNode: flows.filter(isNode).map(destination),
    beyond: [...endpoints(golden), ...others.filter(flow => !isFromEndpoint(golden, flow)).map(destination)],
    onClients: others.filter(flow => isFromEndpoint(golden, flow)).map(destination),
  }
}

/** The machine's own firewall: an accepted packet tells only where it would be dropped otherwise. */
export function firewallFor(flows: readonly Flow[], variant: string): string[] {
  return flows
    .filter(({ result }) => result === 'ACCEPT')
    .map(({ destPort }) => `iptables-${variant} -A INPUT -p tcp --dport ${destPort} -j DROP`)
}

const isDroppedBare = ({ result, bareDropped = false }: Flow) => bareDropped || result === 'ACCEPT'

const destination = ({ destIP, destPort }: Flow) => `${destIP}:${destPort}`

/** What a flow's connections met, each kind once; sources as the golden flows tell them. */
const seen = (outcomes: Outcome[]) => ({
  answers: [...new Set(outcomes.map(({ answer }) => answer))].sort(),
  sources: [...new Set(outcomes.flatMap(({ from, peer }) => (peer === from ? 'its own' : (peer ?? []))))],
})

function expected({ result, masquerade = false, ...flow }: Omit<Flow, 'name'>) {
  if (result === 'REJECT') return { answers: ['ECONNREFUSED'], sources: [] }
  if (result === 'DROP') return { answers: ['silence'], sources: [] }
  return {
    answers: Array.isArray(result) ? result.toSorted() : [`${flow.destIP}:${flow.destPort}`],
    sources: [masquerade ? gateway : 'its own'],
  }
}

/** Connections that another endpoint answered than their client's first one. */
const unfaithful = (outcomes: Outcome[]) =>
  outcomes.filter(({ from, answer }) => outcomes.find(first => first.from === from)?.answer !== answer)
