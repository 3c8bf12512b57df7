import { familyName, familyOf, readAddress, readCidr } from '../model/address.ts'
import type { Addressed, Cidr } from '../model/cidr.ts'
import { asGateways, type Gateways } from '../model/families.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import type { Refusal } from '../text/problem.ts'
import { asList } from './schema/fields.ts'

/** A text, and where it stands. */
export type WrittenText = readonly [path: Path, text: string]

/** An address that was read, and where it stands. */
export interface ReadAddress {
  cidr: Cidr
  path: Path
}

/** What stands under `address` and `addresses`. */
export function writtenAddresses(
  { address, addresses = [] }: { address?: string | undefined; addresses?: readonly string[] | undefined },
  path: Path,
): WrittenText[] {
  return [
    ...(address === undefined ? [] : [[[...path, 'address'], address] as const]),
    ...addresses.map((each, at) => [[...path, 'addresses', at], each] as const),
  ]
}

/** The same of what must have an address; tells where it has none, or says them in both ways. */
export function neededAddresses(
  said: Parameters<typeof writtenAddresses>[0],
  path: Path,
  { what, example }: Record<'what' | 'example', string>,
  findings: Findings,
): WrittenText[] {
  if (said.address === undefined && said.addresses === undefined) {
    findings.report(path, `${what} without an address`, `add "address: ${example}"`, 'key')
  } else if (said.address !== undefined && said.addresses !== undefined) {
    const message = '"address" and "addresses" both stand here'
    findings.report([...path, 'address'], message, 'put all into "addresses"', 'key')
  }
  return writtenAddresses(said, path)
}

/** One of something, or a list, with where each stands. */
export function writtenTexts(value: string | readonly string[] | undefined, path: Path): WrittenText[] {
  return Array.isArray(value)
    ? asList(value).map((each, at) => [[...path, at], each] as const)
    : asList(value).map(each => [path, each] as const)
}

/** Reads an address, or one of each family, of `owner`; undefined where not all of it can be understood. */
export function readPair(
  written: readonly WrittenText[],
  owner: string,
  findings: Findings,
  read: (text: string) => Cidr | Refusal = readCidr,
): ReadAddress[] | undefined {
  const found = written.flatMap(([path, text]) => {
    const cidr = findings.accept(path, read(text))
    return cidr === undefined ? [] : [{ cidr, path }]
  })
  const isWhole = onePerFamily(
    found.map(({ cidr, path }) => [path, cidr.address]),
    `${owner} has one address of each family`,
    findings,
  )
  return isWhole && found.length === written.length && found.length > 0 ? found : undefined
}

/** The same as the model has it. */
export function asAddressed([first, other]: readonly ReadAddress[]): Addressed {
  if (first === undefined) throw new RangeError('no address')
  return { address: first.cidr, ...(other === undefined ? {} : { otherAddress: other.cidr }) }
}

/** Reads the next hops of default routes, one of each family at most; undefined where not all can be understood. */
export function readGateways(written: readonly WrittenText[], findings: Findings): Gateways | undefined {
  const found = written.flatMap(([path, text]): WrittenText[] => {
    const read = findings.accept(path, readAddress(text))
    return read === undefined ? [] : [[path, read.address]]
  })
  const isWhole = onePerFamily(found, 'a default route leads to one gateway in each family', findings)
  return isWhole && found.length === written.length ? asGateways(found.map(([, each]) => each)) : undefined
}

function onePerFamily(found: readonly WrittenText[], rule: string, findings: Findings): boolean {
  const second = found.find(
    ([, address], at) => found.findIndex(([, other]) => familyOf(other) === familyOf(address)) < at,
  )
  if (second === undefined) return true
  const [path, address] = second
  const message = `${rule}, and ${address} is the second of ${familyName(familyOf(address))}`
  findings.report(path, message, 'remove one of the two')
  return false
}
