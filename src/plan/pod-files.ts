import type { Lab } from '../lab/lab.ts'

/**
 * The hosts file of a lab's pods: the pods by name, and the services by the names that cluster DNS would answer to.
 * One text for all of them: a pod's own name is in it as well.
 */
export function hostsFile(lab: Lab): string {
  const pods = lab.pods.map(pod => `${pod.address.address}\t${pod.name}`)
  const services = lab.services.flatMap(service =>
    service.clusterIPs
      .filter(address => address !== 'None')
      .map(address => {
        const full = `${service.name}.${service.namespace}`
        const names = [
          ...(service.namespace === 'default' ? [service.name] : []),
          full,
          `${full}.svc`,
          `${full}.svc.cluster.local`,
        ]
        return `${address}\t${names.join(' ')}`
      }),
  )
  return `${['127.0.0.1\tlocalhost', ...pods, ...services].join('\n')}\n`
}

/** A resolv.conf that asks these name servers. */
export function resolvConf(nameservers: readonly string[]): string {
  return nameservers.map(address => `nameserver ${address}\n`).join('')
}
