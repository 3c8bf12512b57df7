import { host } from '../command/command.ts'
import { contains, readCidr, subnetOf, usable } from '../model/address.ts'
import type { CniNetwork } from '../model/cni.ts'
import type { OutsideMachine, Topology } from '../model/lab.ts'
import { deriveInterfaces, refuseInterface, refuseName } from '../model/names.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import { Allocations } from './allocations.ts'
import { BridgesReader } from './bridges.ts'
import { readMachines, readNetworks } from './machines.ts'
import { checkNames, readNodes } from './nodes.ts'
import { leaseSubnets, readOverlay, withMtu } from './overlay.ts'
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
    const pods = own.readPods(bridges)
    const subnets = leaseSubnets(input, findings)
    const onNodes = readNodes(input, subnets, reading)
    const { nodes, machines } = readMachines(input, networks, reading)
    const overlay = readOverlay(input, nodes, subnets, findings)
    return {
      bridges: withMtu([...bridges, ...onNodes.bridges], overlay),
      pods: [...pods, ...onNodes.pods],
      ...{ outside, networks, nodes, machines },
      ...(overlay === undefined ? {} : { overlay }),
      ...(cni.length === 0 ? {} : { cni }),
    }
  }

  /** The host's bridges and pods. */
  private ownBridges(): BridgesReader {
    const { allocations: own, input, written } = this
    const claim: Allocations['address'] = (...holder) => own.address(...holder)
    return new BridgesReader(
      {
        ...{ node: host, input, bridges: written.bridges.get(host) ?? 0, own, claim },
        isWhole: written.isWhole,
        network: this.cni.find(({ node }) => node === host),
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
      const isLone = given.gateway === 'none'
      return [
        { name, address, hostAddress, interface: wire, ...(isLone ? { gateway: 'none' as const } : {}) },
      ]
    })
  }
}
