import { host } from '../command/command.ts'
import { contains, familyName, familyOf, subnetOf, usable } from '../model/address.ts'
import type { Addressed } from '../model/cidr.ts'
import type { CniNetwork } from '../model/cni-network.ts'
import { addressIn } from '../model/families.ts'
import type { OutsideMachine, Pod, Topology } from '../model/lab.ts'
import { deriveInterfaces, refuseInterface, refuseName } from '../model/names.ts'
import { mostUnpinned, pinsPods } from '../model/wiring.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import { Allocations } from './allocations.ts'
import { BridgesReader } from './bridges.ts'
import { readMachines, readNetworks } from './machines.ts'
import { checkNames, readNodes } from './nodes.ts'
import { leaseSubnets, readOverlay, withMtu, withPodMtu } from './overlay.ts'
import {
  asAddressed,
  type ReadAddress,
  readPair,
  type WrittenText,
  writtenAddresses,
  writtenTexts,
} from './own-addresses.ts'
import type { Written } from './reading.ts'
import type { LabInput } from './schema/lab.ts'

/** Reads bridges, pods, outside machines, networks, nodes and machines, and checks that they fit together. */
export function readTopology(
  input: LabInput,
  written: Written,
  networks: readonly CniNetwork[],
  findings: Findings,
): Topology {
  return new TopologyReader(input, written, networks, findings).read()
}

/** In a lab of very many pods each has the hardware address that follows from its address. */
function checkOwnAddresses(pods: readonly Pod[], findings: Findings): void {
  const own = pods.find(({ lladdr }) => lladdr !== undefined)
  if (own === undefined || !pinsPods({ pods })) return
  const path: Path = own.node === host ? ['pods', own.name] : ['nodes', own.node, 'pods', own.name]
  const message = `of ${pods.length} pods each gets a hardware address that follows from its address`
  findings.report([...path, 'lladdr'], message, 'remove the line')
}

class TopologyReader {
  private readonly input: LabInput
  private readonly findings: Findings
  private readonly written: Written
  private readonly cni: readonly CniNetwork[]
  private readonly allocations: Allocations

  constructor(input: LabInput, written: Written, cni: readonly CniNetwork[], findings: Findings) {
    this.input = input
    this.cni = cni
    this.written = written
    this.findings = findings
    this.allocations = new Allocations(findings)
  }

  read(): Topology {
    const { input, findings, allocations, written, cni } = this
    const reading = { findings, allocations, written, cni }
    checkNames(input, findings)
    const own = this.ownBridges()
    const bridges = own.readBridges()
    const networks = readNetworks(input, reading)
    own.reserve()
    const outside = this.readOutside()
    const wayOut = outside[0] && addressIn(outside[0], 'ipv4')
    const pods = own.readPods(bridges, {
      interfaces: outside.map(({ interface: name, hostAddress, otherHostAddress }) => ({
        ...{ name, addresses: [hostAddress, ...(otherHostAddress === undefined ? [] : [otherHostAddress])] },
      })),
      ...(wayOut === undefined ? {} : { gateway: wayOut.address }),
    })
    const subnets = leaseSubnets(input, findings)
    const onNodes = readNodes(input, subnets, reading)
    const { nodes, machines } = readMachines(input, { networks, bridges: onNodes.bridges }, reading)
    const overlay = readOverlay(input, nodes, subnets, findings)
    checkOwnAddresses([...pods, ...onNodes.pods], findings)
    const topology = {
      bridges: withMtu([...bridges, ...onNodes.bridges], overlay),
      pods: withPodMtu([...pods, ...onNodes.pods], overlay),
      ...{ outside, networks, nodes, machines },
      ...(overlay === undefined ? {} : { overlay }),
      ...(cni.length === 0 ? {} : { cni }),
    }
    this.checkPinning(topology)
    return topology
  }

  /** Neighbours that are known for good go by a hardware address that says their IPv4 one. */
  private checkPinning(topology: Topology): void {
    const { pods, bridges } = topology
    const isIPv6 = (each: Addressed) => addressIn(each, 'ipv6') !== undefined
    const one = [...pods, ...bridges].find(isIPv6)
    if (one === undefined || !pinsPods(topology)) return
    const message = `${one.name} has an IPv6 address, and there are more than ${mostUnpinned} pods: of so many each is known to its neighbours by its IPv4 address alone`
    const at = pods.find(isIPv6)
    const path =
      at === undefined
        ? ['bridge']
        : at.node === host
          ? ['pods', at.name]
          : ['nodes', at.node, 'pods', at.name]
    this.findings.report(path, message, `leave IPv6 out, or have ${mostUnpinned} pods at most`, 'key')
  }

  /** The host's bridges and pods. */
  private ownBridges(): BridgesReader {
    const { allocations: own, input, written } = this
    const claim: Allocations['address'] = (...holder) => own.address(...holder)
    const [first] = Object.values(input.outside ?? {})
    const ways = writtenAddresses(typeof first === 'string' ? { address: first } : (first ?? {}), [])
    return new BridgesReader(
      {
        ...{ node: host, input, bridges: written.bridges.get(host) ?? 0, own, claim },
        doubtful: written.doubtful,
        network: this.cni.find(({ node }) => node === host),
        // Its default route leads through the first machine outside.
        answersFor: address => ways.some(([, text]) => familyOf(text) === familyOf(address)),
        wayOut: 'add "outside: {client: 192.0.2.10/24}"',
      },
      this.findings,
    )
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
      const given: Exclude<typeof machine, string> =
        typeof machine === 'string' ? { address: machine } : machine
      const path: Path = ['outside', name]
      const wire = given.interface ?? derived.get(name)!
      if (given.interface === undefined) {
        this.allocations.interface(wire, path, `outside machine ${name}`, 'key')
      }
      const written: WrittenText[] =
        typeof machine === 'string' ? [[path, machine]] : writtenAddresses(machine, path)
      const addresses = readPair(written, 'a machine outside', this.findings)
      const said = writtenTexts(given.host, [...path, 'host'])
      const read = said.length === 0 ? [] : readPair(said, 'a wire', this.findings)
      if (!addresses || !read) return []
      const hosts = this.hostAddresses(name, addresses, read)
      for (const { cidr, path: at } of addresses) {
        this.allocations.subnet(cidr, at, `outside machine ${name}`)
        this.allocations.address(cidr.address, at, `outside machine ${name}`)
      }
      for (const { cidr, path: at } of hosts)
        this.allocations.address(cidr.address, at, `${host} on the wire to ${name}`)
      const { address: hostAddress, otherAddress: otherHostAddress } = asAddressed(hosts)
      const isLone = given.gateway === 'none'
      return [
        {
          ...{ name, ...asAddressed(addresses), hostAddress },
          ...(otherHostAddress === undefined ? {} : { otherHostAddress }),
          ...{ interface: wire, ...(isLone ? { gateway: 'none' as const } : {}) },
        },
      ]
    })
  }

  /** The host's addresses on a wire, one in the subnet of each of the machine's: as they are said, or the first that is free. */
  private hostAddresses(
    name: string,
    addresses: readonly ReadAddress[],
    said: readonly ReadAddress[],
  ): ReadAddress[] {
    const familyIn = ({ cidr }: ReadAddress) => familyOf(cidr.address)
    for (const each of said.filter(one => !addresses.some(own => familyIn(own) === familyIn(one)))) {
      const family = familyName(familyIn(each))
      const message = `${each.cidr.address} is an ${family} address, and ${name} has none`
      this.findings.report(each.path, message, 'remove it, or give the machine an address of that family')
    }
    return addresses.map(own => {
      const { cidr, path } = own
      const [first, second] = usable(cidr)
      const fallback = { address: first === cidr.address ? second : first, prefix: cidr.prefix }
      const read = said.find(one => familyIn(one) === familyIn(own))
      if (read && (!contains(cidr, read.cidr.address) || read.cidr.prefix !== cidr.prefix)) {
        const message = `${read.cidr.address}/${read.cidr.prefix} is not in the subnet of ${name}, ${subnetOf(cidr)}`
        this.findings.report(read.path, message, `write ${fallback.address}/${fallback.prefix}`)
      }
      return read ?? { cidr: fallback, path }
    })
  }
}
