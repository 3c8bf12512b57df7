import type { Cidr } from './cidr.ts'
import type { LabMachine, VxlanInterface } from './lab.ts'

/** The port that IANA gave VXLAN (RFC 7348). */
export const vxlanPort = 4789

/** What others of a machine's networks share with it: an interface with addresses, and the network's name. */
export interface OnNetwork {
  name: string
  network: string
  addresses: readonly Cidr[]
}

/** The name of the network that a VXLAN is; no `network` of a lab can have it. */
export function vxlanNetwork({ id, port }: Pick<VxlanInterface, 'id' | 'port'>): string {
  return port === vxlanPort ? `VXLAN ${id}` : `VXLAN ${id} of port ${port}`
}

/** A machine's interfaces on networks of any kind: first those with a cable. */
export function networkInterfaces({
  interfaces,
  vxlans = [],
}: Pick<LabMachine, 'interfaces' | 'vxlans'>): OnNetwork[] {
  return [
    ...interfaces,
    ...vxlans.map(each => ({ name: each.name, network: vxlanNetwork(each), addresses: each.addresses })),
  ]
}
