import { host } from '../command/command.ts'
import { contains, readAddress, readCidr, subnetOf, usable } from '../model/address.ts'
import type { Bridge, Cidr, OutsideMachine, Pod, Topology } from '../model/lab.ts'
import { mostBridgePorts } from '../model/machine.ts'
import { deriveInterfaces, refuseInterface, refuseName } from '../model/names.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import { Allocations } from './allocations.ts'
import { readContainers } from './containers.ts'
import { readMachines, readNetworks } from './machines.ts'
import type { LabInput } from './schema/lab.ts'
import type { BridgeInput, PodInput } from './schema/topology.ts'

/** What the file says, mistakes included. */
interface Written {
  /** How many bridges. */
  bridges: number
  networks: readonly string[]
  /** Machines without an interface. */
  bareMachines: ReadonlySet<string>
  /** Nothing had to be left out. */
  isWhole: boolean
}

/** Reads bridges, pods, outside machines, networks and their machines, and checks that they fit together. */
export function readTopology(input: LabInput, written: Written, findings: Findings): Topology {
  return new TopologyReader(input, written, findings).read()
}

class TopologyReader {
  private readonly input: LabInput
  private readonly findings: Findings
  private readonly written: Written
  private readonly allocations: Allocations

  constructor(input: LabInput, written: Written, findings: Findings) {
    this.input = input
    this.written = written
    this.findings = findings
    this.allocations = new Allocations(findings)
  }

  read(): Topology {
    const bridges = this.readBridges()
    const { input, findings, allocations, written } = this
    const reading = { findings, allocations, written }
    const networks = readNetworks(input, reading)
    const named = this.podEntries()
    this.allocateGivenInterfaces(named)
    const outside = this.readOutside()
    const veths = deriveInterfaces(
      'veth_',
      named.filter(([, pod]) => pod.veth === undefined).map(([name]) => name),
      this.allocations.interfaceNames(),
    )
    const pods: Pod[] = []
    for (const [name, pod] of named) {
      const veth = pod.veth ?? veths.get(name)!
      if (pod.veth === undefined) this.allocations.interface(veth, ['pods', name], `pod ${name}`, 'key')
      const read = this.readPod(name, pod, veth, bridges)
      if (read) pods.push(read)
    }
    this.checkGateways(pods, bridges)
    this.checkBridgePorts(pods, bridges)
    const machines = readMachines(input, networks, reading)
    return { bridges, pods, outside, networks, machines }
  }

  private readBridges(): Bridge[] {
    const { bridge, bridges } = this.input
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
    return entries.flatMap(([path, { name, address, hairpin = false, masquerade = 'outgoing' as const }]) => {
      const refusal = refuseInterface(name)
      if (refusal) this.findings.accept([...path, 'name'], refusal)
      else this.allocations.interface(name, [...path, 'name'], `bridge ${name}`)
      const cidr: Cidr | undefined = this.findings.accept([...path, 'address'], readCidr(address))
      if (!cidr) return []
      this.allocations.address(cidr.address, [...path, 'address'], `bridge ${name}`)
      this.allocations.subnet(cidr, [...path, 'address'], `bridge ${name}`)
      return [{ name, address: cidr, hairpin, masquerade }]
    })
  }

  private podEntries(): [string, PodInput][] {
    const pods = Object.entries(this.input.pods ?? {}).map(([name, pod]): [string, PodInput] => [
      name,
      typeof pod === 'string' ? { address: pod } : pod,
    ])
    const outside = new Set(Object.keys(this.input.outside ?? {}))
    for (const [name] of pods) {
      const refusal = refuseName(name)
      if (refusal) this.findings.accept(['pods', name], refusal, 'key')
      else if (outside.has(name)) {
        const message = `"${name}" is a pod and an outside machine`
        this.findings.report(['outside', name], message, 'give one of them another name', 'key')
      }
    }
    return pods
  }

  private allocateGivenInterfaces(pods: readonly [string, PodInput][]): void {
    for (const [name, { veth }] of pods) {
      if (veth === undefined) continue
      const refusal = refuseInterface(veth)
      if (refusal) this.findings.accept(['pods', name, 'veth'], refusal)
      else this.allocations.interface(veth, ['pods', name, 'veth'], `pod ${name}`)
    }
  }

  private readPod(name: string, pod: PodInput, veth: string, bridges: readonly Bridge[]): Pod | undefined {
    const isShort = typeof this.input.pods?.[name] === 'string'
    const path: Path = ['pods', name]
    const addressPath = isShort ? path : [...path, 'address']
    const containers = readContainers(pod, path, this.findings)
    const nameservers = (pod.nameservers ?? []).filter((each, index) =>
      this.findings.accept([...path, 'nameservers', index], readAddress(each)),
    )
    const address = this.findings.accept(addressPath, this.withPrefixOfBridge(pod.address, bridges))
    const bridge = this.bridgeOf(pod, path, addressPath, address, bridges)
    if (!address || !bridge) return undefined
    this.checkSubnet(address, addressPath, bridge)
    this.allocations.address(address.address, addressPath, `pod ${name}`)
    const gateway =
      pod.gateway === undefined
        ? bridge.address.address
        : this.findings.accept([...path, 'gateway'], readAddress(pod.gateway))?.address
    if (gateway === undefined) return undefined
    return {
      name,
      namespace: pod.namespace ?? 'default',
      labels: pod.labels ?? {},
      address,
      bridge: bridge.name,
      gateway,
      veth,
      nameservers,
      containers,
    }
  }

  /** Reads a pod's address; where the prefix was forgotten, the bridge knows it. */
  private withPrefixOfBridge(text: string, bridges: readonly Bridge[]): ReturnType<typeof readCidr> {
    const read = readCidr(text)
    const bare = 'refusal' in read && !text.includes('/') && read.fix?.match(/^write ([0-9.]+)\/[0-9]+$/)?.[1]
    if (!bare) return read
    const bridge = bridges.find(each => contains(each.address, bare))
    return bridge ? { ...read, fix: `write ${bare}/${bridge.address.prefix}` } : read
  }

  private bridgeOf(
    pod: PodInput,
    path: Path,
    addressPath: Path,
    address: Cidr | undefined,
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
    if (!address || this.someBridgeIsUnread(bridges)) return undefined
    const holding = bridges.find(each => contains(each.address, address.address))
    if (holding) return holding
    const [only, ...others] = bridges
    if (!only) {
      const [gateway] = usable(address)
      const example = `bridge: {name: br0, address: ${gateway}/${address.prefix}}`
      this.findings.report(path, 'there is no bridge to plug this pod into', `add "${example}"`, 'key')
      return undefined
    }
    if (others.length === 0) return only
    const subnets = bridges.map(each => `${each.name} has ${subnetOf(each.address)}`).join(', ')
    this.findings.report(addressPath, `no bridge's subnet holds ${address.address}`, subnets)
    return undefined
  }

  private checkSubnet(address: Cidr, path: Path, bridge: Bridge): void {
    const subnet = subnetOf(bridge.address)
    if (!contains(bridge.address, address.address)) {
      const message = `${address.address} is outside the subnet of bridge ${bridge.name}, ${subnet}`
      this.findings.report(path, message, `write an address of ${subnet}: ${this.freeAddress(bridge)}, say`)
    } else if (address.prefix !== bridge.address.prefix) {
      const message = `the prefix /${address.prefix} is not that of bridge ${bridge.name}, /${bridge.address.prefix}`
      this.findings.report(path, message, `write ${address.address}/${bridge.address.prefix}`)
    }
  }

  private freeAddress({ address }: Bridge): string {
    const [first, second] = usable(address)
    return `${first === address.address ? second : first}/${address.prefix}`
  }

  private readOutside(): OutsideMachine[] {
    const entries = Object.entries(this.input.outside ?? {})
    for (const [name, machine] of entries) {
      this.findings.accept(['outside', name], refuseName(name) ?? {}, 'key')
      if (typeof machine === 'string' || machine.interface === undefined) continue
      const path = ['outside', name, 'interface']
      const refusal = refuseInterface(machine.interface)
      if (refusal) this.findings.accept(path, refusal)
      else this.allocations.interface(machine.interface, path, `outside machine ${name}`)
    }
    const unnamed = entries.filter(([, each]) => typeof each === 'string' || each.interface === undefined)
    const derived = deriveInterfaces(
      'out_',
      unnamed.map(([name]) => name),
      this.allocations.interfaceNames(),
    )
    return entries.flatMap(([name, machine]) => {
      const given = typeof machine === 'string' ? { address: machine } : machine
      const path: Path = typeof machine === 'string' ? ['outside', name] : ['outside', name, 'address']
      const wire = given.interface ?? derived.get(name)!
      if (given.interface === undefined) {
        this.allocations.interface(wire, ['outside', name], `outside machine ${name}`, 'key')
      }
      const address = this.findings.accept(path, readCidr(given.address))
      const hostPath: Path = ['outside', name, 'host']
      const read = given.host === undefined ? undefined : this.findings.accept(hostPath, readCidr(given.host))
      if (!address || (given.host !== undefined && !read)) return []
      const [first, second] = usable(address)
      const fallback = { address: first === address.address ? second : first, prefix: address.prefix }
      const hostAddress = read ?? fallback
      if (read && (!contains(address, read.address) || read.prefix !== address.prefix)) {
        const message = `${given.host} is not in the subnet of ${name}, ${subnetOf(address)}`
        this.findings.report(hostPath, message, `write ${fallback.address}/${fallback.prefix}`)
      }
      this.allocations.subnet(address, path, `outside machine ${name}`)
      this.allocations.address(address.address, path, `outside machine ${name}`)
      this.allocations.address(hostAddress.address, read ? hostPath : path, `${host} on the wire to ${name}`)
      return [{ name, address, hostAddress, interface: wire }]
    })
  }

  private checkGateways(pods: readonly Pod[], bridges: readonly Bridge[]): void {
    for (const pod of pods) {
      const bridge = bridges.find(({ name }) => name === pod.bridge)!
      if (pod.gateway === bridge.address.address) continue
      const router = pods.find(each => each.address.address === pod.gateway && each.bridge === pod.bridge)
      if (router && router.name !== pod.name) continue
      const message = router
        ? `${pod.gateway} is the pod itself`
        : `no one on bridge ${bridge.name} has ${pod.gateway}`
      const fix = `write ${bridge.address.address}, the bridge's address, or remove the line`
      this.findings.report(['pods', pod.name, 'gateway'], message, fix)
    }
  }

  private checkBridgePorts(pods: readonly Pod[], bridges: readonly Bridge[]): void {
    for (const { name } of bridges) {
      const plugged = pods.filter(({ bridge }) => bridge === name)
      const excess = plugged[mostBridgePorts]
      if (!excess) continue
      const message = `${plugged.length} pods on bridge ${name}, which takes ${mostBridgePorts}`
      this.findings.report(['pods', excess.name], message, 'spread the pods over several bridges', 'key')
    }
  }

  /** Then nothing can be said about which bridges there are. */
  private someBridgeIsUnread(bridges: readonly Bridge[]): boolean {
    return bridges.length < this.written.bridges
  }
}
