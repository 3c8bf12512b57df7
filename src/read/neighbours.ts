import { contains, readAddress } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import { readHardwareAddress } from '../model/hardware-address.ts'
import type { StaticNeighbour } from '../model/lab.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import type { NeighbourInput } from './schema/link.ts'

/** A device on which somebody may know neighbours. */
export interface NeighbourDevice {
  name: string
  addresses: readonly Cidr[]
}

/** Whose neighbours are read. */
export interface Knowing {
  /** `node n1` */
  called: string
  path: Path
  devices: readonly NeighbourDevice[]
}

/** Reads the neighbours that somebody knows for good. */
export function readNeighbours(
  input: readonly NeighbourInput[] | undefined,
  { called, path, devices }: Knowing,
  findings: Findings,
): StaticNeighbour[] {
  const seen = new Map<string, number>()
  return (input ?? []).flatMap((entry, at): StaticNeighbour[] => {
    const own: Path = [...path, 'neighbours', at]
    const address = findings.accept([...own, 'address'], readAddress(entry.address))?.address
    const lladdr = findings.accept([...own, 'lladdr'], readHardwareAddress(entry.lladdr))?.lladdr
    if (address === undefined || lladdr === undefined) return []
    if (devices.some(({ addresses }) => addresses.some(each => each.address === address))) {
      findings.report(
        [...own, 'address'],
        `${address} is ${called} itself`,
        'write the address of a neighbour',
      )
      return []
    }
    const dev = deviceOf(entry, address, { called, path: own, devices }, findings)
    if (dev === undefined) return []
    const first = seen.get(`${dev} ${address}`)
    seen.set(`${dev} ${address}`, first ?? at)
    if (first === undefined) return [{ address, lladdr, dev }]
    findings.report(own, `neighbour ${first + 1} is already ${address} on ${dev}`, 'remove one of the two')
    return []
  })
}

function deviceOf(
  { dev }: NeighbourInput,
  address: string,
  { called, path, devices }: Knowing,
  findings: Findings,
): string | undefined {
  const names = devices.map(({ name }) => name)
  if (dev !== undefined) {
    if (names.includes(dev)) return dev
    findings.report([...path, 'dev'], `${called} has no interface ${dev}`, didYouMean(dev, names, 'it has'))
    return undefined
  }
  const near = devices.find(({ addresses }) => addresses.some(cidr => contains(cidr, address)))
  const only = devices.length === 1 ? devices[0] : undefined
  if (near ?? only) return (near ?? only)?.name
  const message = `${address} is on none of the networks of ${called}, so it must be said by which interface it is reached`
  findings.report(path, message, `add "dev: ${names[0] ?? 'eth0'}"`)
  return undefined
}
