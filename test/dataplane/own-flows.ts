import type { Flow, FlowCase } from './flow-cases.ts'

type Mode = 'iptables' | 'nftables' | 'ipvs'
type Endpoints = NonNullable<FlowCase['endpointSlices']>[number]['endpoints']
type Came = Pick<Flow, 'result' | 'masquerade' | 'bareDropped'>

interface OwnCase {
  title: string
  cluster: Omit<FlowCase, 'settings'>
  /** The machine's own firewall. */
  firewall?: string[]
  /** From, to, port, and what comes of it, in each mode where that differs. */
  flows: [string, [string, string, number], Came | Record<Mode, Came>][]
}

const settings: FlowCase['settings'] = {
  ipFamily: 'IPv4',
  nodeName: 'n1',
  nodeIP: '192.168.0.2',
  nodeAddresses: ['127.0.0.1/8', '192.168.0.2/24', '192.168.1.2/24'],
  localDetector: { mode: 'ClusterCIDR', cidr: '10.1.0.0/16' },
  masqueradeAll: false,
  localhostNodePorts: true,
  nodePortAddresses: [],
  randomFully: true,
  nfacct: false,
  conntrackTCPBeLiberal: false,
  serviceCIDRs: ['10.96.0.0/16'],
}

/** A service on port 80 of 10.96.0.1, with endpoints on port 8080. */
function serving(endpoints: Endpoints, fields: Partial<FlowCase['services'][number]> = {}) {
  const ports = [{ name: '', protocol: 'TCP' as const, port: 80 }]
  const of = { namespace: 'shop', service: 'cart', addressType: 'IPv4' as const }
  return {
    services: [
      {
        namespace: 'shop',
        name: 'cart',
        type: 'ClusterIP' as const,
        clusterIP: '10.96.0.1',
        ports,
        ...fields,
      },
    ],
    endpointSlices: [{ ...of, ports: [{ name: '', protocol: 'TCP' as const, port: 8080 }], endpoints }],
  }
}

const withNodePort = {
  type: 'NodePort' as const,
  ports: [{ name: '', protocol: 'TCP' as const, port: 80, nodePort: 30_080 }],
}
const here = (address: string) => ({ addresses: [address], nodeName: 'n1' })
const elsewhere = (address: string) => ({ addresses: [address], nodeName: 'n2' })
const both = [here('10.1.0.1'), elsewhere('10.1.0.2')]

const to = (...endpoints: string[]): Came => ({ result: endpoints })
const toBoth = to('10.1.0.1:8080', '10.1.0.2:8080')
const masqueraded = (came: Came): Came => ({ ...came, masquerade: true })
const refused: Came = { result: 'REJECT' }
const dropped: Came = { result: 'DROP' }
const noRule: Came = { result: '' }
/** A port of a cluster IP that its service has not, where that is known. */
const closed = { nftables: refused, ipvs: refused }
const likewise = (came: Came) => ({ iptables: came, nftables: came })

const [pod, client, blocked, node] = ['10.1.0.100', '203.0.113.2', '198.51.100.2', settings.nodeIP]
const [clusterIP, externalIP] = ['10.96.0.1', '192.0.2.9']

const cases: OwnCase[] = [
  {
    title: 'a cluster IP with two endpoints',
    cluster: serving(both),
    flows: [
      ['a pod', [pod, clusterIP, 80], toBoth],
      ['a client that is no pod is masqueraded', [client, clusterIP, 80], masqueraded(toBoth)],
      ['so is the node itself', [node, clusterIP, 80], masqueraded(toBoth)],
      ['a port that the service has not', [pod, clusterIP, 81], { iptables: noRule, ...closed }],
      ['the same for the node', [node, clusterIP, 81], { iptables: noRule, ...closed }],
      [
        'a cluster IP that nobody has',
        [pod, '10.96.0.9', 80],
        { iptables: noRule, nftables: dropped, ipvs: noRule },
      ],
      ['no service, no rule', [pod, '10.2.0.9', 80], noRule],
    ],
  },
  {
    title: 'hairpin: the only endpoint asks its own service',
    cluster: serving([here('10.1.0.1')]),
    flows: [['and is masqueraded', ['10.1.0.1', clusterIP, 80], masqueraded(to('10.1.0.1:8080'))]],
  },
  {
    title: 'no endpoints',
    cluster: serving([], { ...withNodePort, externalIPs: [externalIP] }),
    flows: [
      ['a cluster IP', [pod, clusterIP, 80], refused],
      ['from the node', [node, clusterIP, 80], refused],
      ['a node port', [client, node, 30_080], refused],
      ['an external IP', [client, externalIP, 80], refused],
    ],
  },
  {
    title: 'session affinity',
    cluster: serving(both, { sessionAffinity: 'ClientIP' }),
    flows: [['each client stays', [pod, clusterIP, 80], toBoth]],
  },
  {
    title: 'a node port',
    cluster: serving(both, withNodePort),
    flows: [
      ['from outside', [client, node, 30_080], masqueraded(toBoth)],
      ['from the node to its IP', [node, node, 30_080], masqueraded(toBoth)],
      [
        'on its other addresses',
        [client, '192.168.1.2', 30_080],
        { iptables: masqueraded(toBoth), nftables: noRule, ipvs: masqueraded(toBoth) },
      ],
      [
        'on localhost',
        ['127.0.0.1', '127.0.0.1', 30_080],
        { iptables: masqueraded(toBoth), nftables: noRule, ipvs: noRule },
      ],
    ],
  },
  {
    title: "policy Local keeps the client's address",
    cluster: serving(both, { ...withNodePort, externalTrafficPolicy: 'Local' }),
    flows: [
      ["from outside to this node's endpoint", [client, node, 30_080], to('10.1.0.1:8080')],
      ['a pod may use all', [pod, node, 30_080], { ...likewise(toBoth), ipvs: to('10.1.0.1:8080') }],
      [
        'so may the node',
        [node, node, 30_080],
        { ...likewise(masqueraded(toBoth)), ipvs: to('10.1.0.1:8080') },
      ],
    ],
  },
  {
    title: 'policy Local without an endpoint here',
    cluster: serving([elsewhere('10.1.0.2')], {
      ...withNodePort,
      externalTrafficPolicy: 'Local',
      externalIPs: [externalIP],
    }),
    flows: [
      ['a node port', [client, node, 30_080], { ...likewise(dropped), ipvs: to('10.1.0.2:8080') }],
      ['an external IP', [client, externalIP, 80], { ...likewise(dropped), ipvs: to('10.1.0.2:8080') }],
      ['a pod gets through', [pod, externalIP, 80], to('10.1.0.2:8080')],
    ],
  },
  {
    title: 'source ranges',
    cluster: serving([here('10.1.0.1')], {
      type: 'LoadBalancer',
      loadBalancerIngress: [externalIP],
      loadBalancerSourceRanges: ['203.0.113.0/24'],
    }),
    flows: [
      ['a client in the range', [client, externalIP, 80], masqueraded(to('10.1.0.1:8080'))],
      ['one that is not', [blocked, externalIP, 80], dropped],
      ['they do not guard the cluster IP', [blocked, clusterIP, 80], masqueraded(to('10.1.0.1:8080'))],
    ],
  },
  {
    title: 'source ranges without endpoints',
    cluster: serving([], {
      type: 'LoadBalancer',
      loadBalancerIngress: [externalIP],
      loadBalancerSourceRanges: ['203.0.113.0/24'],
    }),
    flows: [
      ['a client in the range', [client, externalIP, 80], refused],
      ['one that is not', [blocked, externalIP, 80], { iptables: refused, nftables: dropped, ipvs: dropped }],
    ],
  },
  {
    title: "the node's own firewall forwards nothing",
    cluster: serving(both),
    firewall: ['iptables-nft -P FORWARD DROP'],
    flows: [
      [
        'what kube-proxy masquerades',
        [client, clusterIP, 80],
        {
          iptables: { ...masqueraded(toBoth), bareDropped: true },
          nftables: { ...dropped, bareDropped: true },
          ipvs: { ...masqueraded(toBoth), bareDropped: true },
        },
      ],
    ],
  },
]

/** Cases of netlab's own, which tell where the modes differ. */
export function ownFlows(mode: Mode): [string, { golden: FlowCase; flows: Flow[]; firewall: string[] }][] {
  return cases.map(({ title, cluster, firewall = [], flows }) => [
    title,
    {
      golden: { settings, ...cluster },
      firewall,
      flows: flows.map(([name, [sourceIP, destIP, destPort], came]) => ({
        ...{ name, protocol: 'TCP', sourceIP, destIP, destPort },
        ...('result' in came ? came : came[mode]),
      })),
    },
  ])
}
