import { type Command, host, type Place } from '../command/command.ts'
import { shellLine } from '../command/command-line.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import type { BridgePort, LinkEnd, RoutedPair, SegmentPort, Wire } from '../model/machine.ts'
import { familiesOf, placesOf } from '../model/places.ts'
import { isEverInMode } from '../model/proxy-modes.ts'
import { wiringOf } from '../model/wiring.ts'
import { cable, namespace } from '../network/cable.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { actionsOf } from '../plan/task-steps.ts'
import { containerLines } from './container-lines.ts'
import { commentWords, yamlScalar } from './yaml-text.ts'

/** A link whose two ends are in two containers. */
type Cable = BridgePort | RoutedPair | SegmentPort | Wire

/** Bytes: the kernel's; containerlab's own default is 9500. */
const usualMtu = 1500

// Node names that mean something else at the end of a link: containerlab, links/link.go.
const reserved = new Set(['host', 'mgmt-net', 'macvlan', 'vxlan', 'vxlan-stitch', 'dummy'])

/**
 * A lab as a topology for containerlab: places are containers, cables are links, and the plan's commands are each container's `exec`.
 * Throws NetlabError where the lab is about what no container has.
 */
export function containerlabTopology({ lab, plan }: LabInCondition, image: string): string {
  mustBeContainers(lab)
  const places = placesOf(lab)
  const names = nodeNames(lab, places)
  const nameOf = (place: Place) => names.get(place) ?? place
  const cables = cablesOf(lab)
  const namespaces = new Set(places.map(place => keyOf(namespace(place).command)))
  const links: string[] = []
  const lists = new Map(places.map(place => [place, new ExecList()]))
  for (const [index, step] of plan.steps.entries()) {
    for (const list of lists.values())
      list.begin(`${index + 1}/${plan.steps.length} ${commentWords(step.title)}`)
    for (const { command } of actionsOf(step)) {
      const key = keyOf(command)
      const link = cables.get(key)
      if (link !== undefined) {
        links.push(linkLine(link, nameOf))
        for (const end of [link.far, link.near])
          for (const argv of endCommands(end)) lists.get(end.place)?.run(shellLine(argv))
      } else if (!namespaces.has(key)) {
        for (const each of containerLines(command, places)) {
          if ('line' in each) lists.get(each.place)?.run(each.line)
          else lists.get(each.place)?.leave(each.left, each.because)
        }
      }
    }
  }
  const nodes = places.flatMap(place => {
    const lines = lists.get(place)?.lines ?? []
    // Where there are nodes and no networks between them the host has no part.
    if (place === host && lines.length === 0) return []
    const exec = lines.some(line => line.startsWith('- ')) ? ['      exec:'] : []
    return [`    ${nameOf(place)}:`, '      kind: linux', ...exec, ...lines.map(line => `        ${line}`)]
  })
  const text = [
    ...header({ lab, plan }, nameOf),
    `name: ${lab.name}`,
    'topology:',
    '  kinds:',
    '    linux:',
    `      image: ${yamlScalar(image)}`,
    // No interface is there but those of the lab, so that eth0 is the lab's as well.
    '      network-mode: none',
    '      user: root',
    '      cmd: sleep infinity',
    ...(familiesOf(lab).includes('ipv6')
      ? ['      sysctls:', '        net.ipv6.conf.all.disable_ipv6: 0']
      : []),
    '  nodes:',
    ...nodes,
    ...(links.length === 0 ? [] : ['  links:', ...links]),
  ].join('\n')
  return `${unrendered(text)}\n`
}

/** The lines of one container, a comment before those of each step. */
class ExecList {
  readonly lines: string[] = []
  #title: string | undefined

  begin(title: string): void {
    this.#title = title
  }

  run(line: string): void {
    this.#add(`- ${indented(yamlScalar(line))}`)
  }

  leave(line: string, because: string): void {
    this.#add(`# not here, since ${because}: ${commentWords(line)}`)
  }

  #add(line: string): void {
    if (this.#title !== undefined) this.lines.push(`# ${this.#title}`)
    this.#title = undefined
    this.lines.push(line)
  }
}

/** Behind a dash, at the depth of a node's list. */
function indented(scalar: string): string {
  return scalar.replaceAll(/\n(?=.)/g, '\n        ')
}

/** Whoever opens the file reads here how it is used. */
function header(
  { lab, plan }: Pick<LabInCondition, 'lab' | 'plan'>,
  nameOf: (place: Place) => string,
): string[] {
  const modules = [
    ...(/"net\.bridge\./.test(JSON.stringify(plan.steps)) ? ['br_netfilter'] : []),
    ...(isEverInMode(lab, 'ipvs') ? ['ip_vs', 'ip_vs_rr'] : []),
  ]
  const asks = plan.steps
    .flatMap(({ checks }) => checks)
    .filter(
      check => check.kind === 'curl' && !check.once && check.expect.every(({ kind }) => kind !== 'fails'),
    )
    .slice(-3)
  return [
    commentWords(lab.title),
    '',
    `netlab's lab ${lab.name} as a topology for containerlab. Save it as ${lab.name}.clab.yml, then:`,
    `  containerlab deploy -t ${lab.name}.clab.yml`,
    `  containerlab destroy -t ${lab.name}.clab.yml --cleanup`,
    ...(modules.length === 0 ? [] : [`The machine needs: modprobe ${modules.join(' ')}`]),
    ...(asks.length === 0 ? [] : ['Then ask, for example:']),
    ...asks.flatMap(check =>
      check.kind === 'curl'
        ? [
            `  docker exec clab-${lab.name}-${nameOf(check.from)} ${commentWords(shellLine(['curl', '-s', check.url]))}`,
          ]
        : [],
    ),
    '',
    ...(lab.nodes.length > 0
      ? [`${nameOf(host)} has the bridges that are the networks between nodes and machines.`]
      : [`${nameOf(host)} is what netlab calls the host.`]),
    "Each container runs its own lines in order. containerlab promises no order between containers, so what is here is the lab's end, not its lesson.",
    "Its containers are privileged, unlike netlab's labs: what runs in them is root of the machine.",
  ].map(line => (line === '' ? '#' : `# ${line}`))
}

/** What each container is called: as its place, but for the host, which means the machine itself to containerlab. */
function nodeNames(lab: Lab, places: readonly Place[]): ReadonlyMap<Place, string> {
  const names = new Map<Place, string>()
  const taken = new Set([...reserved, ...places])
  for (const place of places) {
    if (!reserved.has(place)) continue
    let name = place === host ? (lab.nodes.length > 0 ? 'switch' : 'node') : `${place}-1`
    while (taken.has(name)) name = `${name}-1`
    taken.add(name)
    names.set(place, name)
  }
  return names
}

/** The commands of a plan that are links here. */
function cablesOf(lab: Lab): ReadonlyMap<string, Cable> {
  const { nodes, machines } = wiringOf(lab)
  const links = [...nodes, ...machines].flatMap(machine => machine.links)
  const cables = links.filter((link): link is Cable => link.kind !== 'macvlan' && link.kind !== 'vxlan')
  return new Map(cables.map(link => [keyOf(cable(link).command), link]))
}

function keyOf({ argv, in: place }: Command): string {
  return JSON.stringify([place, argv])
}

function linkLine({ far, near }: Cable, nameOf: (place: Place) => string): string {
  const [one, other] = [far, near].map(end => `"${nameOf(end.place)}:${end.interface}"`)
  return `    - {endpoints: [${one}, ${other}], mtu: ${linkMtu({ far, near })}}`
}

/** Both ends have one size in containerlab: the larger; the smaller end is set to its own. */
function linkMtu({ far, near }: Pick<Cable, 'far' | 'near'>): number {
  return Math.max(far.mtu ?? usualMtu, near.mtu ?? usualMtu)
}

/** What an end has that a link cannot say. */
function endCommands({ interface: dev, mtu, single, lladdr }: LinkEnd): string[][] {
  const set = ['ip', 'link', 'set', 'dev', dev]
  return [
    ...(lladdr === undefined ? [] : [[...set, 'address', lladdr]]),
    ...(mtu === undefined ? [] : [[...set, 'mtu', String(mtu)]]),
    ...(single === true ? [[...set, 'gso_max_segs', '1']] : []),
  ]
}

function mustBeContainers(lab: Lab): void {
  const why = unlikeContainers(lab)
  if (why === undefined) return
  throw new NetlabError({
    what: `${lab.name} cannot be a topology of containers`,
    why,
    fix: `netlab up ${lab.name} runs it here, netlab plan ${lab.name} prints its commands`,
    exitCode: exitCode.wrongInput,
  })
}

/** What a lab is about that no container of containerlab has. */
function unlikeContainers(lab: Lab): string | undefined {
  if (isEverInMode(lab, 'ebpf'))
    return 'its services are found by a program that netlab loads into the kernel, for the sockets of the lab alone'
  if (lab.pods.some(({ link }) => link.kind === 'cni'))
    return 'CNI plugins wire its pods, and a container cannot reach into the namespaces of others as a runtime does'
  if (lab.pods.some(({ link }) => link.kind === 'macvlan'))
    return "its pods have a macvlan of their node's interface, which containerlab makes of the machine's own interfaces only"
  return undefined
}

/**
 * A text that stays as it is when containerlab has rendered it: topology files are Go templates in which variables of the environment are
 * put (core/file.go; manual, "Environment variables").
 */
function unrendered(text: string): string {
  return text.replaceAll('{{', '{{`{{`}}').replaceAll('$', '$$$$')
}
