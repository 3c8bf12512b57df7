import { addressAt, addressRange } from '../../allocation/ranges.ts'
import {
  contains,
  type Family,
  familyOf,
  readAddress,
  readCidr,
  subnetOf,
  usualPrefix,
} from '../../model/address.ts'
import type { Cidr } from '../../model/cidr.ts'
import type { Choice } from '../../model/lab.ts'
import type { Path } from '../../text/document.ts'
import type { Findings } from '../../text/findings.ts'
import { writtenAddresses } from '../own-addresses.ts'
import { asList } from '../schema/fields.ts'
import type { BridgeInput } from '../schema/link.ts'
import { type PodEntry, type PodInput, podFields } from '../schema/pod.ts'

/** What a node says of its bridges and pods. */
export interface PodPlace {
  cni?: unknown
  bridge?: BridgeInput | undefined
  bridges?: BridgeInput[] | undefined
  pods?: Record<string, PodEntry> | undefined
}

/** Who chooses what a node's pods leave out. */
export interface PodChooser {
  /** Before the names of pods and bridges, for people: `node-1, `; empty for the host. */
  of: string
  /** Something of the node's bridges cannot be read: what is not there may have been meant. */
  isUnsure: boolean
  /** The bridge that a node gets where it states none, and its pods state no address. */
  usualBridge(): BridgeInput | undefined
  /** All addresses that somebody has; what is chosen is added. */
  taken(): Set<string>
  choices: Choice[]
  findings: Findings
}

/** Gives the pods of a node what they leave out: addresses on a bridge, prefixes, and the bridge itself. */
export function withPodAddresses<P extends PodPlace>(place: P, chooser: PodChooser): P {
  const pods = Object.entries(place.pods ?? {})
  if (place.cni !== undefined || chooser.isUnsure) return place
  const hasBridge = place.bridge !== undefined || place.bridges !== undefined
  if (hasBridge && !pods.some(([, pod]) => leavesOut(podFields(pod)))) return place
  const stated = place.bridge === undefined ? (place.bridges ?? []) : [place.bridge]
  const chosen = stated.length === 0 ? chosenBridge(pods, chooser) : undefined
  const bridges = (chosen === undefined ? stated : [chosen]).map(bridgeNetworks)
  // Of a bridge whose own address cannot be read nobody knows what its pods would get.
  if (bridges.length === 0 || bridges.some(({ networks }) => networks.length === 0)) return place
  const giver = new AddressGiver(bridges, chooser)
  return {
    ...place,
    ...(chosen === undefined ? {} : { bridge: chosen }),
    pods: Object.fromEntries(pods.map(([name, pod]) => [name, giver.completed(name, pod)])),
  }
}

/** A bridge by its name, with its networks, one of each family at most. */
interface BridgeNetworks {
  name: string
  networks: Cidr[]
}

function bridgeNetworks(bridge: BridgeInput): BridgeNetworks {
  const read = writtenAddresses(bridge, []).map(([, text]) => readCidr(text))
  return { name: bridge.name, networks: read.flatMap(each => ('refusal' in each ? [] : [each])) }
}

/** Whether a pod is to be plugged into a bridge. */
function isPlugged({ macvlan, address, addresses }: PodInput): boolean {
  return macvlan === undefined && !(address ?? addresses?.[0] ?? '').endsWith('/32')
}

/** Whether a pod states no address, or one without a prefix. */
function leavesOut({ address, addresses = [], macvlan }: PodInput): boolean {
  const stated = [...(address === undefined ? [] : [address]), ...addresses]
  return macvlan === undefined && (stated.length === 0 || stated.some(text => !text.includes('/')))
}

/** The bridge of a node that states none: on the network of the first pod that states an address, or the usual one. */
function chosenBridge(
  pods: readonly (readonly [string, PodEntry])[],
  { of, usualBridge, taken, choices, findings }: PodChooser,
): BridgeInput | undefined {
  const plugged = pods.map(([, pod]) => podFields(pod)).filter(isPlugged)
  if (plugged.length === 0) return undefined
  const [network] = plugged.flatMap(pod => {
    const own = writtenAddresses(pod, []).flatMap(([, text]) => networkOf(text))
    return own.length === 0 ? [] : [own]
  })
  const gateways = plugged.flatMap(({ gateway }) => asList(gateway))
  const bridge =
    network === undefined
      ? usualBridge()
      : { ...clusterBridge, ...addressed(network.map(each => gatewayOn(each, gateways, taken()))) }
  if (bridge === undefined) {
    const fix = 'add "bridge", with an address of a network that is nobody\'s'
    findings.report(['pods'], 'no network is left for these pods', fix, 'key')
    return undefined
  }
  const addresses = writtenAddresses(bridge, []).map(([, text]) => text)
  for (const text of addresses) taken().add(text.slice(0, text.indexOf('/')))
  choices.push({ of: `${of}bridge ${bridge.name}`, value: addresses.join(', ') })
  return bridge
}

/** The bridge of a cluster's node, whose pods reach themselves through a service (`hairpinMode` of kubelet and CNI plugins). */
export const clusterBridge = { name: 'cni0', hairpin: true } as const

/** `address`, or `addresses` where there are two. */
export function addressed(addresses: readonly string[]): Pick<BridgeInput, 'address' | 'addresses'> {
  const [only = '', ...others] = addresses
  return others.length === 0 ? { address: only } : { addresses: [...addresses] }
}

/** The network that an address is in: its prefix is the usual one, where it says none. */
function networkOf(text: string): Cidr[] {
  const read = readCidr(text.includes('/') ? text : `${text}/${usualPrefix(familyOf(text))}`)
  return 'refusal' in read ? [] : [read]
}

/** The bridge's address: what pods say that their gateway is, or the first that nobody has. */
function gatewayOn(network: Cidr, gateways: readonly string[], taken: ReadonlySet<string>): string {
  const isFree = (address: string) => !taken.has(address)
  const said = gateways.find(
    address => !('refusal' in readAddress(address)) && contains(network, address) && isFree(address),
  )
  return `${said ?? nextFree(subnetOf(network), 0, isFree)?.address ?? network.address}/${network.prefix}`
}

function nextFree(
  network: string,
  from: number,
  isFree: (address: string) => boolean,
): { address: string; index: number } | undefined {
  const { size } = addressRange(network)
  for (let index = from; index < size; index += 1) {
    const address = addressAt(network, index)
    if (isFree(address)) return { address, index }
  }
  return undefined
}

class AddressGiver {
  readonly #bridges: readonly BridgeNetworks[]
  readonly #chooser: PodChooser
  /** Where to go on looking in each network; the first address is the gateway's, as a rule. */
  readonly #next = new Map<string, number>()

  constructor(bridges: readonly BridgeNetworks[], chooser: PodChooser) {
    this.#bridges = bridges
    this.#chooser = chooser
  }

  /** A pod with an address. */
  completed(name: string, pod: PodEntry): string | PodInput {
    const fields = podFields(pod)
    if (!isPlugged(fields)) return typeof pod === 'string' ? pod : fields
    if (fields.address === undefined && fields.addresses === undefined) return this.#given(name, fields)
    const whole = (text: string) => this.#withPrefix(name, text, fields)
    if (typeof pod === 'string') return whole(pod)
    return {
      ...fields,
      ...(fields.address === undefined ? {} : { address: whole(fields.address) }),
      ...(fields.addresses === undefined ? {} : { addresses: fields.addresses.map(whole) }),
    }
  }

  #given(name: string, pod: PodInput): PodInput {
    const bridge = this.#bridgeOf(pod)
    // That there is none is told where the pod is read.
    if (bridge === undefined) return pod
    const addresses = bridge.networks.flatMap(
      network => this.#address(network, ['pods', name], bridge.name) ?? [],
    )
    if (addresses.length < bridge.networks.length) return pod
    this.#chose(name, addresses.join(', '))
    return { ...pod, ...addressed(addresses) }
  }

  #bridgeOf({ bridge }: PodInput): BridgeNetworks | undefined {
    return bridge === undefined ? this.#bridges[0] : this.#bridges.find(({ name }) => name === bridge)
  }

  #address(network: Cidr, path: Path, bridge: string): string | undefined {
    const { findings } = this.#chooser
    const taken = this.#chooser.taken()
    const subnet = subnetOf(network)
    const found = nextFree(subnet, this.#next.get(subnet) ?? 1, address => !taken.has(address))
    if (found === undefined) {
      const message = `no address is left for it in ${subnet} of bridge ${bridge}`
      findings.report(path, message, 'give the bridge a shorter prefix, which has room for more', 'key')
      return undefined
    }
    this.#next.set(subnet, found.index + 1)
    taken.add(found.address)
    return `${found.address}/${network.prefix}`
  }

  /** The prefix of a pod's address is that of its bridge. */
  #withPrefix(name: string, text: string, pod: PodInput): string {
    if (text.includes('/') || 'refusal' in readAddress(text)) return text
    const own = this.#bridgeOf(pod)
    const bridges = pod.bridge === undefined ? this.#bridges : own === undefined ? [] : [own]
    const family: Family = familyOf(text)
    const networks = bridges
      .flatMap(each => each.networks)
      .filter(({ address }) => familyOf(address) === family)
    const network = networks.find(each => contains(each, text)) ?? networks[0]
    // That no bridge has such a family is told where the pod is read.
    if (network === undefined) return `${text}/${usualPrefix(family)}`
    const address = `${text}/${network.prefix}`
    this.#chose(name, address)
    return address
  }

  #chose(name: string, value: string): void {
    this.#chooser.choices.push({ of: `${this.#chooser.of}pod ${name}`, value })
  }
}
