import { type Command, onHost } from '../command/command.ts'
import { familyOf } from '../model/address.ts'
import { podNamesIn, serviceCalled, serviceNames } from '../model/dns-names.ts'
import { addressesOf } from '../model/families.ts'
import type { Lab, LabService } from '../model/lab.ts'
import { firstOfEach, machinesOf } from '../model/places.ts'

/** Whose name files are meant: a pod, which has a namespace, a machine or a node. */
type Place = { name: string; namespace?: string }

/** The commands that write the hosts files of some pods and machines: in each namespace its own services have short names. */
export function writeHosts(lab: Lab, places: readonly Place[]): Command[] {
  const textOf = hostsTexts(lab)
  const byText = new Map<string, string[]>()
  for (const place of places) {
    const text = textOf(place)
    const file = `/etc/netns/${place.name}/hosts`
    const those = byText.get(text)
    if (those === undefined) byText.set(text, [file])
    else those.push(file)
  }
  return [...byText].map(([input, files]) => ({ ...onHost(['tee', ...files]), input }))
}

/** Tells of a pod or machine whether its hosts file is another one in the second lab. */
export function hostsDiffer(before: Lab, after: Lab): (place: Place) => boolean {
  const [was, now] = [hostsTexts(before), hostsTexts(after)]
  return place => was(place) !== now(place)
}

/** Gives the hosts file of a pod or machine; the text of each namespace is made once. */
function hostsTexts(lab: Lab): (place: Place) => string {
  const texts = new Map<string, string>()
  return ({ namespace = 'default' }) => {
    const text = texts.get(namespace) ?? hostsFile(lab, namespace)
    texts.set(namespace, text)
    return text
  }
}

/**
 * The hosts file of a lab's pods and machines: the services by the names that cluster DNS would answer to, and all pods and machines by theirs, where no service has that.
 * One text for all of a namespace: a pod's own name is in it as well.
 */
export function hostsFile(lab: Lab, namespace = 'default'): string {
  const machines = machinesOf(lab)
    .filter(({ name }) => serviceCalled(name, lab.services, namespace) === undefined)
    .flatMap(({ name, addresses }) => firstOfEach(addresses).map(address => `${address}\t${name}`))
  const services = lab.services.flatMap(service =>
    service.clusterIPs.includes('None')
      ? headlessLines(lab, service, namespace)
      : service.clusterIPs.map(address => `${address}\t${serviceNames(service, namespace).join(' ')}`),
  )
  const usesIPv6 = [...machines, ...services].some(line => familyOf(line.split('\t')[0] ?? '') === 'ipv6')
  const own = ['127.0.0.1\tlocalhost', ...(usesIPv6 ? ['::1\tlocalhost'] : [])]
  return `${[...own, ...machines, ...services].join('\n')}\n`
}

/** A headless service's names lead to its pods, and a pod of its subdomain has a name of its own. */
function headlessLines(lab: Lab, service: LabService, namespace: string): string[] {
  const behind = new Set(service.pods)
  return lab.pods
    .filter(({ name }) => behind.has(name))
    .flatMap(pod => {
      const names = [...podNamesIn(service, pod, namespace), ...serviceNames(service, namespace)]
      return addressesOf(pod).map(({ address }) => `${address}\t${names.join(' ')}`)
    })
}

/** A resolv.conf that asks these name servers. */
export function resolvConf(nameservers: readonly string[]): string {
  return nameservers.map(address => `nameserver ${address}\n`).join('')
}
