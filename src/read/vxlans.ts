import { familyOf, readAddress, readCidr } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import type { MachineInterface, VxlanInterface } from '../model/lab.ts'
import { refuseInterface } from '../model/names.ts'
import { vxlanPort } from '../model/vxlan.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import { neededAddresses, writtenTexts } from './own-addresses.ts'
import type { VxlanInput } from './schema/machine.ts'

/** Whose VXLANs are read. */
export interface Tunnelling {
  /** `node n1` */
  called: string
  path: Path
  interfaces: readonly MachineInterface[]
  /** Names that its other devices have. */
  taken: readonly string[]
  /** Takes an address of a VXLAN for its own. */
  allocate(cidr: Cidr, path: Path, vxlan: Pick<VxlanInterface, 'id' | 'port'>): void
}

/** Reads the VXLANs of a node or machine. */
export function readVxlans(
  input: Readonly<Record<string, VxlanInput>> | undefined,
  owner: Tunnelling,
  findings: Findings,
): VxlanInterface[] {
  const seen = new Map<string, string>()
  return Object.entries(input ?? {}).flatMap(([name, vxlan]) => {
    const { id, dstport: port = vxlanPort } = vxlan
    const path: Path = [...owner.path, 'vxlan', name]
    findings.accept(path, refuseInterface(name) ?? {}, 'key')
    if (owner.taken.includes(name))
      findings.report(path, `${owner.called} already has an interface ${name}`, 'choose another name', 'key')
    const other = seen.get(`${id} ${port}`)
    if (other !== undefined) {
      const message = `${other} already is the VXLAN with id ${id}`
      findings.report([...path, 'id'], message, 'write another id, or remove one of the two')
    }
    seen.set(`${id} ${port}`, name)
    return readVxlan(name, vxlan, path, owner, findings) ?? []
  })
}

function readVxlan(
  name: string,
  vxlan: VxlanInput,
  path: Path,
  { interfaces, allocate }: Tunnelling,
  findings: Findings,
): VxlanInterface | undefined {
  const { id, dev, remote, dstport: port = vxlanPort, mtu } = vxlan
  const below = interfaces.find(each => each.name === dev)
  if (below === undefined) {
    const names = interfaces.map(each => each.name)
    findings.report(
      [...path, 'dev'],
      `there is no interface ${dev}`,
      didYouMean(dev, names, 'the interfaces are'),
    )
  }
  const remotes = writtenTexts(remote, [...path, 'remote']).flatMap(([at, text]) => {
    const read = findings.accept(at, readAddress(text))
    return read === undefined ? [] : [{ at, address: read.address }]
  })
  const [first] = remotes
  if (first === undefined) return undefined
  const family = familyOf(first.address)
  const local = below?.addresses.find(({ address }) => familyOf(address) === family)?.address
  for (const { at, address } of remotes) {
    if (familyOf(address) !== family)
      findings.report(at, `${address} and ${first.address} are of two families`, 'write those of one family')
    else if (interfaces.some(each => each.addresses.some(own => own.address === address)))
      findings.report(at, `${address} is the machine itself`, 'write the address of another one')
  }
  if (below !== undefined && below.addresses.length > 0 && local === undefined)
    findings.report(
      first.at,
      `${dev} has no address of the family of ${first.address}`,
      'write a remote that it can send to',
    )
  const needed = { what: 'a VXLAN', example: '10.200.0.1/24' }
  const addresses = neededAddresses(vxlan, path, needed, findings).flatMap(([at, text]) => {
    const cidr = findings.accept(at, readCidr(text))
    if (cidr) allocate(cidr, at, { id, port })
    return cidr ? [cidr] : []
  })
  if (local === undefined) return undefined
  return {
    ...{ name, id, dev, local, remotes: remotes.map(({ address }) => address), port, addresses },
    ...(mtu === undefined ? {} : { mtu }),
  }
}

/** Tells of ends of a VXLAN that nobody in the lab is. */
export function checkRemotes(
  machines: readonly {
    name: string
    interfaces: readonly MachineInterface[]
    vxlans?: readonly VxlanInterface[]
  }[],
  pathOf: (name: string) => Path,
  findings: Findings,
): void {
  const addressesOf = (those: typeof machines) =>
    those.flatMap(({ interfaces }) =>
      interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
    )
  const all = new Set(addressesOf(machines))
  for (const machine of machines) {
    for (const { name, remotes } of machine.vxlans ?? []) {
      const others = addressesOf(machines.filter(each => each !== machine))
      for (const remote of remotes.filter(each => !all.has(each))) {
        const path = [...pathOf(machine.name), 'vxlan', name, 'remote']
        findings.report(
          path,
          `nobody has ${remote}`,
          didYouMean(remote, others, 'the addresses of interfaces are'),
        )
      }
    }
  }
}
