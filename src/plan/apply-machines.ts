import { type Action, type Command, host, onHost } from '../command/command.ts'
import { contains } from '../model/address.ts'
import type { HalfMade } from '../model/condition.ts'
import { gatewayIn } from '../model/families.ts'
import type { Lab, LabMachine, LabNetwork, Lease, Overlay, StaticRoute } from '../model/lab.ts'
import { onNetworks } from '../model/places.ts'
import { networksOf, segmentMachine } from '../model/wiring.ts'
import { raiseBridge } from '../network/bridge.ts'
import { ownDevice, waysTo } from '../network/overlay.ts'
import { raiseSegment } from '../network/segment.ts'
import { attachMachines, detachMachines, passingIPv6 } from '../network/wiring.ts'
import { type ApplyStage, action, type KernelFacts, remainsOf } from './apply-stage.ts'
import { topologyChecks } from './checks.ts'
import { type LabInCondition, labIn } from './lab-in-condition.ts'
import type { Adjusted, MachinesDifference } from './machines-difference.ts'
import { subnetFiles } from './overlay.ts'
import { hostsDiffer, writeHosts } from './pod-files.ts'
import { bridgeRules, settings, startCommands } from './topology.ts'

/**
 * Brings networks, nodes and machines that are new, takes machines away that go, and gives those that stay other routes and settings. Nodes
 * that go are there yet: their pods are.
 */
export function joinStage(
  before: LabInCondition,
  lab: Lab,
  difference: MachinesDifference,
  kernel: KernelFacts,
): ApplyStage {
  const { networksAdded, nodesAdded, machinesAdded, machinesRemoved, replaced, adjusted } = difference
  const { nodesRemoved, networksRemoved } = difference
  const old = before.lab
  const names = (those: readonly { name: string }[]) => new Set(those.map(({ name }) => name))
  const goes = names([...machinesRemoved, ...replaced])
  const going = old.machines.filter(({ name }) => goes.has(name))
  const coming = [...nodesAdded, ...machinesAdded, ...replaced]
  const standing: Lab = {
    ...old,
    networks: [...lab.networks, ...networksRemoved],
    nodes: [...lab.nodes, ...nodesRemoved],
    machines: lab.machines,
    bridges: [
      ...lab.bridges,
      ...old.bridges.filter(({ node }) => nodesRemoved.some(({ name }) => name === node)),
    ],
    ...(lab.overlay === undefined
      ? {}
      : { overlay: withLeases(lab.overlay, old.overlay?.leases ?? [], nodesRemoved) }),
  }
  const asMachines = (those: readonly LabMachine[], of: Lab) =>
    those.map(each => segmentMachine(each, of.networks))
  const left = asMachines(
    [...old.nodes, ...old.machines].filter(({ name }) => !goes.has(name)),
    old,
  )
  const fresh = names(nodesAdded)
  const bridges = networksOf(lab).filter(({ place }) => fresh.has(place))
  const passing = passingIPv6({ networks: bridges, nodes: asMachines(coming, lab), machines: [] })
  const differs = hostsDiffer(old, standing)
  const folders = [...nodesAdded, ...machinesAdded].map(({ name }) => `/etc/netns/${name}`)
  const commands: Command[] = [
    ...detachMachines(asMachines(going, old), left, remainsOf(kernel)),
    ...removedFolders(machinesRemoved),
    ...networksAdded
      .flatMap(({ bridge }) => raiseSegment({ kind: 'segment', place: host, name: bridge }))
      .map(({ command }) => command),
    ...attachMachines(asMachines(coming, lab), passing).map(({ command }) => command),
    ...bridges.flatMap(raiseBridge).map(({ command }) => command),
    ...(folders.length === 0 ? [] : [onHost(['mkdir', '-p', ...folders])]),
    ...writeHosts(
      standing,
      [...standing.pods, ...onNetworks(standing)].filter(place => coming.length > 0 || differs(place)),
    ),
    ...coming.flatMap(settings),
    ...joined(standing, old, fresh),
    ...lab.bridges.filter(({ node }) => fresh.has(node)).flatMap(bridgeRules),
    ...adjusted.flatMap(each => adjustment(each)),
    ...startCommands(coming),
  ]
  return {
    step: {
      title: joinTitle(difference),
      why: 'Machines and networks come before what is plugged into them, and know each other by name.',
      from: 'topology',
      actions: commands.map(action),
      checks: [...adjusted.map(({ now }) => now), ...coming].flatMap(each => {
        const alone = { ...lab, pods: [], nodes: [], machines: [each] }
        return [
          ...topologyChecks('network', alone),
          ...(coming.includes(each) ? topologyChecks('servers', alone) : []),
        ]
      }),
    },
    ends: going.map(({ name }) => name).filter(name => kernel.namespaces.has(name)),
    touches: [],
    halfMade: {
      nodes: nodesAdded,
      machines: [...going, ...machinesAdded],
      networks: networksAdded,
      leases: lab.overlay?.leases.filter(({ node }) => fresh.has(node)) ?? [],
      adjusted,
    },
    leaves: labIn(before.condition, standing),
  }
}

/** Takes nodes away, whose pods are gone, and networks that nobody is on any more. */
export function leaveStage(
  before: LabInCondition,
  lab: Lab,
  { nodesRemoved, networksRemoved }: MachinesDifference,
  kernel: KernelFacts,
): ApplyStage {
  const old = before.lab
  const gone = new Set(nodesRemoved.map(({ name }) => name))
  const leaving = old.overlay?.leases.filter(({ node }) => gone.has(node)) ?? []
  const asMachines = (those: readonly LabMachine[]) => those.map(each => segmentMachine(each, old.networks))
  const commands: Command[] = [
    ...parted(old.overlay, lab.nodes, leaving).flatMap(({ undo }) => undo),
    ...detachMachines(asMachines(nodesRemoved), asMachines(onNetworks(lab)), remainsOf(kernel)),
    ...networksRemoved
      .filter(({ bridge }) => kernel.places.get(host)?.links.has(bridge) === true)
      .map(({ bridge }) => withoutLink(bridge)),
    ...removedFolders(nodesRemoved),
  ]
  const { overlay: _, ...rest } = old
  return {
    step: {
      title: nodesRemoved.length === 0 ? 'Remove networks' : `Remove ${listed(nodesRemoved, 'node')}`,
      why: 'Nobody is sent to its pods any more, and no other node is to know a way there.',
      from: 'topology',
      actions: commands.map(action),
      checks: [],
    },
    ends: nodesRemoved.map(({ name }) => name).filter(name => kernel.namespaces.has(name)),
    touches: [],
    halfMade: { nodes: nodesRemoved, machines: [], networks: networksRemoved, leases: leaving, adjusted: [] },
    leaves: labIn(before.condition, {
      ...rest,
      ...{ networks: lab.networks, nodes: lab.nodes, bridges: lab.bridges },
      ...(lab.overlay === undefined ? {} : { overlay: lab.overlay }),
    }),
  }
}

/** Takes away what a broken-off apply has made of nodes, machines and networks, or has left of them. `half` is in the lab no more. */
export function sweepMachinesStage(before: LabInCondition, half: HalfMade, kernel: KernelFacts): ApplyStage {
  const { lab } = before
  const networks = [...lab.networks, ...half.networks]
  const asMachines = (those: readonly LabMachine[]) => those.map(each => segmentMachine(each, networks))
  const going = [...half.nodes, ...half.machines]
  const commands: Command[] = [
    // Made once more, it is surely there, and can be taken away.
    ...parted(lab.overlay, lab.nodes, half.leases).flatMap(({ command, undo }) => [
      replacing(command),
      ...undo,
    ]),
    ...half.adjusted.flatMap(({ was, now }) => adjustment({ was: now, now: was }, true)),
    ...detachMachines(asMachines(going), asMachines(onNetworks(lab)), remainsOf(kernel)),
    ...half.networks
      .filter(({ bridge }) => kernel.places.get(host)?.links.has(bridge) === true)
      .map(({ bridge }) => withoutLink(bridge)),
    ...removedFolders(going),
  ]
  return {
    step: {
      title: 'Sweep the machines that a broken-off apply was at',
      why: 'How far it came is not known: what it was at goes, and comes anew.',
      from: 'topology',
      actions: commands.map(action),
      checks: [],
    },
    ends: going.map(({ name }) => name).filter(name => kernel.namespaces.has(name)),
    touches: [],
    halfMade: half,
    leaves: before,
  }
}

/** Ends the programs of nodes and machines, and starts others. */
export function restartMachinesStage(
  before: LabInCondition,
  lab: Lab,
  { restarted }: MachinesDifference,
): ApplyStage {
  return {
    step: {
      title: `Restart ${listed(restarted, 'machine')}`,
      why: 'A machine keeps its network namespace while its programs end and others start.',
      from: 'topology',
      actions: startCommands(restarted).map(action),
      checks: topologyChecks('servers', { ...lab, pods: [], nodes: [], machines: restarted }),
    },
    ends: restarted.map(({ name }) => name),
    touches: [],
    leaves: before,
  }
}

function withoutLink(name: string): Command {
  return onHost(['ip', 'link', 'delete', 'dev', name])
}

function removedFolders(those: readonly LabMachine[]): Command[] {
  return those.length === 0
    ? []
    : [onHost(['rm', '-r', '-f', ...those.map(({ name }) => `/etc/netns/${name}`)])]
}

/** The leases of nodes that are there yet stay. */
function withLeases(
  overlay: NonNullable<Lab['overlay']>,
  leases: readonly Lease[],
  removed: readonly LabMachine[],
) {
  const yet = leases.filter(({ node }) => removed.some(({ name }) => name === node))
  return { ...overlay, leases: [...overlay.leases, ...yet] }
}

/** What flanneld does on nodes that join, and on the others when it hears of them. */
function joined({ overlay }: Lab, old: Lab, fresh: ReadonlySet<string>): Command[] {
  if (overlay === undefined || fresh.size === 0) return []
  const { leases } = overlay
  const news = leases.filter(({ node }) => fresh.has(node))
  const there = leases.filter(({ node }) => old.nodes.some(({ name }) => name === node))
  return [
    ...subnetFiles(overlay, news),
    ...news.flatMap(lease => [
      ...ownDevice(overlay, lease),
      ...leases.flatMap(peer => (peer === lease ? [] : waysTo(overlay, lease, peer))),
    ]),
    ...there.flatMap(lease => news.flatMap(peer => waysTo(overlay, lease, peer))),
  ].map(each => ('command' in each ? replacing(each.command) : each))
}

/** What nodes know of those that go; the last thing first. */
function parted(
  overlay: Overlay | undefined,
  nodes: readonly LabMachine[],
  leaving: readonly Lease[],
): Action[] {
  if (overlay === undefined) return []
  const all = { ...overlay, leases: [...new Set([...overlay.leases, ...leaving])] }
  const staying = all.leases.filter(({ node }) => nodes.some(({ name }) => name === node))
  return staying.flatMap(lease => leaving.flatMap(peer => waysTo(all, lease, peer).toReversed()))
}

/** The same command, where what it makes may be there already. */
function replacing(command: Command): Command {
  const [program = '', object = '', verb = '', ...rest] = command.argv
  const isEntry = /^(route|neigh|fdb)$/.test(object) && /^(add|append)$/.test(verb)
  return isEntry ? { ...command, argv: [program, object, 'replace', ...rest] } : command
}

/** `isUnsure`: whether what goes is there is not known. */
function adjustment({ was, now }: Adjusted, isUnsure = false): Command[] {
  const ip = (...argv: readonly string[]): Command => ({ argv: ['ip', 'route', ...argv], in: now.name })
  const key = ({ to, via }: StaticRoute) => `${to.address}/${to.prefix} ${via}`
  const words = ({ to, via }: StaticRoute) => [`${to.address}/${to.prefix}`, 'via', via]
  const isTo = ({ to }: StaticRoute) =>
    now.routes.some(each => contains(each.to, to.address) && each.to.prefix === to.prefix)
  const removed = was.routes.filter(route => !isTo(route))
  const others = now.routes.filter(route => !was.routes.some(each => key(each) === key(route)))
  const away = (route: readonly string[]) => [
    ...(isUnsure ? [ip('replace', ...route)] : []),
    ip('delete', ...route),
  ]
  const gateways = (['ipv4', 'ipv6'] as const).flatMap(family => {
    const [old, next] = [gatewayIn(was, family), gatewayIn(now, family)]
    if (old === next) return []
    return next === undefined ? away(['default', 'via', old!]) : [ip('replace', 'default', 'via', next)]
  })
  const sysctls = Object.entries(now.sysctls).filter(([name, value]) => was.sysctls[name] !== value)
  return [
    ...removed.flatMap(route => away(words(route))),
    ...others.map(route => ip('replace', ...words(route))),
    ...gateways,
    ...sysctls.map(([name, value]) => ({ argv: ['sysctl', '-w', `${name}=${value}`], in: now.name })),
  ]
}

function joinTitle({
  networksAdded,
  nodesAdded,
  machinesAdded,
  machinesRemoved,
  replaced,
}: MachinesDifference): string {
  const parts = [
    ...(nodesAdded.length > 0 ? [`add ${listed(nodesAdded, 'node')}`] : []),
    ...(machinesAdded.length > 0 ? [`add ${listed(machinesAdded, 'machine')}`] : []),
    ...(replaced.length > 0 ? [`replace ${listed(replaced, 'machine')}`] : []),
    ...(machinesRemoved.length > 0 ? [`remove ${listed(machinesRemoved, 'machine')}`] : []),
    ...(nodesAdded.length + machinesAdded.length === 0 && networksAdded.length > 0 ? ['add networks'] : []),
  ]
  const title = parts.join(', ') || 'other routes and settings'
  return `${title.charAt(0).toUpperCase()}${title.slice(1)}`
}

function listed(those: readonly (LabMachine | LabNetwork)[], noun: string): string {
  const names = those.map(({ name }) => name)
  return names.length > 4 ? `${names.length} ${noun}s` : names.join(', ')
}
