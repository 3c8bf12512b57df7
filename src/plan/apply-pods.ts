import { type Command, onHost } from '../command/command.ts'
import type { Lab, Pod } from '../model/lab.ts'
import type { Standing } from './apply-endpoints.ts'
import { type ApplyStage, action, type KernelFacts } from './apply-stage.ts'
import { topologyChecks } from './checks.ts'
import { hostsFile, resolvConf } from './pod-files.ts'
import { cableCommands, podCommands, podPrograms } from './topology.ts'

/** Brings new pods, and the files by which all know each other. `pods` are those that the lab has afterwards. */
export function addStage(
  before: Standing,
  lab: Lab,
  added: readonly Pod[],
  pods: readonly Pod[],
  kernel: KernelFacts,
): ApplyStage {
  const old = new Map(before.lab.pods.map(pod => [pod.name, pod]))
  const fresh = new Set(added.map(({ name }) => name))
  const here = lab.pods.filter(pod => old.has(pod.name) || fresh.has(pod.name))
  const commands = [
    ...(added.length > 0 ? pins(added, kernel) : []),
    ...added.map(pod => onHost(['ip', 'netns', 'add', pod.name])),
    ...added.flatMap(pod => cableCommands(pod, lab)),
    ...added.flatMap(podCommands),
    ...nameFiles(before.lab, lab, here, fresh),
    ...labFiles(before.lab, lab),
    ...added.flatMap(podPrograms),
  ]
  const names = added.map(({ name }) => name)
  return {
    step: {
      title: added.length > 0 ? `Add ${listed(names)}` : 'Names and files',
      why:
        added.length > 0
          ? 'A new pod must answer before kube-proxy sends anybody to it.'
          : 'The pods know each other and the services by their hosts files.',
      from: 'topology',
      actions: commands.map(action),
      checks: added.length > 0 ? topologyChecks('servers', { ...lab, pods: [...added] }) : [],
    },
    ends: [],
    touches: names,
    leaves: { lab: { ...before.lab, pods }, endpoints: before.endpoints },
  }
}

/** Takes pods away, with all that runs in them. */
export function removeStage(
  before: Standing,
  gone: readonly Pod[],
  kernel: KernelFacts,
  title?: string,
): ApplyStage {
  const { namespaces, links } = kernel
  const names = gone.map(({ name }) => name)
  const there = names.filter(name => namespaces.has(name))
  const left = before.lab.pods.filter(({ name }) => !names.includes(name))
  const commands = [
    ...pins(gone, kernel),
    ...gone
      .filter(({ veth }) => links.has(veth))
      .map(({ veth }) => onHost(['ip', 'link', 'delete', 'dev', veth])),
    ...there.map(name => onHost(['ip', 'netns', 'delete', name])),
    ...(gone.length === 0 ? [] : [onHost(['rm', '-r', '-f', ...names.map(name => `/etc/netns/${name}`)])]),
    ...gone.flatMap(pod => forgetting(pod, left)),
  ]
  return {
    step: {
      title: title ?? `Remove ${listed(names)}`,
      why: 'Its endpoint is out of the rules, so that nobody new comes; now the pod itself can go.',
      from: 'topology',
      actions: commands.map(action),
      checks: [],
    },
    ends: there,
    touches: names,
    leaves: { lab: { ...before.lab, pods: left }, endpoints: before.endpoints },
  }
}

/** Ends the programs of pods and starts others. */
export function restartStage(before: Standing, pods: readonly Pod[]): ApplyStage {
  const names = pods.map(({ name }) => name)
  return {
    step: {
      title: `Restart ${listed(names)}`,
      why: 'A pod keeps its network namespace while its programs end and others start.',
      from: 'topology',
      actions: pods.flatMap(podPrograms).map(action),
      checks: topologyChecks('servers', { ...before.lab, pods }),
    },
    ends: names,
    touches: names,
    leaves: {
      lab: { ...before.lab, pods: mergedPods(before.lab.pods, pods, new Set()) },
      endpoints: before.endpoints,
    },
  }
}

/**
 * A bridge takes the lowest of its ports' MAC addresses, so that it would change with its pods, and the others would send to
 * their gateway's old one for half a minute. Setting an address, be it the one that it has, ends that (br_stp_if.c).
 */
function pins(pods: readonly Pod[], { macs }: KernelFacts): Command[] {
  const bridges = new Set(pods.map(({ bridge }) => bridge))
  return [...bridges].flatMap(bridge => {
    const mac = macs.get(bridge)
    return mac === undefined ? [] : [onHost(['ip', 'link', 'set', 'dev', bridge, 'address', mac])]
  })
}

/** A pod that comes later may have the address of this one, but not its MAC address. */
function forgetting({ address, bridge }: Pod, left: readonly Pod[]): Command[] {
  const argv = ['ip', 'neigh', 'flush', 'to', address.address]
  return [onHost(argv), ...left.filter(pod => pod.bridge === bridge).map(pod => ({ argv, in: pod.name }))]
}

/** The hosts files of all pods where a name has changed, and the resolv.conf files that are new or other. */
function nameFiles(before: Lab, lab: Lab, pods: readonly Pod[], fresh: ReadonlySet<string>): Command[] {
  const folder = (pod: Pod) => `/etc/netns/${pod.name}`
  const hosts = hostsFile(lab)
  const asking = pods.filter(pod => {
    const was = before.pods.find(({ name }) => name === pod.name)
    return fresh.has(pod.name)
      ? pod.nameservers.length > 0
      : was?.nameservers.join(' ') !== pod.nameservers.join(' ')
  })
  const toTell = hosts === hostsFile(before) ? pods.filter(pod => fresh.has(pod.name)) : pods
  return [
    ...(fresh.size === 0
      ? []
      : [onHost(['mkdir', '-p', ...pods.filter(pod => fresh.has(pod.name)).map(folder)])]),
    ...(toTell.length === 0
      ? []
      : [{ ...onHost(['tee', ...toTell.map(pod => `${folder(pod)}/hosts`)]), input: hosts }]),
    ...asking.map(pod => {
      const file = `${folder(pod)}/resolv.conf`
      return pod.nameservers.length === 0
        ? onHost(['rm', '-f', file])
        : { ...onHost(['tee', file]), input: resolvConf(pod.nameservers) }
    }),
  ]
}

function labFiles(before: Lab, lab: Lab): Command[] {
  const written = Object.entries(lab.files).filter(([path, text]) => before.files[path] !== text)
  const unneeded = Object.keys(before.files).filter(path => !(path in lab.files))
  return [
    ...written.map(([path, input]) => ({ ...onHost(['tee', path]), input })),
    ...(unneeded.length === 0 ? [] : [onHost(['rm', '-f', ...unneeded])]),
  ]
}

/** Pods as they are to be, and those that go as they were. */
export function mergedPods(before: readonly Pod[], after: readonly Pod[], gone: ReadonlySet<string>): Pod[] {
  const now = new Map(after.map(pod => [pod.name, pod]))
  return before.map(pod => (gone.has(pod.name) ? pod : (now.get(pod.name) ?? pod)))
}

function listed(names: readonly string[]): string {
  return names.length > 4 ? `${names.length} pods` : names.join(', ')
}
