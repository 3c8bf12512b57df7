import {
  contains,
  familyName,
  familyOf,
  readAddress,
  type readCidr,
  readPodCidr,
  subnetOf,
  usable,
} from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import { addressesOf, addressIn, asGateways, type Gateways } from '../model/families.ts'
import { readHardwareAddress } from '../model/hardware-address.ts'
import type { Bridge, Pod, PodLink } from '../model/lab.ts'
import { mostBridgePorts, routedPairGateway } from '../model/machine.ts'
import { deriveInterfaces, refuseInterface, refuseName } from '../model/names.ts'
import { bridgeOf } from '../model/pod-link.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import { readCniPods } from './cni.ts'
import { readContainers } from './containers.ts'
import { checkMacvlans, macvlanExample, type Parents, readMacvlan } from './macvlan-pods.ts'
import { readNeighbours } from './neighbours.ts'
import type { NodeInput } from './node-input.ts'
import {
  asAddressed,
  type ReadAddress,
  readGateways,
  readPair,
  type WrittenText,
  writtenAddresses,
  writtenTexts,
} from './own-addresses.ts'
import { ownNames } from './own-names.ts'
import { readPause } from './pause.ts'
import { checkPodGateways, readPodGateways } from './pod-gateways.ts'
import { checkRoutedGateways, checkRoutedPod } from './routed-pods.ts'
import type { BridgeInput } from './schema/link.ts'
import { type PodInput, podFields } from './schema/pod.ts'

/** By what a pod is joined to its node, and its ways out. */
interface Joined {
  link: PodLink
  gateways: Gateways
}

function needsVeth({ veth, macvlan }: PodInput): boolean {
  return veth === undefined && macvlan === undefined
}

/** Reads the bridges of a node and the pods that are plugged into them, in an order that others can step into. */
export class BridgesReader {
  private readonly place: NodeInput
  private readonly input: NodeInput['input']
  private readonly findings: Findings
  private readonly pods: readonly [string, PodInput][]

  /** `findings`: of what stands of the node. */
  constructor(place: NodeInput, findings: Findings) {
    this.place = place
    this.input = place.input
    this.findings = findings
    this.pods = Object.entries(place.input.pods ?? {}).map(([name, pod]) => [name, podFields(pod)])
  }

  /** The bridges of the node. */
  readBridges(): Bridge[] {
    const { cni, bridge, bridges } = this.input
    if (cni && (bridge || bridges)) {
      const key = bridge ? 'bridge' : 'bridges'
      const message = `"cni" and "${key}" both say how the pods are connected`
      this.findings.report(['cni'], message, 'remove one of them', 'key')
    }
    if (bridge && bridges) {
      this.findings.report(
        ['bridge'],
        '"bridge" and "bridges" both stand here',
        'put all into "bridges"',
        'key',
      )
    }
    const entries: [Path, BridgeInput][] = [
      ...(bridge ? ([[['bridge'], bridge]] as [Path, BridgeInput][]) : []),
      ...(bridges ?? []).map((each, index): [Path, BridgeInput] => [['bridges', index], each]),
    ]
    return entries.flatMap(([path, bridge]) => {
      const { name, hairpin = false, masquerade = 'outgoing' as const, mtu } = bridge
      const refusal = refuseInterface(name)
      if (refusal) this.findings.accept([...path, 'name'], refusal)
      else this.place.own.interface(name, [...path, 'name'], `bridge ${name}`)
      const addresses = readPair(writtenAddresses(bridge, path), 'a bridge', this.findings)
      if (!addresses) return []
      for (const { cidr, path: at } of addresses) {
        this.place.own.address(cidr.address, at, `bridge ${name}`)
        this.place.own.subnet(cidr, at, `bridge ${name}`)
      }
      return [
        {
          ...{ name, node: this.place.node, ...asAddressed(addresses), hairpin, masquerade },
          ...(mtu === undefined ? {} : { mtu }),
        },
      ]
    })
  }

  /** Keeps the interfaces that the file names for its pods from being given to others. */
  reserve(): void {
    if (this.input.cni !== undefined) return
    for (const [name, { veth }] of this.pods) {
      this.findings.accept(['pods', name], refuseName(name) ?? {}, 'key')
      if (veth === undefined) continue
      const refusal = refuseInterface(veth)
      if (refusal) this.findings.accept(['pods', name, 'veth'], refusal)
      else this.place.own.interface(veth, ['pods', name, 'veth'], `pod ${name}`)
    }
  }

  /** The pods of the node, and whether they fit. */
  readPods(bridges: readonly Bridge[], parents: Omit<Parents, 'node'>): Pod[] {
    const { own, node } = this.place
    if (this.input.cni !== undefined)
      return readCniPods(this.place, this.place.network, this.pods, this.findings)
    const unnamed = this.pods.filter(([, pod]) => needsVeth(pod)).map(([name]) => name)
    const veths = deriveInterfaces('veth_', unnamed, own.interfaceNames())
    const pods = this.pods.flatMap(([name, pod]) => {
      const veth = pod.veth ?? veths.get(name) ?? ''
      if (needsVeth(pod)) own.interface(veth, ['pods', name], `pod ${name}`, 'key')
      return this.readPod(name, pod, veth, bridges, { node, ...parents }) ?? []
    })
    checkPodGateways(this.pods, pods, bridges, this.findings)
    this.checkBridgePorts(pods, bridges)
    checkMacvlans(pods, this.findings)
    checkRoutedGateways(pods, this.place, this.findings)
    return pods
  }

  private readPod(
    name: string,
    pod: PodInput,
    veth: string,
    bridges: readonly Bridge[],
    parents: Parents,
  ): Pod | undefined {
    const isShort = typeof this.input.pods?.[name] === 'string'
    const path: Path = ['pods', name]
    const written: WrittenText[] = isShort ? [[path, pod.address ?? '']] : writtenAddresses(pod, path)
    const containers = readContainers(pod, path, this.findings)
    const pause = readPause(pod, containers, path, this.findings)
    const nameservers = (pod.nameservers ?? []).flatMap((each, index) => {
      const read = this.findings.accept([...path, 'nameservers', index], readAddress(each))
      return read === undefined ? [] : [read.address]
    })
    // On a bridge it would have got one, if there were any to be had, which is told elsewhere.
    if (written.length === 0 && pod.macvlan !== undefined && !this.isDoubtful(name))
      this.findings.report(path, '"address" is missing', macvlanExample(pod, parents), 'key')
    if (written.length === 0) {
      if (pod.bridge !== undefined) this.ownBridge(pod, path, undefined, bridges)
      return undefined
    }
    const addresses = readPair(written, 'a pod', this.findings, text => this.readAddress(text, bridges))
    const isAlone = addresses?.some(({ cidr }) => cidr.prefix === 32 && familyOf(cidr.address) === 'ipv4')
    const joined =
      pod.macvlan !== undefined || isAlone
        ? this.alone(pod, path, addresses, veth, bridges, parents)
        : this.plugged(pod, path, addresses, veth, bridges)
    if (!addresses || !joined) return undefined
    for (const { cidr, path: at } of addresses) this.place.claim(cidr.address, at, `pod ${name}`)
    const lladdr = this.readLladdr(name, pod, path, joined.link)
    return {
      name,
      namespace: pod.namespace ?? 'default',
      labels: pod.labels ?? {},
      ...ownNames(pod),
      ...asAddressed(addresses),
      node: this.place.node,
      link: joined.link,
      ...joined.gateways,
      ...(lladdr === undefined ? {} : { lladdr }),
      neighbours: readNeighbours(
        pod.neighbours,
        {
          called: `pod ${name}`,
          path,
          devices: [{ name: 'eth0', addresses: addresses.map(({ cidr }) => cidr) }],
        },
        this.findings,
      ),
      nameservers,
      containers,
      ...(pause === undefined ? {} : { pause }),
    }
  }

  private isDoubtful(name: string): boolean {
    return this.place.doubtful.has(name) || this.place.doubtful.has(undefined)
  }

  private readLladdr(name: string, { lladdr }: PodInput, path: Path, link: PodLink): string | undefined {
    if (lladdr === undefined) return undefined
    const read = this.findings.accept([...path, 'lladdr'], readHardwareAddress(lladdr))
    // Alone on its cable, a pod may have whichever it likes.
    if (read !== undefined && link.kind === 'bridge')
      this.place.own.address(read.lladdr, [...path, 'lladdr'], `pod ${name}`)
    return read?.lladdr
  }

  /** A pod on no bridge has one address, and one gateway. */
  private alone(
    pod: PodInput,
    path: Path,
    addresses: readonly ReadAddress[] | undefined,
    veth: string,
    bridges: readonly Bridge[],
    parents: Parents,
  ): Joined | undefined {
    const [first] = addresses ?? []
    const sixth = addresses?.find(({ cidr }) => familyOf(cidr.address) === 'ipv6')
    if (sixth !== undefined) {
      const fix = addresses?.length === 1 ? 'write an IPv4 address' : 'remove it'
      this.findings.report(sixth.path, 'a pod that is on no bridge has one address, of IPv4', fix)
      return undefined
    }
    const said = readGateways(writtenTexts(pod.gateway, [...path, 'gateway']), this.findings)
    if (said === undefined) return undefined
    const paths = [path, first?.path ?? path] as const
    if (pod.macvlan === undefined) {
      if (first === undefined) return undefined
      checkRoutedPod(pod, first.cidr, paths, bridges, this.findings)
      return { link: { kind: 'routed', veth }, gateways: { gateway: routedPairGateway, ...said } }
    }
    const read = readMacvlan(pod, first?.cidr, paths, parents, this.findings)
    if (read === undefined) return undefined
    return {
      link: read.link,
      gateways: { ...asGateways(read.gateway === undefined ? [] : [read.gateway]), ...said },
    }
  }

  private plugged(
    pod: PodInput,
    path: Path,
    addresses: readonly ReadAddress[] | undefined,
    veth: string,
    bridges: readonly Bridge[],
  ): Joined | undefined {
    const bridge = this.ownBridge(pod, path, addresses, bridges)
    if (!addresses || !bridge) return undefined
    for (const { cidr, path: at } of addresses) this.checkSubnet(cidr, at, bridge)
    const gateways = readPodGateways(pod.gateway, path, addresses, bridge, this.findings)
    if (gateways?.gateway === undefined) return undefined
    return { link: { kind: 'bridge', bridge: bridge.name, veth }, gateways }
  }

  /** Reads a pod's address; where the prefix was forgotten, the bridge knows it. */
  private readAddress(text: string, bridges: readonly Bridge[]): ReturnType<typeof readCidr> {
    const read = readPodCidr(text)
    const bare =
      'refusal' in read && !text.includes('/') && read.fix?.match(/^write ([0-9A-Fa-f.:]+)\/[0-9]+$/)?.[1]
    if (!bare) return read
    const subnet = bridges.flatMap(addressesOf).find(each => contains(each, bare))
    return subnet ? { ...read, fix: `write ${bare}/${subnet.prefix}` } : read
  }

  private ownBridge(
    pod: PodInput,
    path: Path,
    addresses: readonly ReadAddress[] | undefined,
    bridges: readonly Bridge[],
  ): Bridge | undefined {
    if (pod.bridge !== undefined) {
      const bridge = bridges.find(each => each.name === pod.bridge)
      if (!bridge && !this.someBridgeIsUnread(bridges)) {
        const names = bridges.map(each => each.name)
        this.findings.report(
          [...path, 'bridge'],
          `there is no bridge ${pod.bridge}`,
          didYouMean(pod.bridge, names),
        )
      }
      return bridge
    }
    const [first] = addresses ?? []
    if (!first || this.someBridgeIsUnread(bridges)) return undefined
    const { cidr, path: addressPath } = first
    const holding = bridges.find(each => addressesOf(each).some(subnet => contains(subnet, cidr.address)))
    if (holding) return holding
    const [only, ...others] = bridges
    if (!only) {
      const [gateway] = usable(cidr)
      const example = `bridge: {name: br0, address: ${gateway}/${cidr.prefix}}`
      this.findings.report(path, 'there is no bridge to plug this pod into', `add "${example}"`, 'key')
      return undefined
    }
    if (others.length === 0) return only
    const subnets = bridges
      .map(each => `${each.name} has ${addressesOf(each).map(subnetOf).join(' and ')}`)
      .join(', ')
    this.findings.report(addressPath, `no bridge's subnet holds ${cidr.address}`, subnets)
    return undefined
  }

  private checkSubnet(address: Cidr, path: Path, bridge: Bridge): void {
    const family = familyOf(address.address)
    const own = addressIn(bridge, family)
    if (own === undefined) {
      const example = family === 'ipv6' ? 'fd00::1/64' : '10.0.0.1/24'
      const message = `${address.address} is an ${familyName(family)} address, and bridge ${bridge.name} has none`
      const kept = addressesOf(bridge).map(cidr => `${cidr.address}/${cidr.prefix}`)
      this.findings.report(
        path,
        message,
        `give the bridge one: "addresses: [${[...kept, example].join(', ')}]", say`,
      )
      return
    }
    const subnet = subnetOf(own)
    if (!contains(own, address.address)) {
      const message = `${address.address} is outside the subnet of bridge ${bridge.name}, ${subnet}`
      this.findings.report(path, message, `write an address of ${subnet}, or leave it out`)
    } else if (address.prefix !== own.prefix) {
      const message = `the prefix /${address.prefix} is not that of bridge ${bridge.name}, /${own.prefix}`
      this.findings.report(path, message, `write ${address.address}/${own.prefix}`)
    }
  }

  private checkBridgePorts(pods: readonly Pod[], bridges: readonly Bridge[]): void {
    for (const { name } of bridges) {
      const plugged = pods.filter(pod => bridgeOf(pod) === name)
      const excess = plugged[mostBridgePorts]
      if (!excess) continue
      const message = `${plugged.length} pods on bridge ${name}, which takes ${mostBridgePorts}`
      this.findings.report(['pods', excess.name], message, 'spread the pods over several bridges', 'key')
    }
  }

  /** Then nothing can be said about which bridges there are. */
  private someBridgeIsUnread(bridges: readonly Bridge[]): boolean {
    return bridges.length < this.place.bridges
  }
}
