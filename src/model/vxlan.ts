import type { Cidr, LabMachine } from './lab.ts'

/** The port that IANA gave VXLAN (RFC 7348). */
export const vxlanPort = 4789

/** A machine's own end of a VXLAN: a network whose frames other packets carry between machines. */
export interface VxlanInterface {
  name: string
  /** The VNI, by which a frame's network is told. */
  id: number
  /** The interface whose packets carry the frames. */
  dev: string
  /** Its address from which they are sent. */
  local: string
  /** To these machines a frame is sent whose owner is not known; one at least. */
  remotes: readonly string[]
  /** The UDP port that they are sent to. */
  port: number
  /** One at least. */
  addresses: readonly Cidr[]
  /** Bytes: the largest packet that it sends; left out: what `dev` carries, less the 50 or 70 bytes around it. */
  mtu?: number
}

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
