import { Address4, Address6 } from 'ip-address'
import { familyOf } from '../model/address.ts'

/** A CIDR as Go prints it: the network's address, whatever host bits were written. */
export function canonicalNetwork(cidr: string): string {
  const network = parse(cidr)
  return `${network.startAddress().correctForm()}/${network.subnetMask}`
}

/** Whether the network holds the address; never, across families. */
export function contains(cidr: string, address: string): boolean {
  return (
    familyOf(cidr) === familyOf(address) &&
    (familyOf(cidr) === 'ipv4'
      ? new Address4(address).isInSubnet(new Address4(cidr))
      : new Address6(address).isInSubnet(new Address6(cidr)))
  )
}

function parse(cidr: string): Address4 | Address6 {
  return familyOf(cidr) === 'ipv4' ? new Address4(cidr) : new Address6(cidr)
}
