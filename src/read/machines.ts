import { contains, readAddress, readCidr, readRange, subnetOf } from '../model/address.ts'
import type { Cidr, LabMachine, LabNetwork, MachineInterface, StaticRoute, Topology } from '../model/lab.ts'
import { mostBridgePorts } from '../model/machine.ts'
import { deriveInterfaces, refuseInterface, refuseName } from '../model/names.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import { Allocations } from './allocations.ts'
import { readContainers } from './containers.ts'
import { readSysctls } from './host-settings.ts'
import type { LabInput } from './schema/lab.ts'
import type { InterfaceInput, MachineInput } from './schema/topology.ts'
import type { Written } from './topology.ts'

/** Where networks and machines are read. */
export interface Reading {
  findings: Findings
  /** Those of the host, its pods and the machines outside. */
  allocations: Allocations
  /** Where nothing of the file had to be left out, what is not there surely does not exist. */
  written: Written
}

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
  networks: readonly LabNetwork[],
  reading: Reading,
): Pick<Topology, 'nodes' | 'machines'> {
  return new MachinesReader(input, networks, reading).read()
}

class MachinesReader {
  private readonly input: LabInput
  private readonly networks: readonly string[]
  private readonly reading: Reading
  private readonly findings: Findings
  private readonly segments: ReadonlyMap<string, Allocations>

  constructor(input: LabInput, networks: readonly LabNetwork[], reading: Reading) {
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
    for (const machine of all) this.checkRoutes(machine, all)
    this.checkLoops(all)
    this.checkUse(all)
    const count = Object.keys(nodes).length
    return { nodes: all.slice(0, count), machines: all.slice(count) }
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
      const fix = `write "interfaces: {eth0: {network: ${this.networks[0] ?? 'lan'}, address: 10.1.1.9/24}}"`
      const noun = this.isNode(name) ? 'node' : 'machine'
      this.findings.report([...path, 'interfaces'], `a ${noun} without an interface`, fix, 'key')
    }
    const interfaces = Object.entries(machine.interfaces).map(([own, each]) =>
      this.readInterface(name, own, each, ports.get(`${name} ${own}`)!),
    )
    const gateway = this.readGateway(machine, path)
    return {
      name,
      interfaces,
      ...(gateway === undefined ? {} : { gateway }),
      routes: this.readRoutes(machine, path),
      sysctls: readSysctls(machine.sysctls ?? {}, [...path, 'sysctls'], this.findings),
      containers: readContainers(machine, path, this.findings),
    }
  }

  private readInterface(
    machine: string,
    name: string,
    { network, address, addresses, mtu }: InterfaceInput,
    port: string,
  ): MachineInterface {
    const path: Path = [...this.pathOf(machine), 'interfaces', name]
    this.findings.accept(path, refuseInterface(name) ?? {}, 'key')
    this.checkNetwork(network, [...path, 'network'])
    if (address === undefined && addresses === undefined) {
      this.findings.report(path, 'an interface without an address', 'add "address: 10.1.1.9/24"', 'key')
    } else if (address !== undefined && addresses !== undefined) {
      const message = '"address" and "addresses" both stand here'
      this.findings.report([...path, 'address'], message, 'put all into "addresses"', 'key')
    }
    const written: [Path, string][] = [
      ...(address === undefined ? [] : ([[[...path, 'address'], address]] as [Path, string][])),
      ...(addresses ?? []).map((each, at): [Path, string] => [[...path, 'addresses', at], each]),
    ]
    const read = written.flatMap(([at, text]) => {
      const cidr = this.findings.accept(at, readCidr(text))
      if (cidr) this.allocate(cidr, at, machine, network)
      return cidr ? [cidr] : []
    })
    return { name, network, addresses: read, port, ...(mtu === undefined ? {} : { mtu }) }
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
    } else this.segments.get(network)?.address(address, path, this.called(machine))
  }

  private readGateway({ gateway }: MachineInput, path: Path): string | undefined {
    if (gateway === undefined || gateway === 'none') return undefined
    return this.findings.accept([...path, 'gateway'], readAddress(gateway))?.address
  }

  private readRoutes({ routes = [] }: MachineInput, path: Path): StaticRoute[] {
    const seen = new Map<string, number>()
    return routes.flatMap(({ to, via }, at) => {
      const range = this.findings.accept([...path, 'routes', at, 'to'], readRange(to))
      const hop = this.findings.accept([...path, 'routes', at, 'via'], readAddress(via))
      if (!range || !hop) return []
      const first = seen.get(to)
      if (range.prefix === 0) {
        const fix = `write "gateway: ${via}" instead`
        this.findings.report([...path, 'routes', at, 'to'], 'a route to everywhere is the gateway', fix)
      } else if (first !== undefined) {
        const message = `route ${first + 1} already leads to ${to}`
        this.findings.report([...path, 'routes', at, 'to'], message, 'remove one of the two')
      } else seen.set(to, at)
      return [{ to: range, via: hop.address }]
    })
  }

  /** Each next hop must be somebody on a network of the machine. */
  private checkRoutes(machine: LabMachine, machines: readonly LabMachine[]): void {
    const path = this.pathOf(machine.name)
    if (machine.gateway !== undefined) {
      this.checkHop('gateway', machine.gateway, [...path, 'gateway'], machine, machines)
    }
    for (const [at, { to, via }] of machine.routes.entries()) {
      this.checkHop('next hop', via, [...path, 'routes', at, 'via'], machine, machines)
      const own = machine.interfaces.flatMap(each => each.addresses.map(subnetOf))
      if (!own.includes(subnetOf(to))) continue
      const message = `${subnetOf(to)} is a network of ${machine.name} itself`
      this.findings.report([...path, 'routes', at, 'to'], message, 'remove the route')
    }
  }

  private checkHop(
    what: string,
    hop: string,
    path: Path,
    machine: LabMachine,
    machines: readonly LabMachine[],
  ): void {
    // After another mistake nothing is known of who is where.
    if (!this.reading.written.isWhole || machine.interfaces.some(({ addresses }) => addresses.length === 0))
      return
    const link = machine.interfaces.find(each => each.addresses.some(cidr => contains(cidr, hop)))
    if (link === undefined) {
      const subnets = machine.interfaces.flatMap(each => each.addresses).map(subnetOf)
      const message = `the ${what} ${hop} is on none of ${machine.name}'s links`
      this.findings.report(path, message, `they lead to ${subnets.join(', ')}`)
      return
    }
    if (machine.interfaces.some(each => each.addresses.some(({ address }) => address === hop))) {
      this.findings.report(path, `${hop} is ${machine.name} itself`, 'write the address of its neighbour')
      return
    }
    const others = machines
      .filter(each => each !== machine)
      .flatMap(each => each.interfaces.filter(({ network }) => network === link.network))
      .flatMap(each => each.addresses.map(({ address }) => address))
    if (others.includes(hop)) return
    const fix = didYouMean(hop, others, 'its addresses are')
    this.findings.report(path, `nobody on network ${link.network} has ${hop}`, fix)
  }

  /** Whoever follows default routes must not come back to where they were: what is nowhere would go round until its time to live is over. */
  private checkLoops(machines: readonly LabMachine[]): void {
    const told = new Set<LabMachine>()
    for (const machine of machines) {
      const way: LabMachine[] = []
      let at: LabMachine | undefined = machine
      while (at !== undefined && !way.includes(at)) {
        way.push(at)
        at = nextOf(at, machines)
      }
      const loop = at === undefined ? [] : way.slice(way.indexOf(at))
      if (loop.length < 2 || loop.some(each => told.has(each))) continue
      for (const each of loop) told.add(each)
      const names = [...loop, loop[0]!].map(({ name }) => name).join(' → ')
      this.findings.report(
        [...this.pathOf(loop[0]!.name), 'gateway'],
        `the default routes lead in a circle: ${names}`,
        'one of them must lead elsewhere, or be "none"',
      )
    }
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

/** The machine to which another one's default route leads. */
function nextOf(
  { gateway, interfaces }: LabMachine,
  machines: readonly LabMachine[],
): LabMachine | undefined {
  if (gateway === undefined) return undefined
  const link = interfaces.find(({ addresses }) => addresses.some(cidr => contains(cidr, gateway)))
  return machines.find(each =>
    each.interfaces.some(
      ({ network, addresses }) =>
        network === link?.network && addresses.some(({ address }) => address === gateway),
    ),
  )
}
