import { readAddress } from '../model/address.ts'
import { serviceCalled } from '../model/dns-names.ts'
import { hasAddress } from '../model/families.ts'
import type { LabMachine, LabService, OutsideMachine, Pod, Topology } from '../model/lab.ts'
import { machineAt, onNetworks } from '../model/places.ts'
import type { Refusal } from '../text/problem.ts'

/** What a `curl:` line asks for. */
export interface Target {
  /** A name or an address: IPv6 without brackets, in its shortest form. */
  host: string
  port: number
}

/** Who a target's host is. */
export type Owner =
  | { kind: 'pod'; pod: Pod }
  | { kind: 'service'; service: LabService }
  | { kind: 'outside'; machine: OutsideMachine }
  | { kind: 'machine'; machine: LabMachine }

/** In `fd00::b:8080` nobody can tell where the port begins. */
function refuseUnbracketed(text: string): Refusal | undefined {
  const [, written = ''] = /^([0-9A-Fa-f]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)(?:[/?]|$)/.exec(text) ?? []
  if (written === '') return undefined
  const [, address = '', port = ''] = /^(.*[^:]):(\d{2,5})$/.exec(written) ?? []
  const isAddress = (part: string) => !('refusal' in readAddress(part))
  if (!isAddress(address) && !isAddress(written)) return undefined
  return {
    refusal: `${written} stands without brackets, so that nobody knows where the port begins`,
    fix: isAddress(address) ? `write [${address}]:${port}, say` : `write [${written}]:8080, say`,
  }
}

/** Whether what is asked for is an address, and no name. */
export function isAddress(host: string): boolean {
  return host.includes(':') || /^[0-9.]+$/.test(host)
}

/** Reads `10.0.0.11:8080`, `[fd00::b]:8080` or `http://http-server:8080/path`. */
export function readTarget(text: string): Target | Refusal {
  const example = 'write 10.0.0.11:8080 or http://http-server:8080/path, say'
  const scheme = text.match(/^([A-Za-z][A-Za-z0-9+.-]*):\/\//)?.[1]
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    return { refusal: `${scheme}:// cannot be asked for`, fix: 'write http://…' }
  }
  const rest = scheme === undefined ? text : text.slice(scheme.length + 3)
  const [, written, , port] =
    rest.match(/^([A-Za-z0-9][A-Za-z0-9._-]*|\[[^\][/?]*\])(:([0-9]*))?(?:[/?][\x21-\x7e]*)?$/) ?? []
  const unbracketed = refuseUnbracketed(rest)
  if (unbracketed !== undefined) return unbracketed
  const host = written?.replace(/^\[(.*)\]$/, '$1')
  if (host === undefined)
    return { refusal: `"${text.slice(0, 60)}" is not something to ask for`, fix: example }
  if (port !== undefined && (port === '' || port.length > 9 || Number(port) < 1 || Number(port) > 65535)) {
    return { refusal: `"${port}" is not a port`, fix: 'ports are 1 to 65535' }
  }
  // A loopback address is refused for a machine, but is good to ask.
  const isLoopback = /^127(?:\.[0-9]{1,3}){3}$/.test(host) || written === '[::1]'
  const address =
    (isAddress(host) || written?.startsWith('[')) && !isLoopback ? readAddress(host) : { address: host }
  if ('refusal' in address) return address
  return { host: address.address, port: port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port) }
}

/** The service, pod or machine that goes by a name or has an address, as the hosts file of a pod of a namespace has it. */
export function ownerOf(
  host: string,
  topology: Topology,
  services: readonly LabService[],
  asker: string | undefined,
): Owner | undefined {
  const called = serviceCalled(host, services, asker)
  if (called) return { kind: 'service', service: called }
  const pod = topology.pods.find(each => each.name === host || hasAddress(each, host))
  if (pod) return { kind: 'pod', pod }
  const machine = topology.outside.find(each => each.name === host || hasAddress(each, host))
  if (machine) return { kind: 'outside', machine }
  const known = machineAt(topology, host)?.name ?? host
  const other = onNetworks(topology).find(({ name }) => name === known)
  if (other) return { kind: 'machine', machine: other }
  const service = services.find(each => each.clusterIPs.includes(host))
  return service && { kind: 'service', service }
}
