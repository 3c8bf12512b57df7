import { contains, subnetOf } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import { addressIn } from '../model/families.ts'
import type { Bridge, Pod } from '../model/lab.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import type { NodeInput } from './node-input.ts'
import type { PodInput } from './schema/pod.ts'

/** Tells of what a pod with a /32 cannot have: a bridge, or an address that others look for on a bridge. */
export function checkRoutedPod(
  pod: PodInput,
  { address }: Cidr,
  [path, addressPath]: readonly [Path, Path],
  bridges: readonly Bridge[],
  findings: Findings,
): void {
  const subnets = bridges.flatMap(({ name, ...own }) => {
    const subnet = addressIn(own, 'ipv4')
    return subnet === undefined ? [] : [{ name, subnet }]
  })
  const near = subnets.find(({ subnet }) => contains(subnet, address))
  if (pod.bridge !== undefined) {
    const bridge = near ?? subnets.find(({ name }) => name === pod.bridge)
    const instead =
      bridge === undefined
        ? ''
        : `, or write an address of ${subnetOf(bridge.subnet)}, which ${bridge.name} has`
    const message = `a pod with a /32 is plugged into no bridge: it has a link of its own to its node`
    findings.report([...path, 'bridge'], message, `remove the line${instead}`)
  } else if (near !== undefined) {
    const message = `${address}/32 has a link of its own, and ${address} is one of bridge ${near.name}'s addresses, where the others look for it`
    const fix = `write ${address}/${near.subnet.prefix}, or an address outside ${subnetOf(near.subnet)}`
    findings.report(addressPath, message, fix)
  }
}

/** Tells of gateways that nobody would answer for. A kernel answers ARP for another's address only where it has a way to it (arp_process in arp.c). */
export function checkRoutedGateways(
  pods: readonly Pod[],
  { wayOut, answersFor }: NodeInput,
  findings: Findings,
): void {
  const routed = pods.filter(({ link }) => link.kind === 'routed')
  for (const { name, address, gateway } of routed.filter(each => each.gateway === each.address.address))
    findings.report(
      ['pods', name, 'gateway'],
      `${gateway} is the pod itself`,
      `remove the line, or write an address that is not ${address.address}`,
    )
  const asking = routed.filter(({ gateway, neighbours }) =>
    neighbours.every(({ address }) => address !== gateway),
  )
  const lost = asking.find(({ gateway }) => gateway !== undefined && !answersFor(gateway))
  if (lost === undefined) return
  const message = `a pod with a /32 asks for its gateway ${lost.gateway}, and its node has no way there: a kernel answers only for whom it would forward to`
  findings.report(['pods', lost.name], message, wayOut, 'key')
}
