import type { Place } from '../../command/command.ts'
import { commandLine } from '../../command/command-line.ts'
import { podInterface } from '../../model/cni.ts'
import { addressesOf, asGateways, gatewaysOf } from '../../model/families.ts'
import type { Lab, LabMachine, MachineInterface, Pod } from '../../model/lab.ts'
import type { RoutedPair } from '../../model/machine.ts'
import { bridgeOf, vethOf } from '../../model/pod-link.ts'
import { podMachine } from '../../model/wiring.ts'
import { defaultRoute } from '../../network/cable.ts'
import { routeToGateway } from '../../network/routed-pair.ts'
import type { Link, Route } from '../../observe/facts.ts'
import type { Port } from './port.ts'

/** A pod with a /32, and the pair that joins it to its node. */
export interface PairedPod {
  pod: Pod
  pair: RoutedPair
}

/** The pods of a lab that are on no network, by whose node's end. */
export function pairedPods({ pods, bridges }: Pick<Lab, 'pods' | 'bridges'>): PairedPod[] {
  return pods.flatMap(pod => {
    const [link] = podMachine(pod, bridges, false).links
    return link?.kind === 'routed-pair' ? [{ pod, pair: link }] : []
  })
}

/** The two ends of a pair, as ports of a segment that is nothing but the cable. */
export function pairPorts(
  { pod, pair: { near, far } }: PairedPod,
  node: Port['machine'],
  linkAt: (place: Place, name: string) => Link | undefined,
): Port[] {
  const called = `the cable between ${pod.name} and ${pod.node}`
  const segment = { called, device: called, place: pod.node, bridge: undefined, link: undefined }
  const [podEnd, nodeEnd] = [linkAt(near.place, near.interface), linkAt(far.place, far.interface)]
  const machine = podAsMachine(pod)
  const own = { name: far.interface, network: called, addresses: [], port: near.interface }
  return [
    { machine, declared: machine.interfaces[0]!, segment, link: podEnd, end: nodeEnd },
    { machine: node, declared: own, segment, link: nodeEnd, end: podEnd },
  ]
}

/** A pod is a machine with one interface; `on`: what its own link does not say of that. */
export function podAsMachine(
  pod: Pod,
  on: Partial<Pick<MachineInterface, 'network' | 'port' | 'mtu'>> = {},
): LabMachine {
  const { name, neighbours, containers } = pod
  const own = {
    name: podInterface,
    network: bridgeOf(pod) ?? '',
    addresses: addressesOf(pod),
    port: vethOf(pod) ?? '',
  }
  return {
    ...{ name, interfaces: [{ ...own, ...on }], routes: [], neighbours },
    ...asGateways(gatewaysOf(pod)),
    ...{ sysctls: {}, containers },
  }
}

/** A pod's routes to its gateway, as far as they are not there: first the one to the gateway itself, on whose strength the other is taken. */
export function gatewayRoutes({ pair }: PairedPod, routes: readonly Route[] = []): string[] {
  const isThere = routes.some(({ destination }) => destination === pair.near.gateway)
  return [...(isThere ? [] : [routeToGateway(pair)]), ...defaultRoute(pair.near)].map(({ command }) =>
    commandLine(command),
  )
}
