import { familyName, familyOf, readAddress } from '../model/address.ts'
import {
  addressesOf,
  addressIn,
  asGateways,
  type Gateways,
  gatewayIn,
  hasAddress,
} from '../model/families.ts'
import type { Bridge, Pod } from '../model/lab.ts'
import { bridgeOf } from '../model/pod-link.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import { type ReadAddress, readGateways, writtenTexts } from './own-addresses.ts'
import type { PodInput } from './schema/pod.ts'

/** Reads a pod's ways out, one for each of its families: where nothing is said, the bridge's address. */
export function readPodGateways(
  gateway: PodInput['gateway'],
  path: Path,
  addresses: readonly ReadAddress[],
  bridge: Bridge,
  findings: Findings,
): Gateways | undefined {
  const said = readGateways(writtenTexts(gateway, [...path, 'gateway']), findings)
  if (said === undefined) return undefined
  const families = addresses.map(({ cidr }) => familyOf(cidr.address))
  return asGateways(
    families.flatMap(family => gatewayIn(said, family) ?? addressIn(bridge, family)?.address ?? []),
  )
}

/** Tells of gateways that are nobody on the pod's bridge, or of a family of which the pod has no address. */
export function checkPodGateways(
  inputs: readonly (readonly [string, PodInput])[],
  pods: readonly Pod[],
  bridges: readonly Bridge[],
  findings: Findings,
): void {
  const byName = new Map(pods.map(pod => [pod.name, pod]))
  for (const [name, { gateway }] of inputs) {
    const pod = byName.get(name)
    const bridge = bridges.find(each => pod !== undefined && each.name === bridgeOf(pod))
    if (pod === undefined || bridge === undefined) continue
    for (const [path, text] of writtenTexts(gateway, ['pods', name, 'gateway'])) {
      const read = readAddress(text)
      if (!('refusal' in read)) checkGateway(pod, bridge, pods, read.address, path, findings)
    }
  }
}

function checkGateway(
  pod: Pod,
  bridge: Bridge,
  pods: readonly Pod[],
  gateway: string,
  path: Path,
  findings: Findings,
): void {
  const family = familyOf(gateway)
  if (addressIn(pod, family) === undefined) {
    const message = `${gateway} is an ${familyName(family)} address, and ${pod.name} has none`
    findings.report(path, message, 'remove it, or give the pod an address of that family')
    return
  }
  const own = addressIn(bridge, family)?.address
  if (own === undefined || gateway === own) return
  if (pods.some(each => each !== pod && bridgeOf(each) === bridgeOf(pod) && hasAddress(each, gateway))) return
  const message = addressesOf(pod).some(({ address }) => address === gateway)
    ? `${gateway} is the pod itself`
    : `no one on bridge ${bridge.name} has ${gateway}`
  findings.report(path, message, `write ${own}, the bridge's address, or remove the line`)
}
