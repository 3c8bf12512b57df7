import { host, type Place } from '../command/command.ts'
import { readAddress, readCidr, subnetOf } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import { askedBy, PodLeases } from '../model/cni.ts'
import type { CniNetwork } from '../model/cni-network.ts'
import { type HostLocalRange, rangeOf } from '../model/host-local.ts'
import type { ContainerPort, Pod, SourceFile } from '../model/lab.ts'
import { refuseName } from '../model/names.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'
import type { Refusal } from '../text/problem.ts'
import { readConflist } from './conflist.ts'
import { readContainers } from './containers.ts'
import type { NodeInput } from './node-input.ts'
import { ownNames } from './own-names.ts'
import { refusePath } from './own-path.ts'
import { readPause } from './pause.ts'
import type { LabInput } from './schema/lab.ts'
import type { PodInput } from './schema/pod.ts'
import type { ReadManifest } from './service-sources.ts'

/** The CNI networks of a lab's nodes, and the files that they were read from. */
export interface CniNetworks {
  networks: CniNetwork[]
  sources: SourceFile[]
}

/** Reads the conflists of a lab: the host's, and each node's. */
export function readCniNetworks(input: LabInput, readFile: ReadManifest, findings: Findings): CniNetworks {
  const read: CniNetworks = { networks: [], sources: [] }
  const entries: [Place, Path, LabInput['cni']][] = [
    [host, ['cni'], input.cni],
    ...Object.entries(input.nodes ?? {}).map(([name, { cni }]): [Place, Path, LabInput['cni']] => [
      name,
      ['nodes', name, 'cni'],
      cni,
    ]),
  ]
  for (const [node, path, cni] of entries) {
    if (cni === undefined) continue
    const { conflist: file } = cni
    const text = findings.accept(
      [...path, 'conflist'],
      refusePath(file, '10-pods.conflist') ?? refuseFileName(file) ?? textOf(file, readFile),
    )?.text
    if (text === undefined) continue
    const { network, problems } = readConflist(text, file)
    const isNew = !read.sources.some(each => each.path === file)
    if (isNew) {
      read.sources.push({ path: file, text })
      findings.problems.push(...problems)
    }
    if (network !== undefined) read.networks.push({ node, file, ...network })
  }
  return read
}

function textOf(file: string, readFile: ReadManifest): { text: string } | Refusal {
  const read = readFile(file)
  return 'files' in read ? { refusal: `${file} is a folder`, fix: 'name a file in it' } : read
}

/** It becomes the name of a file in /etc/cni/net.d, where runtimes look for these. */
function refuseFileName(file: string) {
  const name = file.replace(/^.*\//, '')
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,80}\.conflist$/.test(name)) return undefined
  return {
    refusal: `${name} is not the name of a conflist`,
    fix: 'use letters, digits, "_", "." and "-", and end with ".conflist": 10-pods.conflist, say',
  }
}

/** Reads the pods of a node that CNI plugins wire; `network`: undefined where its conflist cannot be read. */
export function readCniPods(
  { node, input, own, claim }: NodeInput,
  network: CniNetwork | undefined,
  pods: readonly [string, PodInput][],
  findings: Findings,
): Pod[] {
  if (network === undefined) {
    for (const [name] of pods) findings.accept(['pods', name], refuseName(name) ?? {}, 'key')
    return []
  }
  claimNetwork(network, own)
  const hostPorts = new Map<string, readonly Taken[]>()
  const withoutAddress = pods.map(([name, pod]): [Pod, Path] => {
    const isShort = typeof input.pods?.[name] === 'string'
    const path: Path = ['pods', name]
    return [readCniPod(name, pod, isShort ? path : [...path, 'address'], { node, network, findings }), path]
  })
  const read = withoutAddress.map(([pod]) => pod)
  const leases = new PodLeases({ cni: [network], pods: read })
  return withoutAddress.flatMap(([pod, path]) => {
    checkHostPorts(pod, path, network, hostPorts, findings)
    const asked = askedBy(pod)
    const given = leases.add(pod)
    if (given === undefined) {
      const holder = read.find(each => each !== pod && each.address.address === asked)
      const message =
        asked === undefined
          ? `host-local has no address left for ${pod.name}: ${rangeWords(network.ranges)} are all given away`
          : `${asked} is given to ${holder?.name ?? 'another pod'} already`
      const fix = asked === undefined ? 'make the range of the conflist wider' : 'leave the address out'
      findings.report(path, message, fix, 'key')
      return []
    }
    claim(given.address, path, `pod ${pod.name}`)
    const gateway = rangeOf(network.ranges, given.address)?.gateway ?? ''
    const whole = { ...pod, address: given, gateway }
    read[read.indexOf(pod)] = whole
    return [whole]
  })
}

/** The addresses and the interface that plugins give the node. */
function claimNetwork({ bridge, gateway, ranges }: CniNetwork, own: NodeInput['own']): void {
  const path: Path = ['cni', 'conflist']
  if (bridge !== undefined) own.interface(bridge, path, `bridge ${bridge}`)
  if (gateway !== undefined) own.address(gateway.address, path, `the gateway of the conflist`)
  for (const { subnet } of ranges) own.subnet(subnet, path, 'the conflist')
}

interface CniPodPlace {
  node: Place
  network: CniNetwork
  findings: Findings
}

/** A pod but for the address that it gets; what it asks for stands there for now. */
function readCniPod(
  name: string,
  pod: PodInput,
  addressPath: Path,
  { node, network, findings }: CniPodPlace,
): Pod {
  const path: Path = ['pods', name]
  findings.accept(path, refuseName(name) ?? {}, 'key')
  const chosen = ['addresses', 'bridge', 'gateway', 'veth', 'macvlan', 'lladdr', 'neighbours'] as const
  for (const key of chosen) {
    if (pod[key] === undefined) continue
    findings.report([...path, key], `the plugins choose the ${key} of a pod`, 'remove the line', 'key')
  }
  const namespace = pod.namespace ?? 'default'
  // It stands in CNI_ARGS, where a semicolon ends it.
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace)) {
    const fix = 'use small letters, digits and "-", at most 63'
    findings.report([...path, 'namespace'], `"${namespace.slice(0, 80)}" cannot be a namespace`, fix)
  }
  const asked =
    pod.address === undefined ? undefined : askedAddress(pod.address, addressPath, network, findings)
  const containers = readContainers(pod, path, findings, true)
  const pause = readPause(pod, containers, path, findings)
  return {
    ...{ name, namespace, labels: pod.labels ?? {}, ...ownNames(pod) },
    address: asked ?? { address: '', prefix: 0 },
    ...{ node, gateway: '', neighbours: [] },
    link: { kind: 'cni', ...(asked === undefined ? {} : { asked: asked.address }) },
    nameservers: (pod.nameservers ?? []).flatMap(
      (each, index) => findings.accept([...path, 'nameservers', index], readAddress(each))?.address ?? [],
    ),
    containers,
    ...(pause === undefined ? {} : { pause }),
  }
}

function askedAddress(
  text: string,
  path: Path,
  { ranges }: CniNetwork,
  findings: Findings,
): Cidr | undefined {
  const cidr = findings.accept(path, readCidr(text))
  if (cidr === undefined) return undefined
  const range = rangeOf(ranges, cidr.address)
  if (range === undefined || range.gateway === cidr.address) {
    const message =
      range === undefined
        ? `host-local does not give away ${cidr.address}`
        : `${cidr.address} is the gateway of the range`
    findings.report(path, message, `write one of ${rangeWords(ranges)}, or leave the address out`)
    return undefined
  }
  if (range.subnet.prefix !== cidr.prefix) {
    const message = `the prefix /${cidr.prefix} is not that of ${subnetOf(range.subnet)}`
    findings.report(path, message, `write ${cidr.address}/${range.subnet.prefix}`)
    return undefined
  }
  return cidr
}

function rangeWords(ranges: readonly HostLocalRange[]): string {
  return ranges.map(({ first, last }) => `${first} to ${last}`).join(', ')
}

/** Whom a port of the node leads to; at all of its addresses, or at one. */
interface Taken {
  pod: string
  hostIP: string | undefined
}

/** A port of the node leads to one pod, and only where a plugin can be told of it. */
function checkHostPorts(
  { name, containers }: Pod,
  path: Path,
  { plugins }: CniNetwork,
  taken: Map<string, readonly Taken[]>,
  findings: Findings,
): void {
  const isTold = plugins.some(({ capabilities }) => capabilities.includes('portMappings'))
  const ports = containers.flatMap(each => each.ports).filter(({ hostPort }) => hostPort !== undefined)
  if (ports.length > 0 && !isTold) {
    const message = `a hostPort, and no plugin with the capability "portMappings" that would hear of it`
    const example = '{"type": "portmap", "snat": true, "capabilities": {"portMappings": true}}'
    findings.report(path, message, `add ${example} to the conflist's plugins`, 'key')
    return
  }
  for (const { hostPort, hostIP, protocol } of ports as (ContainerPort & { hostPort: number })[]) {
    const others = taken.get(`${hostPort}/${protocol}`) ?? []
    const isBoth = (other: Taken) =>
      other.hostIP === undefined || hostIP === undefined || other.hostIP === hostIP
    const other = others.find(isBoth)
    if (other !== undefined)
      findings.report(
        path,
        `port ${hostPort}/${protocol} of the node leads to ${other.pod} already`,
        'choose another hostPort',
        'key',
      )
    else taken.set(`${hostPort}/${protocol}`, [...others, { pod: name, hostIP }])
  }
}
