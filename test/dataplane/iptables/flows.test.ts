import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compileServices } from '../../../src/dataplane/iptables/compile.ts'
import { restoreText } from '../../../src/dataplane/iptables/restore-text.ts'
import type { Protocol } from '../../../src/model/kubernetes.ts'
import { type Attempt, gateway, type Outcome, sendPackets, type Topology } from './flow-namespace.ts'
import { type GoldenCase, goldenInput } from './golden-input.ts'

interface Flow {
  name: string
  protocol: Protocol
  sourceIP: string
  destIP: string
  destPort: number
  /** Endpoints, what the filter does, or, empty, nothing: no rule matches. */
  result: string[] | 'REJECT' | 'DROP' | 'ACCEPT' | ''
  masquerade?: boolean
}

type FlowCase = GoldenCase & { flows?: Flow[] }

/** Cases whose flows are not sent, with the reason. */
const leftOut: Record<string, string> = {
  '03-clusterip-sctp-one-endpoint': 'SCTP: Node.js has no sockets for it',
}

const folder = join(process.env.NETLAB_KUBE_PROXY_GOLDEN ?? '', 'iptables')
const there = process.env.NETLAB_KUBE_PROXY_GOLDEN !== undefined && existsSync(folder)
const cases = !there
  ? []
  : readdirSync(folder)
      .filter(file => file.endsWith('.json'))
      .map(file => {
        const golden = JSON.parse(readFileSync(join(folder, file), 'utf8')) as FlowCase
        return { id: file.replace('.json', ''), golden, flows: golden.flows ?? [] }
      })
      .filter(({ flows }) => flows.length > 0)
const sent = cases.filter(({ id }) => leftOut[id] === undefined)

/** With both tables, in user and network namespaces of their own. */
const variants = ['nft', 'legacy'].filter(variant => {
  const input = `iptables-${variant} -t nat -N A && iptables-${variant} -t filter -N A`
  const argv = ['--user', '--map-root-user', '--net', 'sh', '-e']
  const env = { ...process.env, XTABLES_LOCKFILE: '/dev/null' }
  return spawnSync('unshare', argv, { input, env, timeout: 10_000 }).status === 0
})

const connections = 40

/** Milliseconds. The kernel sends a SYN again after a second: what is refused in a shorter time is refused at the first. */
const [short, long] = [900, 5_000]

/** One client as often as it takes to meet every endpoint; under session affinity its neighbours, as it keeps its endpoint. */
function attempt({ settings, services }: FlowCase, flow: Flow): Attempt {
  const isNode = nodeAddresses(settings).includes(flow.sourceIP)
  const sticky = services.some(service => service.sessionAffinity === 'ClientIP') && !isNode
  const [, network = '', last = ''] = /^(.*\.)(\d+)$/.exec(flow.sourceIP) ?? []
  const neighbours = Array.from({ length: connections }, (_, at) => `${network}${Number(last) + at}`)
  const balanced = Array.isArray(flow.result)
  return {
    place: isNode ? 'node' : 'clients',
    from: balanced && sticky ? neighbours : [flow.sourceIP],
    times: balanced ? (sticky ? 2 : connections) : 1,
    to: flow.destIP,
    port: flow.destPort,
    patience: {
      bare: flow.result === 'ACCEPT' ? short : long,
      ruled: flow.result === 'DROP' || flow.result === 'REJECT' ? short : long,
    },
  }
}

const nodeAddresses = ({ nodeAddresses }: FlowCase['settings']) =>
  nodeAddresses.filter(address => !address.includes(':')).map(address => address.replace(/\/.*/, ''))

/** Every flow's own destination listens too, so that a packet which no rule takes is answered, and shows. */
function topology(golden: FlowCase, flows: Flow[], variant: string): Topology {
  const { settings, endpointSlices = [] } = golden
  const isNode = ({ destIP }: Flow) => nodeAddresses(settings).includes(destIP)
  const endpoints = endpointSlices.flatMap(({ endpoints, ports }) =>
    endpoints.flatMap(({ addresses }) =>
      addresses.flatMap(address => ports.map(({ port }) => `${address}:${port}`)),
    ),
  )
  return {
    nodeAddresses: settings.nodeAddresses.filter(address => !address.includes(':')),
    nodeIP: settings.nodeIP,
    onNode: flows.filter(isNode).map(destination),
    beyond: [...endpoints, ...flows.filter(flow => !isNode(flow)).map(destination)],
    // An accepted packet tells only where it would be dropped otherwise.
    firewall: flows
      .filter(({ result }) => result === 'ACCEPT')
      .map(({ destPort }) => `iptables-${variant} -A INPUT -p tcp --dport ${destPort} -j DROP`),
    variant,
    rules: restoreText(compileServices(goldenInput(golden)), { jumps: true }),
  }
}

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

describe.skipIf(!there || variants.length === 0)(
  "real packets follow the flows of kube-proxy's cases",
  () => {
    const pairs = variants.flatMap(variant => sent.map(found => [variant, found.id, found] as const))

    it.concurrent.each(pairs)('iptables-%s: %s', async (variant, _id, { golden, flows }) => {
      const attempts = flows.map(flow => attempt(golden, flow))
      const { bare, ruled } = await sendPackets(topology(golden, flows, variant), attempts)
      const told = (outcomes: Outcome[][]) => flows.map(({ name }, at) => [name, seen(outcomes[at] ?? [])])
      const withoutRules = (flow: Flow) =>
        expected({ ...flow, result: flow.result === 'ACCEPT' ? 'DROP' : '', masquerade: false })
      expect(told(bare)).toEqual(flows.map(flow => [flow.name, withoutRules(flow)]))
      expect(told(ruled)).toEqual(flows.map(flow => [flow.name, expected(flow)]))
      const sticky = ruled.filter((_, at) => attempts[at]!.from.length > 1)
      expect(sticky.flatMap(unfaithful)).toEqual([])
    })

    it('every flow of another protocol than TCP is in a case that is left out, with its reason', () => {
      const others = cases.filter(({ flows }) => flows.some(({ protocol }) => protocol !== 'TCP'))
      expect(others.map(({ id }) => id)).toEqual(Object.keys(leftOut))
    })
  },
)

it.skipIf(there && variants.length > 0)(
  'no packets were sent: NETLAB_KUBE_PROXY_GOLDEN names no folder, or there is no iptables in a user namespace',
  () => {},
)
