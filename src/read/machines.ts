import { familyName, familyOf, readAddress, readCidr, readRange, subnetOf } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import type { Gateways } from '../model/families.ts'
import { addressesOf } from '../model/families.ts'
import { readHardwareAddress } from '../model/hardware-address.ts'
import type { Bridge, LabMachine, LabNetwork, MachineInterface, StaticRoute, Topology } from '../model/lab.ts'
import { mostBridgePorts } from '../model/machine.ts'
import { deriveInterfaces, refuseInterface, refuseName } from '../model/names.ts'
import { vxlanNetwork } from '../model/vxlan.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import { Allocations } from './allocations.ts'
import { readContainers } from './containers.ts'
import { readSysctls } from './host-settings.ts'
import { checkLoops, checkRoutes } from './machine-routes.ts'
import { type NeighbourDevice, readNeighbours } from './neighbours.ts'
import { neededAddresses, readGateways, writtenTexts } from './own-addresses.ts'
import type { Reading } from './reading.ts'
import type { LabInput } from './schema/lab.ts'
import type { InterfaceInput, MachineInput } from './schema/machine.ts'
import { checkRemotes, readVxlans } from './vxlans.ts'

/** Reads networks, each of which is a bridge of the host: by its name, where that fits. */
export function readNetworks(input: LabInput, { findings, allocations }: Reading): LabNetwork[] {
  const names = Object.keys(input.networks ?? {})
  const bridges = deriveInterfaces('', names, allocations.interfaceNames())
  return names.map(name => {
    const path = ['networks', name]
    const bridge = bridges.get(name)!
    const refusal = bridge === name ? refuseInterface(name) : refuseName(name)
    if (refusal) findings.accept(path, refusal, 'key')
    else allocations.interface(bridge, path, `network ${name}`, 'key')
    const mtu = input.networks?.[name]?.mtu
    return { name, bridge, ...(mtu === undefined ? {} : { mtu }) }
  })
}

/** Reads nodes and machines, as far as they are the same: how they are on networks. Checks that they fit together. */
export function readMachines(
  input: LabInput,
  { networks, bridges }: Pick<Topology, 'networks' | 'bridges'>,
  reading: Reading,
): Pick<Topology, 'nodes' | 'machines'> {
  return new MachinesReader(input, networks, bridges, reading).read()
}

class MachinesReader {
  private readonly input: LabInput
  private readonly networks: readonly string[]
  private readonly bridges: readonly Bridge[]
  private readonly reading: Reading
  private readonly findings: Findings
  /** Of networks and VXLANs: who has which address there. */
  private readonly segments: Map<string, Allocations>

  constructor(
    input: LabInput,
    networks: readonly LabNetwork[],
    bridges: readonly Bridge[],
    reading: Reading,
  ) {
    this.bridges = bridges
    this.input = input
    this.networks = networks.map(({ name }) => name)
    this.reading = reading
    this.findings = reading.findings
    this.segments = new Map(this.networks.map(name => [name, new Allocations(this.findings)]))
  }

  read(): Pick<Topology, 'nodes' | 'machines'> {
    const { nodes = {}, machines = {} } = this.input
    const entries = [...Object.entries(nodes), ...Object.entries(machines)]
    for (const [name] of entries) this.findings.accept(this.pathOf(name), refuseName(name) ?? {}, 'key')
    const ports = this.derivePorts(entries)
    const all = entries.map(([name, machine]) => this.readMachine(name, machine, ports))
    const { findings, reading } = this
    const told = {
      machines: all,
      pathOf: (name: string) => this.pathOf(name),
      findings,
      isWhole: reading.written.isWhole,
    }
    if (told.isWhole) checkRemotes(all, told.pathOf, findings)
    checkRoutes(told)
    checkLoops(told)
    this.checkUse(all)
    const count = Object.keys(nodes).length
    return { nodes: all.slice(0, count), machines: all.slice(count) }
  }

  /** A node may know neighbours on its bridges, too. */
  private bridgesOf(name: string): NeighbourDevice[] {
    return this.bridges
      .filter(({ node }) => node === name)
      .map(bridge => ({ name: bridge.name, addresses: addressesOf(bridge) }))
  }

  private pathOf(name: string): Path {
    return [this.isNode(name) ? 'nodes' : 'machines', name]
  }

  private isNode(name: string): boolean {
    return Object.hasOwn(this.input.nodes ?? {}, name)
  }

  /** `machine pc9` */
  private called(name: string): string {
    return `${this.isNode(name) ? 'node' : 'machine'} ${name}`
  }

  /** `router eth0` → the host's end of that cable. */
  private derivePorts(entries: readonly [string, MachineInput][]): ReadonlyMap<string, string> {
    const { allocations } = this.reading
    const cables = entries.flatMap(([name, { interfaces }]) =>
      Object.keys(interfaces).map(own => ({ name, own, key: `${name} ${own}`, short: `${name}_${own}` })),
    )
    const derived = deriveInterfaces(
      '',
      cables.map(({ short }) => short),
      allocations.interfaceNames(),
    )
    return new Map(
      cables.map(({ name, own, key, short }) => {
        const port = derived.get(short)!
        allocations.interface(port, [...this.pathOf(name), 'interfaces', own], this.called(name), 'key')
        return [key, port]
      }),
    )
  }

  private readMachine(name: string, machine: MachineInput, ports: ReadonlyMap<string, string>): LabMachine {
    const path = this.pathOf(name)
    if (this.reading.written.bareMachines.has(name)) {
      const fix = `write "interfaces: {eth0: {network: ${this.networks[0] ?? 'lan'}, address: ADDRESS/PREFIX}}"`
      const noun = this.isNode(name) ? 'node' : 'machine'
      this.findings.report([...path, 'interfaces'], `a ${noun} without an interface`, fix, 'key')
    }
    const interfaces = Object.entries(machine.interfaces).map(([own, each]) =>
      this.readInterface(name, own, each, ports.get(`${name} ${own}`)!),
    )
    const vxlans = readVxlans(
      machine.vxlan,
      {
        ...{ called: this.called(name), path, interfaces },
        taken: interfaces.map(each => each.name),
        allocate: (cidr, at, vxlan) => this.allocate(cidr, at, name, vxlanNetwork(vxlan)),
      },
      this.findings,
    )
    return {
      name,
      interfaces,
      ...(vxlans.length === 0 ? {} : { vxlans }),
      ...this.readGateways(machine, path),
      routes: this.readRoutes(machine, path),
      neighbours: readNeighbours(
        machine.neighbours,
        { called: this.called(name), path, devices: [...interfaces, ...vxlans, ...this.bridgesOf(name)] },
        this.findings,
      ),
      sysctls: readSysctls(machine.sysctls ?? {}, [...path, 'sysctls'], this.findings),
      containers: readContainers(machine, path, this.findings),
    }
  }

  private readInterface(
    machine: string,
    name: string,
    { network, address, addresses, mtu, lladdr }: InterfaceInput,
    port: string,
  ): MachineInterface {
    const path: Path = [...this.pathOf(machine), 'interfaces', name]
    this.findings.accept(path, refuseInterface(name) ?? {}, 'key')
    this.checkNetwork(network, [...path, 'network'])
    const needed = { what: 'an interface', example: 'ADDRESS/PREFIX' }
    const written = neededAddresses({ address, addresses }, path, needed, this.findings)
    const read = written.flatMap(([at, text]) => {
      const cidr = this.findings.accept(at, readCidr(text))
      if (cidr) this.allocate(cidr, at, machine, network)
      return cidr ? [cidr] : []
    })
    const own =
      lladdr === undefined
        ? undefined
        : this.findings.accept([...path, 'lladdr'], readHardwareAddress(lladdr))?.lladdr
    if (own !== undefined) this.segments.get(network)?.address(own, [...path, 'lladdr'], this.called(machine))
    return {
      ...{ name, network, addresses: read, port },
      ...(own === undefined ? {} : { lladdr: own }),
      ...(mtu === undefined ? {} : { mtu }),
    }
  }

  private checkNetwork(network: string, path: Path): void {
    const { networks } = this.reading.written
    if (networks.includes(network)) return
    const fix =
      networks.length === 0
        ? `add "networks: {${network}: {}}"`
        : didYouMean(network, networks, 'the networks are')
    this.findings.report(path, `there is no network ${network}`, fix)
  }

  /** An address has one owner on its segment; and none of the host's side, where a check could not tell the two apart. */
  private allocate({ address }: Cidr, path: Path, machine: string, network: string): void {
    const holder = this.reading.allocations.holderOf(address)
    if (holder !== undefined) {
      this.findings.report(path, `${holder} already has ${address}`, 'give each its own address')
      return
    }
    const segment = this.segments.get(network) ?? new Allocations(this.findings)
    this.segments.set(network, segment)
    segment.address(address, path, this.called(machine))
  }

  private readGateways({ gateway }: MachineInput, path: Path): Gateways {
    if (gateway === undefined || gateway === 'none') return {}
    return readGateways(writtenTexts(gateway, [...path, 'gateway']), this.findings) ?? {}
  }

  private readRoutes({ routes = [] }: MachineInput, path: Path): StaticRoute[] {
    const seen = new Map<string, number>()
    return routes.flatMap(({ to, via }, at) => {
      const range = this.findings.accept([...path, 'routes', at, 'to'], readRange(to))
      const hop = this.findings.accept([...path, 'routes', at, 'via'], readAddress(via))
      if (!range || !hop) return []
      const first = seen.get(subnetOf(range))
      if (range.prefix === 0) {
        const fix = `write "gateway: ${via}" instead`
        this.findings.report([...path, 'routes', at, 'to'], 'a route to everywhere is the gateway', fix)
      } else if (first !== undefined) {
        const message = `route ${first + 1} already leads to ${to}`
        this.findings.report([...path, 'routes', at, 'to'], message, 'remove one of the two')
      } else if (familyOf(range.address) !== familyOf(hop.address)) {
        const message = `${to} is ${familyName(familyOf(range.address))}, and the next hop ${via} is not`
        this.findings.report([...path, 'routes', at, 'via'], message, 'write one of the same family')
      } else seen.set(subnetOf(range), at)
      return [{ to: range, via: hop.address }]
    })
  }

  private checkUse(machines: readonly LabMachine[]): void {
    for (const name of this.networks) {
      const plugged = machines.flatMap(machine =>
        machine.interfaces
          .filter(({ network }) => network === name)
          .map(each => [machine.name, each.name] as const),
      )
      const excess = plugged[mostBridgePorts]
      if (excess === undefined) continue
      const [machine, own] = excess
      const message = `${plugged.length} interfaces on network ${name}, which takes ${mostBridgePorts}`
      this.findings.report(
        [...this.pathOf(machine), 'interfaces', own],
        message,
        'spread them over several networks',
        'key',
      )
    }
    if (!this.reading.written.isWhole) return
    const used = new Set(machines.flatMap(({ interfaces }) => interfaces.map(({ network }) => network)))
    for (const name of this.networks.filter(each => !used.has(each))) {
      const fix = `write "network: ${name}" at an interface of a machine, or remove it`
      this.findings.report(['networks', name], `nobody is plugged into network ${name}`, fix, 'key')
    }
  }
}
