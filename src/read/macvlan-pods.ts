import { host } from '../command/command.ts'
import { contains, familyOf, subnetOf } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import type { Pod, PodLink } from '../model/lab.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import type { PodInput } from './schema/pod.ts'

/** An interface of a node, of which macvlans can be made. */
export interface ParentInterface {
  name: string
  addresses: readonly Cidr[]
}

/** A node with its interfaces. */
export interface Parents {
  node: string
  interfaces: readonly ParentInterface[]
  /** The node's default route, which its pods on the same segment can take as well. */
  gateway?: string
}

/** The link of a pod on a macvlan, and its gateway where it says none; undefined after telling what is wrong. */
export function readMacvlan(
  pod: PodInput,
  address: Cidr | undefined,
  [path, addressPath]: readonly [Path, Path],
  { node, interfaces, gateway }: Parents,
  findings: Findings,
): { link: PodLink; gateway?: string } | undefined {
  const { macvlan } = pod
  if (macvlan === undefined) return undefined
  for (const key of ['bridge', 'veth'] as const) {
    if (pod[key] === undefined) continue
    findings.report(
      [...path, key],
      `a macvlan is plugged into no bridge, and has no veth pair`,
      'remove the line',
    )
  }
  const { parent, mode = 'bridge' } = macvlan
  const own = interfaces.find(({ name }) => name === parent)
  if (own === undefined) {
    const names = interfaces.map(({ name }) => name)
    const fix =
      names.length === 0
        ? 'a macvlan needs an interface: write "outside", or "nodes" with "interfaces"'
        : didYouMean(parent, names, 'it has')
    findings.report(
      [...path, 'macvlan', 'parent'],
      `${node === host ? 'the host' : node} has no interface ${parent}`,
      fix,
    )
    return undefined
  }
  if (address === undefined) return undefined
  const near = own.addresses.find(cidr => contains(cidr, address.address))
  const first = own.addresses.find(cidr => familyOf(cidr.address) === 'ipv4')
  if (near === undefined && first !== undefined) {
    const message = `${address.address} is on none of the networks of ${parent}, which the pod shares`
    findings.report(addressPath, message, `write an address of ${subnetOf(first)} that nobody has`)
  } else if (near !== undefined && near.prefix !== address.prefix) {
    const message = `the prefix /${address.prefix} is not that of ${parent}, /${near.prefix}`
    findings.report(addressPath, message, `write ${address.address}/${near.prefix}`)
  }
  return {
    link: { kind: 'macvlan', parent, mode },
    ...(gateway !== undefined && contains(address, gateway) ? { gateway } : {}),
  }
}

/** What to write where a pod's address is missing. */
export function macvlanExample({ macvlan }: PodInput, { interfaces }: Parents): string {
  const own = interfaces.find(({ name }) => name === macvlan?.parent)
  const [first] = own?.addresses.filter(({ address }) => familyOf(address) === 'ipv4') ?? []
  return first === undefined
    ? 'add "address", on the network of its parent'
    : `add "address", one of ${subnetOf(first)} that nobody has`
}

/** Tells of pods beside one that has its parent's interface for itself (macvlan_common_newlink in macvlan.c), and of gateways nearby that are not. */
export function checkMacvlans(pods: readonly Pod[], findings: Findings): void {
  for (const { name, link, address, gateway } of pods) {
    if (link.kind !== 'macvlan') continue
    if (gateway !== undefined && (gateway === address.address || !contains(address, gateway))) {
      const message =
        gateway === address.address
          ? `${gateway} is the pod itself`
          : `${gateway} is outside ${subnetOf(address)}, the pod's network`
      findings.report(
        ['pods', name, 'gateway'],
        message,
        `write an address of a machine on ${subnetOf(address)}, or remove the line`,
      )
    }
    const other = pods.find(
      each => each.name !== name && each.link.kind === 'macvlan' && each.link.parent === link.parent,
    )
    if (link.mode !== 'passthru' || other === undefined) continue
    const message = `passthru gives ${link.parent} to one pod alone, and ${other.name} has a macvlan of it as well`
    findings.report(
      ['pods', name, 'macvlan', 'mode'],
      message,
      'write "mode: bridge", or take another interface',
    )
  }
}
