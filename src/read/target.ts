import { readAddress } from '../model/address.ts'
import { serviceNames } from '../model/dns-names.ts'
import type { LabMachine, LabService, OutsideMachine, Pod, Topology } from '../model/lab.ts'
import { machineAt, onNetworks } from '../model/places.ts'
import type { Refusal } from '../text/problem.ts'

/** What a `curl:` line asks for. */
export interface Target {
  host: string
  port: number
}

/** Who a target's host is. */
export type Owner =
  | { kind: 'pod'; pod: Pod }
  | { kind: 'service'; service: LabService }
  | { kind: 'outside'; machine: OutsideMachine }
  | { kind: 'machine'; machine: LabMachine }

/** Reads `10.0.0.11:8080` or `http://http-server:8080/path`. */
export function readTarget(text: string): Target | Refusal {
  const example = 'write 10.0.0.11:8080 or http://http-server:8080/path, say'
  const scheme = text.match(/^([A-Za-z][A-Za-z0-9+.-]*):\/\//)?.[1]
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    return { refusal: `${scheme}:// cannot be asked for`, fix: 'write http://…' }
  }
  const rest = scheme === undefined ? text : text.slice(scheme.length + 3)
  const [, host, , port] =
    rest.match(/^([A-Za-z0-9](?:[A-Za-z0-9._-]*))(:([0-9]*))?(?:[/?][\x21-\x7e]*)?$/) ?? []
  if (host === undefined)
    return { refusal: `"${text.slice(0, 60)}" is not something to ask for`, fix: example }
  if (port !== undefined && (port === '' || port.length > 9 || Number(port) < 1 || Number(port) > 65535)) {
    return { refusal: `"${port}" is not a port`, fix: 'ports are 1 to 65535' }
  }
  if (/^[0-9.]+$/.test(host)) {
    const address = readAddress(host)
    // A loopback address is refused for a machine, but is good to ask.
    if ('refusal' in address && !/^127(?:\.[0-9]{1,3}){3}$/.test(host)) return address
  }
  return { host, port: port === undefined ? (scheme === 'https' ? 443 : 80) : Number(port) }
}

/** The pod, service or machine that has an address or goes by a name, as a pod's hosts file has it. */
export function ownerOf(
  host: string,
  topology: Topology,
  services: readonly LabService[],
): Owner | undefined {
  const pod = topology.pods.find(({ name, address }) => name === host || address.address === host)
  if (pod) return { kind: 'pod', pod }
  const machine = topology.outside.find(({ name, address }) => name === host || address.address === host)
  if (machine) return { kind: 'outside', machine }
  const known = machineAt(topology, host)?.name ?? host
  const other = onNetworks(topology).find(({ name }) => name === known)
  if (other) return { kind: 'machine', machine: other }
  const service = services.find(each => each.clusterIPs.includes(host) || serviceNames(each).includes(host))
  return service && { kind: 'service', service }
}
