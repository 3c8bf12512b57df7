import { hash as digestOf } from 'node:crypto'
import type { Protocol } from '../../model/kubernetes.ts'

const base32 = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567']

/** Both characters for each ten bits: there are two hashes and more for each service port. */
const base32Pairs = base32.flatMap(first => base32.map(second => first + second))

/** The first 16 base32 characters (80 bits) of a SHA-256, as kube-proxy's proxier.go shortens names for chains. */
function chainHash(text: string): string {
  const digest = digestOf('sha256', text, 'buffer')
  let hash = ''
  for (let offset = 0; offset < 10; offset += 5) {
    const high = digest.readUIntBE(offset, 3) >> 4
    const low = digest.readUIntBE(offset + 2, 3) & 0xfffff
    hash += base32Pairs[high >> 10]! + base32Pairs[high & 1023]!
    hash += base32Pairs[low >> 10]! + base32Pairs[low & 1023]!
  }
  return hash
}

/** The chains of one service port; all five kinds share one hash. */
export interface ServiceChainNames {
  /** KUBE-SVC: the endpoints under policy Cluster. */
  cluster: string
  /** KUBE-SVL: the endpoints under policy Local. */
  local: string
  /** KUBE-EXT: where traffic to node ports, external and load-balancer addresses enters. */
  external: string
  /** KUBE-FW: who may use the load balancer's address. */
  firewall: string
}

/** The names of a service port's chains. */
export function serviceChainNames(name: string, protocol: Protocol): ServiceChainNames {
  const hash = chainHash(name + protocol.toLowerCase())
  return {
    cluster: `KUBE-SVC-${hash}`,
    local: `KUBE-SVL-${hash}`,
    external: `KUBE-EXT-${hash}`,
    firewall: `KUBE-FW-${hash}`,
  }
}

/** The chain of one endpoint of a service port; `endpoint` is `ip:port` or `[ip]:port`. */
export function endpointChainName(name: string, protocol: Protocol, endpoint: string): string {
  return `KUBE-SEP-${chainHash(name + protocol.toLowerCase() + endpoint)}`
}

/** Whether a chain belongs to a service port, so that a sync may delete it (`isServiceChainName` in proxier.go). */
export function isServiceChain(name: string): boolean {
  return /^KUBE-(SVC|SVL|SEP|FW|EXT)-/.test(name)
}
