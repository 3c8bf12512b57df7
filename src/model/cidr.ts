/** An address on a link: `10.0.0.11/24`, `fd00::b/64`. */
export interface Cidr {
  /** `10.0.0.11`; IPv6 in its shortest form (RFC 5952). */
  address: string
  /** Bits of the network part. */
  prefix: number
}

/** What has an address, or one of each family, as a pod has its podIPs. */
export interface Addressed {
  /** By this one others know it. */
  address: Cidr
  /** That of the other family; left out: it has none. */
  otherAddress?: Cidr
}
