import { host, type Place } from '../command/command.ts'
import { joinHostPort } from '../model/address.ts'
import type { Addressed, Cidr } from '../model/cidr.ts'
import { bridgesByPlugins, networkOf, podInterface } from '../model/cni.ts'
import { addressesOf, gatewaysOf } from '../model/families.ts'
import type { Container, Lab, Pod } from '../model/lab.ts'
import type { Link } from '../model/machine.ts'
import { tunnelDevice, tunnelled } from '../model/overlay.ts'
import { isWiredByPlugins } from '../model/pod-link.ts'
import { vxlanNetwork } from '../model/vxlan.ts'
import { wiringOf } from '../model/wiring.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { ServiceTarget } from '../plan/plan.ts'
import { type Expected, type ExpectedPlace, expectedAfter } from './expected.ts'
import type {
  Graph,
  GraphEndpoint,
  GraphInterface,
  GraphLink,
  GraphPlace,
  GraphRoute,
  GraphSegment,
  GraphService,
} from './graph.ts'

/** What all of a lab's steps leave behind in each place. */
export function expectedOf({ plan }: Pick<LabInCondition, 'plan'>): Expected {
  return expectedAfter(plan.steps.flatMap(step => step.actions.map(({ command }) => command)))
}

/** A lab as its last step leaves it. */
export function graphOf(running: LabInCondition, expected: Expected = expectedOf(running)): Graph {
  const { lab, services } = running
  const wrapping = ipipEnds(lab, expected)
  const links = [...linksOf(lab), ...wrapping.map(({ link }) => link)]
  const segments = segmentsOf(lab, expected, wrapping)
  return {
    ...{ lab: lab.name, title: lab.title, running: false },
    places: placesOf(lab, expected, segments),
    ...{ segments, links },
    services: services.map(serviceOf),
  }
}

/** The id of a bridge of a node. */
function bridgeId(node: Place, name: string): string {
  return `bridge ${node} ${name}`
}

function networkId(name: string): string {
  return `network ${name}`
}

function tunnelId(name: string): string {
  return `tunnel ${name}`
}

/** What the tunnel of an overlay is called; its VXLAN network identifier is 1. */
const overlayTunnel = 'VXLAN 1'

function segmentsOf(lab: Lab, expected: Expected, wrapping: readonly IpipEnd[]): GraphSegment[] {
  const bridges = [...lab.bridges, ...bridgesByPlugins(lab)].map((bridge): GraphSegment => {
    const { node, name } = bridge
    const known = expected.get(node)?.links.get(name)
    const addresses = known === undefined ? cidrTexts(addressesOf(bridge)) : [...known.addresses]
    return { id: bridgeId(node, name), kind: 'bridge', name, place: node, addresses, marks: [] }
  })
  const bare = { addresses: [], marks: [] }
  const networks = lab.networks.map(
    ({ name }): GraphSegment => ({ id: networkId(name), kind: 'network', name, ...bare }),
  )
  return [...networks, ...tunnelsOf(lab, wrapping), ...bridges]
}

function tunnelsOf({ overlay, nodes, machines }: Lab, wrapping: readonly IpipEnd[]): GraphSegment[] {
  const carriers = new Map<string, Set<string>>()
  const carry = (name: string, network: string | undefined) => {
    const known = carriers.get(name) ?? new Set()
    carriers.set(name, network === undefined ? known : known.add(networkId(network)))
  }
  for (const lease of overlay?.leases ?? [])
    if (tunnelled(overlay!, lease).length > 0) carry(overlayTunnel, lease.network)
  for (const { interfaces, vxlans = [] } of [...nodes, ...machines])
    for (const vxlan of vxlans)
      carry(vxlanNetwork(vxlan), interfaces.find(({ name }) => name === vxlan.dev)?.network)
  for (const { tunnel, networks } of wrapping) for (const network of networks) carry(tunnel, network)
  return [...carriers].map(([name, carriedBy]) => ({
    ...{ id: tunnelId(name), kind: 'tunnel', name, addresses: [], marks: [] },
    carriedBy: [...carriedBy],
  }))
}

/** An interface of a machine that wraps packets into others. */
interface IpipEnd {
  /** What the tunnel is called. */
  tunnel: string
  link: GraphLink
  /** The machine's own, by one of which its packets go. */
  networks: readonly string[]
}

/** Those that a lab's own commands switch on: one without a far end is in one tunnel with all others of the kind. */
function ipipEnds({ nodes, machines }: Lab, expected: Expected): IpipEnd[] {
  return [...nodes, ...machines].flatMap(({ name: place, interfaces }) =>
    [...(expected.get(place)?.links ?? [])].flatMap(([name, { ipip, up }]) => {
      if (ipip === undefined || !up) return []
      const ends = [ipip.local, ipip.remote].filter(end => end !== undefined).sort()
      const tunnel = ipip.remote === undefined ? 'IPIP' : `IPIP ${ends.join(' – ')}`
      const near = { place, interface: name }
      const link: GraphLink = { kind: 'tunnel', near, segment: tunnelId(tunnel), marks: [] }
      return [{ tunnel, link, networks: interfaces.map(({ network }) => network) }]
    }),
  )
}

function linksOf(lab: Lab): GraphLink[] {
  const { nodes, machines } = wiringOf(lab)
  const wired = [...nodes, ...machines].flatMap(({ links }) => links.map(link => linkOf(lab, link)))
  return [...wired, ...overlayLinks(lab), ...pluginLinks(lab)]
}

function linkOf(lab: Lab, link: Link): GraphLink {
  const [near, far] = [endOf(link.near), endOf(link.far)]
  switch (link.kind) {
    case 'bridge-port':
      return { kind: 'veth', near, far, segment: bridgeId(far.place, link.network), marks: [] }
    case 'segment-port': {
      const network = lab.networks.find(({ bridge }) => bridge === link.network)
      return { kind: 'veth', near, far, segment: networkId(network?.name ?? link.network), marks: [] }
    }
    case 'macvlan': {
      const parent = [...lab.nodes, ...lab.machines]
        .find(({ name }) => name === far.place)
        ?.interfaces.find(({ name }) => name === far.interface)
      const segment = parent === undefined ? {} : { segment: networkId(parent.network) }
      return { kind: 'macvlan', near, far, ...segment, marks: [] }
    }
    case 'vxlan':
      return { kind: 'tunnel', near, segment: tunnelId(vxlanNetwork(link)), marks: [] }
    case 'routed-pair':
    case 'wire':
      return { kind: 'veth', near, far, marks: [] }
  }
}

function endOf(end: { place: Place; interface: string }) {
  return { place: end.place, interface: end.interface }
}

function overlayLinks(lab: Lab): GraphLink[] {
  const { overlay } = lab
  return (overlay?.leases ?? [])
    .filter(lease => tunnelled(overlay!, lease).length > 0)
    .map(({ node }) => ({
      kind: 'tunnel',
      near: { place: node, interface: tunnelDevice },
      segment: tunnelId(overlayTunnel),
      marks: [],
    }))
}

function pluginLinks(lab: Lab): GraphLink[] {
  return lab.pods.filter(isWiredByPlugins).map(pod => {
    const bridge = networkOf(lab, pod)?.bridge
    return {
      kind: 'veth',
      near: { place: pod.name, interface: podInterface },
      far: { place: pod.node },
      ...(bridge === undefined ? {} : { segment: bridgeId(pod.node, bridge) }),
      marks: [],
    }
  })
}

function placesOf(lab: Lab, expected: Expected, segments: readonly GraphSegment[]): GraphPlace[] {
  const placeOf = (
    name: Place,
    kind: GraphPlace['kind'],
    interfaces: readonly GraphInterface[],
    containers: readonly Container[],
  ): GraphPlace => ({
    ...{ name, kind, interfaces, marks: [] },
    routes: [...(expected.get(name)?.routes.values() ?? [])],
    serves: containers.flatMap(servesOf),
  })
  const known = (name: Place) => interfacesOf(name, expected.get(name), segments)
  const isHostThere =
    lab.nodes.length === 0 &&
    (lab.pods.length > 0 || lab.bridges.length > 0 || lab.outside.length > 0 || lab.machines.length === 0)
  return [
    ...(isHostThere ? [placeOf(host, 'host', known(host), [])] : []),
    ...lab.nodes.map(({ name, containers }) => placeOf(name, 'node', known(name), containers)),
    ...lab.pods.map(pod => podPlace(pod, placeOf(pod.name, 'pod', known(pod.name), pod.containers))),
    ...lab.outside.map(({ name }) => placeOf(name, 'outside', known(name), [])),
    ...lab.machines.map(({ name, containers }) => placeOf(name, 'machine', known(name), containers)),
  ]
}

/** Of what CNI plugins do there is no command: the lab knows what comes of it. */
function podPlace(pod: Pod, place: GraphPlace): GraphPlace {
  const { node } = pod
  if (!isWiredByPlugins(pod)) return { ...place, node }
  const interfaces = [{ name: podInterface, addresses: addressTexts(pod) }]
  const routes = gatewaysOf(pod)
    .filter(via => via !== '')
    .map((via): GraphRoute => ({ to: 'default', via }))
  return { ...place, node, interfaces, routes }
}

/** The interfaces by which a place is known; bridges, and what is plugged into them, are drawn elsewhere. */
function interfacesOf(
  place: Place,
  known: ExpectedPlace | undefined,
  segments: readonly GraphSegment[],
): GraphInterface[] {
  return [...(known?.links ?? [])]
    .filter(([name, { addresses, master, isBridge }]) => {
      const isDrawn = segments.some(segment => segment.place === place && segment.name === name)
      return !isDrawn && !isBridge && master === undefined && addresses.size > 0
    })
    .map(([name, { addresses }]) => ({ name, addresses: [...addresses] }))
}

function servesOf({ serve, command, ports }: Container): string[] {
  if (command.length === 0) return serve.map(port => `:${port}`)
  const program = command[0]!.split('/').at(-1)!
  const numbers = [...new Set(ports.map(({ port }) => `:${port}`))]
  return [[program, ...numbers].join(' ')]
}

function serviceOf(target: ServiceTarget): GraphService {
  const { service, portName, protocol, clusterIP, port, endpoints, entries } = target
  const others = entries.flatMap(entry => {
    if (entry.kind === 'cluster IP') return []
    return entry.kind === 'node port'
      ? [`node port ${entry.port}`]
      : [`${entry.kind} ${joinHostPort(entry.address, entry.port)}`]
  })
  return {
    ...{ service, portName, protocol, marks: [] },
    addresses: [joinHostPort(clusterIP, port), ...new Set(others)],
    endpoints: endpoints.map(
      ({ pod, address, port: targetPort }): GraphEndpoint => ({
        pod,
        target: joinHostPort(address, targetPort),
      }),
    ),
  }
}

function addressTexts(addressed: Addressed): string[] {
  return cidrTexts(addressesOf(addressed))
}

function cidrTexts(cidrs: readonly Cidr[]): string[] {
  return cidrs.map(({ address, prefix }) => `${address}/${prefix}`)
}
