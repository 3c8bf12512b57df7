import { keeping } from '../allocation/keeping.ts'
import { familiesAsked } from '../allocation/services.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { type Family, familyOf } from '../model/address.ts'
import { addressesOf } from '../model/families.ts'
import { namespacedName, type Service } from '../model/kubernetes.ts'
import type { Lab, LabOrigin, Pod } from '../model/lab.ts'
import { type Manifests, readManifestFiles } from '../read/manifest/read-manifests.ts'
import { parseLab } from '../read/parse-lab.ts'
import { LabError } from '../text/problem.ts'
import { type Checked, clusterOf, refuseMistakes } from './cluster.ts'
import { labFile } from './lab-file.ts'
import { type Homes, labNodes, mostNodes } from './lab-nodes.ts'
import { type ClusterNotes, clusterNotes } from './notes.ts'

/** Where a made lab's pods get addresses where nothing else is said, as kubeadm with flannel, and kind, have it. */
export const usualPodCIDRs: Readonly<Record<Family, string>> = {
  ipv4: '10.244.0.0/16',
  ipv6: 'fd00:10:244::/64',
}

/** A lab that was made of manifests. */
export interface MadeLab {
  lab: Lab
  /** Its file, which it would be if somebody had written it. */
  text: string
  manifests: Manifests
  notes: ClusterNotes & { ofLab: readonly string[] }
}

/** What such a lab is called, and what for people it was made of. */
export interface LabWords {
  name: string
  from: string
}

/**
 * Makes a lab of manifests: its file, and what netlab reads in it. `before`: the lab as it runs, whose addresses and ports stay where
 * nothing speaks against it. Throws LabError with all that a cluster, or a lab, would refuse.
 */
export function makeLab(origin: LabOrigin, words: LabWords, before?: Lab): MadeLab {
  const [newest = [], ...older] = origin.manifests.toReversed()
  const read = readManifestFiles(newest, ...older)
  const { objects } = read
  if (
    read.problems.length === 0 &&
    objects.services.length + objects.pods.length + objects.workloads.length === 0
  )
    throw nothingThere(words.from)
  const written = new Map<object, Service>()
  const all = objects.services.map(service => {
    const was = before?.services.find(each => namespacedName(each) === namespacedName(service))
    const now = keeping(was, service)
    written.set(now, service)
    return now
  })
  // Who has something goes before who asks for it: it is the other one that is refused.
  const isKept = (service: Service) => written.get(service) !== service
  const kept = [...all.filter(isKept), ...all.filter(service => !isKept(service))]
  const families = familiesOf(origin, kept)
  const podCIDRs = [...origin.podCIDRs, ...families.map(family => usualPodCIDRs[family])]
  const where = labNodes(
    nodeNames(origin.nodes),
    families.flatMap(family => podCIDRs.find(each => familyOf(each) === family) ?? []),
  )
  const manifests: Checked = {
    problems: read.problems,
    objects: { ...objects, services: kept },
    problemWith: (object, ...about) => read.problemWith(written.get(object) ?? object, ...about),
  }
  refuseMistakes(manifests, origin)
  const cluster = clusterOf(manifests, {
    nodes: where.nodes,
    ...(origin.mostReplicas === undefined ? {} : { mostReplicas: origin.mostReplicas }),
    ...{ serviceCIDRs: origin.serviceCIDRs, families, nodePorts: origin.nodePorts },
  })
  const { text, notes } = labFile(cluster, {
    ...words,
    where,
    families,
    ...(before && { homes: homesOf(before) }),
  })
  const path = `${words.name}.yaml`
  const { lab, problems } = parseLab(text, path, manifest => ({ refusal: `there is no ${manifest}` }))
  if (lab === undefined) throw new LabError(problems)
  return { lab: { ...lab, origin }, text, manifests: read, notes: { ...clusterNotes(cluster), ofLab: notes } }
}

/** Where the pods of a running lab are, by their names in it. */
function homesOf({ pods }: Lab): Homes {
  const address = (pod: Pod) => addressesOf(pod).map(each => each.address)
  return new Map(pods.map(pod => [pod.name, { node: pod.node, addresses: address(pod) }]))
}

/** An overlay is of IPv4, so that several nodes are, too. */
function familiesOf({ nodes, podCIDRs }: LabOrigin, services: readonly Service[]): readonly Family[] {
  const usual = podCIDRs[0] === undefined ? 'ipv4' : familyOf(podCIDRs[0])
  const asked = familiesAsked(services, usual)
  if (nodes === 0 || (asked.length === 1 && usual === 'ipv4')) return asked
  throw new NetlabError({
    what: 'a made lab of several nodes has IPv4 only, and these Services ask for IPv6',
    fix: 'leave --nodes out',
    exitCode: exitCode.wrongInput,
  })
}

function nodeNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `node-${index + 1}`)
}

/** Throws NetlabError where a network for pods has no room for so many nodes. */
export function mustHaveRoom(nodes: number, podCIDR: string): void {
  const most = mostNodes(podCIDR)
  if (nodes <= most) return
  throw new NetlabError({
    what: `${podCIDR} has room for the pods of ${most} nodes, not of ${nodes}`,
    why: 'each node has a /24 of it, and the first one stays free',
    fix: 'ask for fewer, or say a larger network with --pod-cidr',
    exitCode: exitCode.wrongInput,
  })
}

function nothingThere(from: string): NetlabError {
  return new NetlabError({
    what: `there is nothing in ${from} that makes a lab`,
    why: 'a lab is made of Services, and of what makes pods: Deployments, StatefulSets, DaemonSets, Jobs, Pods',
    fix: 'name a file or a folder that has some',
    exitCode: exitCode.wrongInput,
  })
}
