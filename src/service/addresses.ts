import { Address4, Address6 } from 'ip-address'

/** An IP family. */
export type Family = 'ipv4' | 'ipv6'

/** The IP family of an address or a CIDR. */
export function familyOf(address: string): Family {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}

/** An address as Go prints it, which is what kube-proxy hashes: IPv6 in its shortest form. */
export function canonical(address: string): string {
  return familyOf(address) === 'ipv6' ? new Address6(address).correctForm() : address
}

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

/** `ip:port`, or `[ip]:port` for IPv6. */
export function joinHostPort(address: string, port: number): string {
  return familyOf(address) === 'ipv6' ? `[${address}]:${port}` : `${address}:${port}`
}

function parse(cidr: string): Address4 | Address6 {
  return familyOf(cidr) === 'ipv4' ? new Address4(cidr) : new Address6(cidr)
}
