import type { NodeView } from '../dataplane/dataplane.ts'
import type { EndpointSlice, Service } from '../model/kubernetes.ts'
import { defaultProxySettings } from '../read/proxy-settings.ts'
import type { ConnectWay } from '../sandbox/measure-order.ts'
import type { ChartMode } from './modes.ts'

/** A mode with a number of services: a node of the lab with a client, a server, and rules that nobody else has. */
export interface Cell {
  mode: ChartMode
  services: number
  node: string
  nodeAddress: string
  client: string
  clientAddress: string
  server: string
  serverAddress: string
}

/** More have no address in 10.96.0.0/16. */
export const mostServices = 65_000
/** More nodes have no addresses here. */
export const mostCells = 200

const podRange = '10.244.0.0/16'
const serverPort = 8080
const servicePort = 80
const namespace = 'chart'

/** A cell for each mode and number of services, mode by mode for each number. */
export function cellsOf(modes: readonly ChartMode[], counts: readonly number[]): Cell[] {
  return counts
    .flatMap(services => modes.map(mode => ({ mode, services })))
    .map(({ mode, services }, index) => {
      const name = `${mode.name}-${services}`
      const at = index + 1
      return {
        ...{ mode, services, node: name, nodeAddress: `192.168.${at}.1` },
        ...{ client: `client-${name}`, clientAddress: `10.244.${at}.2` },
        ...{ server: `server-${name}`, serverAddress: `10.244.${at}.3` },
      }
    })
}

/**
 * The lab file of all cells. Pods are wired as Calico does it, so that a packet meets nothing but two cables and its node's routes and
 * rules: no bridge, and no rule of a bridge.
 */
export function labText(name: string, cells: readonly Cell[]): string {
  const nodes = cells.flatMap(({ node, nodeAddress, client, clientAddress, server, serverAddress }) => [
    `  ${node}:`,
    `    interfaces: {eth0: {network: lan, address: ${nodeAddress}/16}}`,
    '    gateway: 192.168.0.1',
    '    sysctls: {net.ipv4.ip_forward: 1}',
    `    pods: {${client}: ${clientAddress}/32, ${server}: ${serverAddress}/32}`,
  ])
  return [
    `name: ${name}`,
    'networks: {lan: {}}',
    'nodes:',
    ...nodes,
    // Nobody asks it: nodes need a default route, or they would not answer ARP for their pods' gateway.
    'machines: {router: {interfaces: {eth0: {network: lan, address: 192.168.0.1/16}}}}',
    '',
  ].join('\n')
}

/** The address of a cell's last service. */
export function lastAddress({ services }: Cell): string {
  return clusterIP(services)
}

/** How a cell's connections go: through its last service, or directly to the pod. */
export function wayOf(cell: Cell): ConnectWay {
  const { client, server, serverAddress, mode } = cell
  const asked =
    mode.load === undefined
      ? { address: serverAddress, port: serverPort }
      : { address: lastAddress(cell), port: servicePort }
  return { client, server, serverPort, ...asked }
}

/** What kube-proxy of a cell's node knows: so many services, all of them of the same pod. */
export function viewOf({ services, node, nodeAddress, serverAddress }: Cell): NodeView {
  const numbers = Array.from({ length: services }, (_, index) => index + 1)
  return {
    services: numbers.map(serviceOf),
    slices: numbers.map(number => sliceOf(number, node, serverAddress)),
    settings: { ...defaultProxySettings, clusterCIDR: podRange },
    node: { name: node, addresses: [nodeAddress], primary: nodeAddress },
    family: 'ipv4',
  }
}

/** Names in whose order their numbers grow: netlab writes services in the order of their names. */
function nameOf(number: number): string {
  return `nginx-${String(number).padStart(String(mostServices).length, '0')}`
}

function clusterIP(number: number): string {
  return `10.96.${number >> 8}.${number & 255}`
}

function serviceOf(number: number): Service {
  return {
    namespace,
    name: nameOf(number),
    type: 'ClusterIP',
    labels: {},
    clusterIPs: [clusterIP(number)],
    selector: { app: 'nginx' },
    ports: [{ name: '', protocol: 'TCP', port: servicePort, targetPort: serverPort }],
    externalIPs: [],
    loadBalancerIPs: [],
    loadBalancerSourceRanges: [],
    sessionAffinity: 'None',
    sessionAffinityTimeout: 10_800,
    internalTrafficPolicy: 'Cluster',
    externalTrafficPolicy: 'Cluster',
  }
}

function sliceOf(number: number, nodeName: string, address: string): EndpointSlice {
  return {
    namespace,
    service: nameOf(number),
    addressType: 'IPv4',
    ports: [{ name: '', protocol: 'TCP', port: serverPort }],
    endpoints: [{ addresses: [address], nodeName }],
  }
}
