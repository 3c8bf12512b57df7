import { addressAt } from '../../allocation/ranges.ts'
import { familiesAsked } from '../../allocation/services.ts'
import { host } from '../../command/command.ts'
import { type Family, familyName, familyOf, readRange } from '../../model/address.ts'
import type { Cidr } from '../../model/cidr.ts'
import type { CniNetwork } from '../../model/cni-network.ts'
import type { Service } from '../../model/kubernetes.ts'
import type { Choice } from '../../model/lab.ts'
import type { Findings } from '../../text/findings.ts'
import { hasRoutedPodsOnly } from '../nodes.ts'
import { leaseSubnets, overlayBridge } from '../overlay.ts'
import type { Written } from '../reading.ts'
import type { LabInput } from '../schema/lab.ts'
import type { BridgeInput } from '../schema/link.ts'
import { firstFree, statedNetworks } from './networks.ts'
import { addressed, clusterBridge, type PodChooser, type PodPlace, withPodAddresses } from './pods.ts'
import { outsideOf, type WaysOut, withGateways } from './ways-out.ts'

/** A lab file with all that it may leave out. */
export interface FilledIn {
  input: LabInput
  choices: Choice[]
}

/** What is known when a lab file is filled in. */
export interface Known {
  services: readonly Service[]
  cni: readonly CniNetwork[]
  written: Pick<Written, 'bridges' | 'doubtful'> & {
    /** The file says something of `outside`. */
    outside: boolean
  }
  /** Names of pods and machines, those too that could not be read. */
  names: ReadonlySet<string>
  /** Nobody hears of these: they are told when the lab is read. */
  silent: Findings
}

/** Where pods have their addresses where nothing is said: kubeadm's with flannel, as of a lab of manifests, or what is free beside it. */
const usualPodNetworks: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ['10.244.0.0/16', '10.245.0.0/16', '172.31.0.0/16', '192.168.0.0/16'],
  ipv6: ['fd00:10:244::/64', 'fd00:10:245::/64'],
}

/** A service's packets pass a node on, and answers that only cross a bridge must meet its rules. */
const forwarding: Readonly<Record<Family, Readonly<Record<string, number>>>> = {
  ipv4: { 'net.ipv4.ip_forward': 1, 'net.bridge.bridge-nf-call-iptables': 1 },
  ipv6: { 'net.ipv6.conf.all.forwarding': 1, 'net.bridge.bridge-nf-call-ip6tables': 1 },
}

/**
 * Fills in what a lab file leaves out: addresses and prefixes of pods, a bridge for them, and for services the way out without which no
 * cluster IP is reached, and forwarding. What is stated stays, and nothing that is chosen is in its way.
 */
export function fillIn(input: LabInput, known: Known, findings: Findings): FilledIn {
  return new FillIn(input, known, findings).read()
}

interface Stated {
  networks: Cidr[]
  /** Addresses that somebody has, those too that have been chosen. */
  taken: Set<string>
  families: readonly Family[]
}

class FillIn {
  readonly #input: LabInput
  readonly #known: Known
  readonly #findings: Findings
  readonly #choices: Choice[] = []
  #stated: Stated | undefined

  constructor(input: LabInput, known: Known, findings: Findings) {
    this.#input = input
    this.#known = known
    this.#findings = findings
  }

  /** What the file states; most labs leave nothing out, and need not ask. */
  get #all(): Stated {
    if (this.#stated === undefined) {
      const { services, cni } = this.#known
      const networks = statedNetworks(this.#input, services, cni)
      this.#stated = {
        networks,
        taken: new Set(networks.map(({ address }) => address)),
        families: familiesAsked(services, usualFamily(this.#input)),
      }
    }
    return this.#stated
  }

  read(): FilledIn {
    const withPods = this.#nodesFilled(this.#filled(this.#input, this.#chooser(host)))
    const input = this.#known.services.some(needsWayOut) ? this.#forServices(withPods) : withPods
    return { input, choices: this.#choices }
  }

  /** A node, or the host, whose pods have what they leave out. */
  #filled<P extends PodPlace>(place: P, chooser: PodChooser): P {
    const before = this.#choices.length
    const filled = withPodAddresses(place, chooser)
    return this.#choices.length === before ? place : filled
  }

  #nodesFilled(input: LabInput): LabInput {
    const nodes = Object.entries(input.nodes ?? {})
    if (nodes.length === 0) return input
    const leases = leaseSubnets(input, this.#known.silent)
    const filled = nodes.map(([name, node], index) => {
      const lease = leases.get(name)
      const isBare = node.bridge === undefined && node.bridges === undefined && !hasRoutedPodsOnly(node)
      const whole = isBare && lease !== undefined ? { ...node, bridge: overlayBridge(lease) } : node
      const result = this.#filled(whole, this.#chooser(name, index))
      return [name, result === whole ? node : result] as const
    })
    return { ...input, nodes: Object.fromEntries(filled) }
  }

  #chooser(node: string, index?: number): PodChooser {
    const { bridges, doubtful } = this.#known.written
    const { bridge, bridges: several } = (index === undefined ? this.#input : this.#input.nodes?.[node]) ?? {}
    const readable = (bridge === undefined ? 0 : 1) + (several?.length ?? 0)
    return {
      of: index === undefined ? '' : `${node}, `,
      isUnsure: (bridges.get(node) ?? 0) > readable || doubtful.has(undefined),
      usualBridge: () => this.#usualBridge(index),
      taken: () => this.#all.taken,
      choices: this.#choices,
      findings: index === undefined ? this.#findings : this.#findings.below(['nodes', node]),
    }
  }

  #usualBridge(index: number | undefined): BridgeInput | undefined {
    const addresses = this.#all.families.flatMap(family => {
      const network = firstFree(podNetworks(family, index), this.#all.networks)
      const cidr = network === undefined ? undefined : readRange(network)
      if (network === undefined || cidr === undefined || 'refusal' in cidr) return []
      this.#all.networks.push(cidr)
      return [`${addressAt(network, 0)}/${cidr.prefix}`]
    })
    if (addresses.length < this.#all.families.length) return undefined
    return { ...clusterBridge, ...addressed(addresses) }
  }

  #forServices(input: LabInput): LabInput {
    const ways: WaysOut = {
      ...{ families: this.#familiesOfServices(), names: this.#known.names },
      ...{ taken: this.#all.taken, networks: this.#all.networks, choices: this.#choices },
    }
    if (input.nodes !== undefined) return this.#nodesForwarding(withGateways(input, ways))
    const outside = this.#known.written.outside ? undefined : outsideOf(ways)
    return {
      ...input,
      ...(outside === undefined ? {} : { outside }),
      ...(input.sysctls === undefined ? { sysctls: this.#forwarding('the host') } : {}),
    }
  }

  #nodesForwarding(input: LabInput): LabInput {
    const nodes = Object.entries(input.nodes ?? {}).map(([name, node]) => [
      name,
      node.sysctls === undefined ? { ...node, sysctls: this.#forwarding(name) } : node,
    ])
    return { ...input, nodes: Object.fromEntries(nodes) }
  }

  #forwarding(of: string): Record<string, number> {
    const settings = Object.assign({}, ...this.#familiesOfServices().map(family => forwarding[family]))
    this.#choices.push({
      of: `sysctls of ${of}`,
      value: Object.entries(settings)
        .map(([key, value]) => `${key}=${value}`)
        .join(', '),
    })
    return settings
  }

  /** The families of cluster IPs, those too that are not given yet. */
  #familiesOfServices(): readonly Family[] {
    const needy = this.#known.services.filter(needsWayOut)
    const isOf = (family: Family) =>
      needy.some(
        ({ clusterIPs, ipFamilies, ipFamilyPolicy = 'SingleStack' }) =>
          clusterIPs.some(address => familyOf(address) === family) ||
          ipFamilies?.includes(familyName(family)) ||
          (clusterIPs.length === 0 && ipFamilies === undefined && family === this.#all.families[0]) ||
          ipFamilyPolicy !== 'SingleStack',
      )
    return this.#all.families.filter(isOf)
  }
}

function needsWayOut({ type, clusterIPs }: Service): boolean {
  return type !== 'ExternalName' && !clusterIPs.includes('None')
}

/** The host's pods have a large network, those of a node a part of one. */
function podNetworks(family: Family, index: number | undefined): readonly string[] {
  if (index === undefined) return usualPodNetworks[family]
  return Array.from({ length: 254 }, (_, at) =>
    family === 'ipv4' ? `10.244.${at + 1}.0/24` : `fd00:10:244:${(at + 1).toString(16)}::/64`,
  )
}

/** That of the addresses that stand in the file; IPv4, where there are some of it, or none at all. */
function usualFamily(input: LabInput): Family {
  const families = new Set(statedNetworks(input, [], []).map(({ address }) => familyOf(address)))
  return families.has('ipv6') && !families.has('ipv4') ? 'ipv6' : 'ipv4'
}
