import { familyOf } from '../model/address.ts'
import { serviceNames } from '../model/dns-names.ts'
import type { Lab } from '../model/lab.ts'
import { firstOfEach, machinesOf } from '../model/places.ts'

/**
 * The hosts file of a lab's pods and machines: all of them by name, and the services by the names that cluster DNS would answer to.
 * One text for all of them: a pod's own name is in it as well.
 */
export function hostsFile(lab: Lab): string {
  const machines = machinesOf(lab).flatMap(({ name, addresses }) =>
    firstOfEach(addresses).map(address => `${address}\t${name}`),
  )
  const services = lab.services.flatMap(service =>
    service.clusterIPs
      .filter(address => address !== 'None')
      .map(address => `${address}\t${serviceNames(service).join(' ')}`),
  )
  const usesIPv6 = [...machines, ...services].some(line => familyOf(line.split('\t')[0] ?? '') === 'ipv6')
  const own = ['127.0.0.1\tlocalhost', ...(usesIPv6 ? ['::1\tlocalhost'] : [])]
  return `${[...own, ...machines, ...services].join('\n')}\n`
}

/** A resolv.conf that asks these name servers. */
export function resolvConf(nameservers: readonly string[]): string {
  return nameservers.map(address => `nameserver ${address}\n`).join('')
}
