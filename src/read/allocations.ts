import { overlap, subnetOf } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'

/** Who has which address, interface name and subnet; what only one can have is refused to the second. */
export class Allocations {
  private readonly findings: Findings
  private readonly owner: string
  private readonly addresses = new Map<string, { path: Path; what: string }>()
  private readonly interfaces = new Map<string, { path: Path; what: string }>()
  private readonly subnets: { cidr: Cidr; what: string }[] = []

  /** `owner`: whose interfaces they are. */
  constructor(findings: Findings, owner = 'the host') {
    this.findings = findings
    this.owner = owner
  }

  address(address: string, path: Path, what: string): void {
    const other = this.addresses.get(address)
    if (!other) this.addresses.set(address, { path, what })
    else {
      const message = `${other.what} already has ${address} (${this.lineOf(other)})`
      this.findings.report(path, message, 'give each its own address')
    }
  }

  /** Who has an address. */
  holderOf(address: string): string | undefined {
    return this.addresses.get(address)?.what
  }

  /** A name of one of the owner's interfaces. */
  interface(name: string, path: Path, what: string, on?: 'key' | 'value'): void {
    const other = this.interfaces.get(name)
    if (!other) this.interfaces.set(name, { path, what })
    else {
      const message = `${this.owner} would have two interfaces ${name}: this one and that of ${other.what} (${this.lineOf(other)})`
      this.findings.report(path, message, 'give one of them another name', on)
    }
  }

  interfaceNames(): ReadonlySet<string> {
    return new Set(this.interfaces.keys())
  }

  subnet(cidr: Cidr, path: Path, what: string): void {
    const other = this.subnets.find(each => overlap(each.cidr, cidr))
    if (other) {
      const message = `${subnetOf(cidr)} overlaps ${subnetOf(other.cidr)} of ${other.what}`
      this.findings.report(path, message, 'give each its own subnet')
    }
    this.subnets.push({ cidr, what })
  }

  private lineOf({ path }: { path: Path }): string {
    return `line ${this.findings.lineAt(path)}`
  }
}
