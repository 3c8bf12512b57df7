import { splitHostPort } from '../../model/address.ts'
import type { ServicePortFacts } from '../../service/service-ports.ts'
import { nameHash } from '../name-hash.ts'
import type { ServiceChainNames } from '../service-traffic.ts'

/** A name's characters after its prefix, at most (`chainNameBaseLengthMax` in proxier.go). */
const longest = 240

/** The names of a service port's chains (`servicePortChainNameBase` in proxier.go). */
export function serviceChainNames(port: ServicePortFacts): ServiceChainNames {
  const name = hashed(portWords(port))
  return {
    cluster: `service-${name}`,
    local: `local-${name}`,
    external: `external-${name}`,
    firewall: `firewall-${name}`,
  }
}

/** The names of what an endpoint of a service port has; `endpoint` is `ip:port` or `[ip]:port` (`servicePortEndpointChainNameBase` in proxier.go). */
export function endpointNames(port: ServicePortFacts, endpoint: string): { chain: string; clients: string } {
  const { address, port: at } = splitHostPort(endpoint)
  // A colon may not stand in a name.
  const name = hashed(`${portWords(port)}__${address.replaceAll(':', '.')}/${at}`)
  return { chain: `endpoint-${name}`, clients: `affinity-${name}` }
}

/** Whether a chain belongs to a service port, so that a sync may delete it (`isServiceChainName` in proxier.go). */
export function isServiceChain(name: string): boolean {
  return name.includes('/')
}

/** Whether a set remembers the clients of an endpoint (`isAffinitySetName` in proxier.go). */
export function isClientSet(name: string): boolean {
  return name.startsWith('affinity-')
}

function portWords({ service, protocol, portName }: ServicePortFacts): string {
  return `${service}/${protocol.toLowerCase()}/${portName}`
}

/** The hash tells names apart that are cut, and to the eye those that differ in one digit. */
function hashed(words: string): string {
  const name = `${nameHash(words).slice(0, 8)}-${words}`
  return name.length > longest ? `${name.slice(0, longest - 3)}...` : name
}
