import type { Family } from '../model/address.ts'
import type { IpSet, VirtualServer } from './ipvs/rules.ts'

/** The device that has the addresses of all services. */
export const device = 'kube-ipvs0'

/** How a set is made, as ipset takes it. */
export function setWords({ name, type }: IpSet, family: Family): readonly string[] {
  const inet = family === 'ipv4' ? 'inet' : 'inet6'
  const size =
    type === 'bitmap:port' ? ['range', '0-65535'] : `family ${inet} hashsize 1024 maxelem 65536`.split(' ')
  return ['create', name, type, ...size]
}

/** An address of kube-ipvs0: `10.96.0.1/32`. */
export function bound(address: string, family: Family): string {
  return `${address}/${family === 'ipv4' ? 32 : 128}`
}

/** Whether a real server that goes keeps its open connections: not for UDP, nor SCTP (`IsRsGracefulTerminationNeeded` in util/ipvs.go). */
export function waitsForConnections(protocol: VirtualServer['protocol']): boolean {
  return protocol === 'TCP'
}

const protocolOption = { TCP: '-t', UDP: '-u', SCTP: '--sctp-service' } as const

/** Which virtual server, as ipvsadm takes it. */
export function serviceWords({
  protocol,
  address,
}: Pick<VirtualServer, 'protocol' | 'address'>): readonly string[] {
  return [protocolOption[protocol], address]
}

/** The words behind `-A` and `-E`. */
export function serverWords(
  server: Pick<VirtualServer, 'protocol' | 'address' | 'scheduler' | 'persistent'>,
): readonly string[] {
  const { scheduler, persistent } = server
  return [
    ...serviceWords(server),
    ...['-s', scheduler],
    ...(persistent > 0 ? ['-p', String(persistent)] : []),
    // mh looks at the source port, too (FlagSourceHash in util/ipvs.go).
    ...(scheduler === 'mh' ? ['-b', 'mh-port'] : []),
  ]
}

/** The words behind `-a` and `-e`: reached by address translation. */
export function realServerWords(
  server: Pick<VirtualServer, 'protocol' | 'address'>,
  realServer: string,
  weight: number,
): readonly string[] {
  return [...serviceWords(server), '-r', realServer, '-m', '-w', String(weight)]
}
