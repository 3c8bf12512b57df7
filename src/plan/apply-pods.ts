import { type Command, onHost } from '../command/command.ts'
import type { Lab, Pod } from '../model/lab.ts'
import { pinnedHardwareAddress } from '../model/machine.ts'
import { onNetworks } from '../model/places.ts'
import { bridgeOf } from '../model/pod-link.ts'
import { networksOf, pinsPods, podMachine } from '../model/wiring.ts'
import { withHardwareAddress } from '../network/bridge.ts'
import { attachMachines, detachMachines } from '../network/wiring.ts'
import { type ApplyStage, action, isKnown, type KernelFacts, remainsOf } from './apply-stage.ts'
import { topologyChecks } from './checks.ts'
import { attachCommands, detachCommands } from './cni.ts'
import { type LabInCondition, labIn } from './lab-in-condition.ts'
import { hostsDiffer, resolvConf, writeHosts } from './pod-files.ts'
import { startCommands } from './topology.ts'

/** How a stage brings pods and files. */
export interface Adding {
  kernel: KernelFacts
  /** What an apply that broke off has written is not known: every file is written anew. */
  anew: boolean
}

/** Brings new pods, and the files by which all know each other. `pods` are those that the lab has afterwards. */
export function addStage(
  before: LabInCondition,
  lab: Lab,
  added: readonly Pod[],
  pods: readonly Pod[],
  { kernel, anew }: Adding,
): ApplyStage {
  const old = new Map(before.lab.pods.map(pod => [pod.name, pod]))
  const fresh = new Set(added.map(({ name }) => name))
  const here = lab.pods.filter(pod => old.has(pod.name) || fresh.has(pod.name))
  const commands = [
    ...steadied(added, lab, kernel),
    ...attachMachines(added.map(pod => podMachine(pod, lab.bridges, pinsPods(lab)))).map(
      ({ command }) => command,
    ),
    ...attachCommands(lab, added),
    ...nameFiles(anew ? undefined : before.lab, lab, here, fresh),
    ...labFiles(before.lab, lab, anew),
    ...startCommands(added),
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
      checks:
        added.length > 0
          ? topologyChecks('servers', { ...lab, pods: [...added], nodes: [], machines: [] })
          : [],
    },
    ends: [],
    touches: added,
    leaves: labIn(before.condition, {
      ...before.lab,
      files: lab.files,
      pods: withNameservers(pods, here),
    }),
  }
}

/** Takes pods away, with all that runs in them. `lab`: as it is to be. */
export function removeStage(
  before: LabInCondition,
  lab: Lab,
  gone: readonly Pod[],
  kernel: KernelFacts,
  title?: string,
): ApplyStage {
  const names = gone.map(({ name }) => name)
  const there = names.filter(name => kernel.namespaces.has(name))
  const left = before.lab.pods.filter(({ name }) => !names.includes(name))
  const machines = (pods: readonly Pod[]) =>
    pods.map(pod => podMachine(pod, before.lab.bridges, pinsPods(lab) || isKnown(kernel, pod)))
  const commands = [
    ...steadied(gone, lab, kernel),
    ...detachCommands(
      before.lab,
      gone.filter(({ name }) => kernel.namespaces.has(name)),
    ),
    ...detachMachines(machines(gone), machines(left), remainsOf(kernel)),
    ...(gone.length === 0 ? [] : [onHost(['rm', '-r', '-f', ...names.map(name => `/etc/netns/${name}`)])]),
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
    touches: gone,
    leaves: labIn(before.condition, { ...before.lab, pods: left }),
  }
}

/** Ends the programs of pods and starts others. */
export function restartStage(before: LabInCondition, pods: readonly Pod[]): ApplyStage {
  const names = pods.map(({ name }) => name)
  return {
    step: {
      title: `Restart ${listed(names)}`,
      why: 'A pod keeps its network namespace while its programs end and others start.',
      from: 'topology',
      actions: startCommands(pods).map(action),
      checks: topologyChecks('servers', { ...before.lab, pods, nodes: [], machines: [] }),
    },
    ends: names,
    touches: pods,
    leaves: labIn(before.condition, {
      ...before.lab,
      pods: mergedPods(before.lab.pods, pods, new Set()),
    }),
  }
}

/**
 * The bridges of these pods keep their hardware addresses: else they would change with their ports, and the others would send to their
 * gateway's old one for half a minute. A pinned one stays as it is, and with it what the kernel knows there for good.
 */
function steadied(pods: readonly Pod[], lab: Lab, { places }: KernelFacts): Command[] {
  const touched = new Set(pods.map(pod => `${pod.node} ${bridgeOf(pod)}`))
  return networksOf(lab).flatMap(network => {
    const { place, name } = network
    const mac = places.get(place)?.macs.get(name)
    const isLoose = !network.pinned && mac !== pinnedHardwareAddress(network.address.address)
    return touched.has(`${place} ${name}`) && isLoose && mac !== undefined
      ? [withHardwareAddress(network, mac)]
      : []
  })
}

/** Pods with the name servers that they have been told now. */
function withNameservers(pods: readonly Pod[], told: readonly Pod[]): Pod[] {
  const now = new Map(told.map(({ name, nameservers }) => [name, nameservers]))
  return pods.map(pod => ({ ...pod, nameservers: now.get(pod.name) ?? pod.nameservers }))
}

/** The hosts files of all pods and machines where a name has changed, and the resolv.conf files that are new or other. No `before`: all. */
function nameFiles(
  before: Lab | undefined,
  lab: Lab,
  pods: readonly Pod[],
  fresh: ReadonlySet<string>,
): Command[] {
  const folder = (pod: { name: string }) => `/etc/netns/${pod.name}`
  const asking = pods.filter(pod => {
    const was = before?.pods.find(({ name }) => name === pod.name)
    return fresh.has(pod.name)
      ? pod.nameservers.length > 0
      : was?.nameservers.join(' ') !== pod.nameservers.join(' ')
  })
  const differs = before === undefined ? () => true : hostsDiffer(before, lab)
  const toTell = [...pods, ...onNetworks(lab)].filter(place => fresh.has(place.name) || differs(place))
  return [
    ...(fresh.size === 0
      ? []
      : [onHost(['mkdir', '-p', ...pods.filter(pod => fresh.has(pod.name)).map(folder)])]),
    ...writeHosts(lab, toTell),
    ...asking.map(pod => {
      const file = `${folder(pod)}/resolv.conf`
      return pod.nameservers.length === 0
        ? onHost(['rm', '-f', file])
        : { ...onHost(['tee', file]), input: resolvConf(pod.nameservers) }
    }),
  ]
}

function labFiles(before: Lab, lab: Lab, anew: boolean): Command[] {
  const written = Object.entries(lab.files).filter(([path, text]) => anew || before.files[path] !== text)
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
