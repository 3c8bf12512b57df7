import { gatewaysOf } from '../model/families.ts'
import type { Lab, LabMachine, LabNetwork } from '../model/lab.ts'
import { machineAddresses } from '../model/places.ts'
import { arrow, type Change, change, programsOf, same } from './change.ts'
import { commandsOf } from './task-steps.ts'

/** What lies between the nodes, machines and networks of a lab as it runs and those of the lab that it is to be. */
export interface MachinesDifference {
  changes: readonly Change[]
  networksAdded: readonly LabNetwork[]
  networksRemoved: readonly LabNetwork[]
  nodesAdded: readonly LabMachine[]
  nodesRemoved: readonly LabMachine[]
  machinesAdded: readonly LabMachine[]
  machinesRemoved: readonly LabMachine[]
  /** Machines that go, and come anew: as they are to be. */
  replaced: readonly LabMachine[]
  /** Nodes and machines that stay with other routes or settings. */
  adjusted: readonly Adjusted[]
  /** Nodes and machines whose programs end, and others start: as they are to be. */
  restarted: readonly LabMachine[]
  /** What a running lab cannot be given, in words. */
  impossible: readonly string[]
}

/** A node or machine as it is, and as it is to be. */
export interface Adjusted {
  was: LabMachine
  now: LabMachine
}

/** Compares nodes, machines and networks. */
export function machinesDifference(before: Lab, after: Lab): MachinesDifference {
  const nodes = partsOf(before.nodes, after.nodes)
  const machines = partsOf(before.machines, after.machines)
  const networks = partsOf(before.networks, after.networks)
  const replaced = machines.kept.filter(({ was, now }) => otherLinks(was, now).length > 0)
  const stay = [...nodes.kept, ...machines.kept.filter(each => !replaced.includes(each))]
  const adjusted = stay.filter(({ was, now }) => adjustments(was, now).length > 0)
  const restarted = stay.filter(({ was, now }) => otherPrograms(was, now).length > 0)
  const kindOf = ({ name }: LabMachine) =>
    after.nodes.some(node => node.name === name) ? ('node' as const) : ('machine' as const)
  return {
    changes: [
      ...networks.added.map(({ name }) => change('network', name, 'added', [])),
      ...networks.removed.map(({ name }) => change('network', name, 'removed', [])),
      ...nodes.added.map(each => change('node', each.name, 'added', machineAddresses(each))),
      ...nodes.removed.map(({ name }) => change('node', name, 'removed', [])),
      ...machines.added.map(each => change('machine', each.name, 'added', machineAddresses(each))),
      ...machines.removed.map(({ name }) => change('machine', name, 'removed', [])),
      ...replaced.map(({ was, now }) => change('machine', now.name, 'replaced', otherLinks(was, now))),
      ...stay.flatMap(({ was, now }) => {
        const details = [...otherPrograms(was, now), ...adjustments(was, now)]
        const how = otherPrograms(was, now).length > 0 ? ('restarted' as const) : ('changed' as const)
        return details.length === 0 ? [] : [change(kindOf(now), now.name, how, details)]
      }),
    ],
    ...{ networksAdded: networks.added, networksRemoved: networks.removed },
    ...{ nodesAdded: nodes.added, nodesRemoved: nodes.removed },
    ...{ machinesAdded: machines.added, machinesRemoved: machines.removed },
    replaced: replaced.map(({ now }) => now),
    adjusted,
    restarted: restarted.map(({ now }) => now),
    impossible: [
      ...kindChanges(before, after),
      ...networks.kept
        .filter(({ was, now }) => !same(was, now))
        .map(({ now }) => `network ${now.name}: cables are plugged into it as it is`),
      ...nodes.kept
        .filter(({ was, now }) => otherLinks(was, now).length > 0)
        .map(
          ({ was, now }) => `node ${now.name}: ${otherLinks(was, now).join('; ')}; its pods would be cut off`,
        ),
      ...replaced.flatMap(({ now }) => lostWork(before, now)),
      ...stay.flatMap(lostSettings),
      ...overlayChanges(before, after),
      ...takenYet(nodes.added, nodes.removed),
    ],
  }
}

/** Of things with names: which come, which go, and which are there before and after. */
function partsOf<Named extends { name: string }>(before: readonly Named[], after: readonly Named[]) {
  const old = new Map(before.map(each => [each.name, each]))
  const now = new Set(after.map(({ name }) => name))
  return {
    added: after.filter(({ name }) => !old.has(name)),
    removed: before.filter(({ name }) => !now.has(name)),
    kept: after.flatMap(each => {
      const was = old.get(each.name)
      return was === undefined ? [] : [{ was, now: each }]
    }),
  }
}

function linkWords({ interfaces, vxlans = [] }: LabMachine): string {
  const own = interfaces.map(({ name, network, addresses, mtu, lladdr }) => {
    const size = `${mtu === undefined ? '' : ` mtu ${mtu}`}${lladdr === undefined ? '' : ` lladdr ${lladdr}`}`
    return `${name} ${addresses.map(({ address, prefix }) => `${address}/${prefix}`).join(' ')} on ${network}${size}`
  })
  const tunnels = vxlans.map(({ name, id, dev, remotes, port, addresses, mtu }) => {
    const known = [addresses.map(({ address, prefix }) => `${address}/${prefix}`).join(' '), `port ${port}`]
    const size = mtu === undefined ? [] : [`mtu ${mtu}`]
    return [name, `VXLAN ${id}`, `over ${dev} to ${remotes.join(' ')}`, ...known, ...size].join(' ')
  })
  return [...own, ...tunnels].join(', ')
}

function otherLinks(was: LabMachine, now: LabMachine): string[] {
  const known = ({ neighbours }: LabMachine) =>
    neighbours.map(({ address, lladdr, dev }) => `${address} ${lladdr} on ${dev}`).join(', ')
  return [
    ...arrow('interfaces', linkWords(was), linkWords(now)),
    ...arrow('neighbours', known(was), known(now)),
  ]
}

function otherPrograms(was: LabMachine, now: LabMachine): string[] {
  return arrow('programs', programsOf(was), programsOf(now))
}

/** What changes of a machine while its programs run on. */
function adjustments(was: LabMachine, now: LabMachine): string[] {
  const routes = ({ routes: all }: LabMachine) =>
    all.map(({ to, via }) => `${to.address}/${to.prefix} via ${via}`).join(', ')
  const settings = ({ sysctls }: LabMachine) =>
    Object.entries(sysctls)
      .map(([key, value]) => `${key}=${value}`)
      .join(', ')
  return [
    ...arrow('gateway', gatewaysOf(was).join(' and '), gatewaysOf(now).join(' and ')),
    ...arrow('routes', routes(was), routes(now)),
    ...arrow('sysctls', settings(was), settings(now)),
  ]
}

/** A setting that is no longer said: nobody knows what it was before. */
function lostSettings({ was, now }: Adjusted): string[] {
  const lost = Object.keys(was.sysctls).filter(key => !(key in now.sysctls))
  return lost.length === 0
    ? []
    : [
        `sysctls of ${now.name}: what ${lost.join(', ')} was before is not known; write the value that it is to have`,
      ]
}

/** Of a machine that goes and comes anew, what steps have done in it is gone. */
function lostWork({ steps }: Lab, { name }: LabMachine): string[] {
  const isDone = steps.some(step => commandsOf(step).some(command => command.in === name))
  return isDone ? [`machine ${name}: what steps have done in it would be lost with its interfaces`] : []
}

function kindChanges(before: Lab, after: Lab): string[] {
  const isOfNodes = ({ nodes }: Lab) => nodes.length > 0
  if (isOfNodes(before) !== isOfNodes(after))
    return ['nodes: a lab of one machine, the host, and one of several nodes are built otherwise']
  const kinds = (lab: Lab) =>
    new Map([
      ...lab.nodes.map(({ name }): [string, string] => [name, 'node']),
      ...lab.machines.map(({ name }): [string, string] => [name, 'machine']),
      ...lab.pods.map(({ name }): [string, string] => [name, 'pod']),
    ])
  const now = kinds(after)
  return [...kinds(before)].flatMap(([name, kind]) => {
    const other = now.get(name)
    return other === undefined || other === kind
      ? []
      : [`${kind} ${name}: it is a ${other} now; give that another name`]
  })
}

function overlayChanges(before: Lab, after: Lab): string[] {
  const [was, now] = [before.overlay, after.overlay]
  if (same(was, now)) return []
  if (was === undefined || now === undefined)
    return ['overlay: the ways between nodes are made with them, by one or without one']
  const { leases: old, ...ofOld } = was
  const { leases: fresh, ...ofNew } = now
  if (!same(ofOld, ofNew)) return ['overlay: the ways between nodes are made with them']
  return fresh.flatMap(lease => {
    const had = old.find(({ node }) => node === lease.node)
    const words = ({ subnet }: typeof lease) => `${subnet.address}/${subnet.prefix}`
    return had === undefined || same(had, lease)
      ? []
      : [
          `overlay: node ${lease.node} has leased ${words(had)}, and would now have ${words(lease)}; write "subnet: ${words(had)}" in it`,
        ]
  })
}

/** Two nodes with one address must not meet, and one of them takes its subnet's routes along. */
function takenYet(added: readonly LabMachine[], removed: readonly LabMachine[]): string[] {
  return added.flatMap(node => {
    const owner = removed.find(each =>
      machineAddresses(each).some(address => machineAddresses(node).includes(address)),
    )
    return owner === undefined
      ? []
      : [
          `node ${node.name}: it has an address of ${owner.name}, which is there yet; take that away in an apply of its own`,
        ]
  })
}
