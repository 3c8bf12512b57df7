import { type Action, type Command, onHost } from '../command/command.ts'
import { familyOf, subnetOf } from '../model/address.ts'
import type { Cidr } from '../model/cidr.ts'
import { addressesOf, iptablesOf } from '../model/families.ts'
import type { Bridge, BuildPart, Container, Lab, LabMachine, Pod } from '../model/lab.ts'
import { onNetworks } from '../model/places.ts'
import { isWiredByPlugins } from '../model/pod-link.ts'
import { pinsPods, wiringOf } from '../model/wiring.ts'
import { attachAll } from '../network/wiring.ts'
import { cniPart } from './cni.ts'
import { overlayPart } from './overlay.ts'
import { pausedPrograms, pauseScripts, whyPause } from './pause.ts'
import { resolvConf, writeHosts } from './pod-files.ts'

/** What a part of the topology is called, and why it is there. */
export interface PartWords {
  title: string
  why: string
}

/** The same, with the commands that build it, in order. */
export interface Part extends PartWords {
  /** Links: each command with what takes it back. */
  links?: readonly Action[]
  commands: readonly Command[]
}

// net.ipv4.neigh.default.gc_thresh3 cannot be set in a namespace; entries that are permanent do not count (arp(7)).
/** Why a lab's pods are pinned. */
export const whyPinned =
  'With so many pods two things are done that a few would not need. A kernel keeps 1,024 neighbours at most, in all of ' +
  'its namespaces together, and forgets none within five seconds: so each address is made known with a hardware address ' +
  'for good. And with IPv6 each pod would announce itself to all others: addrgenmode none keeps it from having an address.'

type PlainPart = Exclude<BuildPart, 'services'>

/** Outlines ask for a part's words and plans for its commands, which a large lab has thousands of. */
const made = new WeakMap<Lab, Map<PlainPart, Part>>()

/** The parts of the topology that are plain commands; services are made from kube-proxy's rules elsewhere. */
export function topologyPart(part: PlainPart, lab: Lab): Part {
  const parts = made.get(lab) ?? new Map<PlainPart, Part>()
  made.set(lab, parts)
  const known = parts.get(part) ?? makePart(part, lab)
  parts.set(part, known)
  return known
}

function makePart(part: PlainPart, lab: Lab): Part {
  switch (part) {
    case 'forwarding':
      return forwarding(lab)
    case 'network':
      return network(lab)
    case 'overlay':
      return lab.overlay === undefined ? nothing : overlayPart(lab.overlay)
    case 'cni':
      return lab.cni === undefined ? nothing : cniPart(lab)
    case 'firewall':
      return firewall(lab)
    case 'servers':
      return servers(lab)
  }
}

const nothing: Part = { title: '', why: '', commands: [] }

function forwarding(lab: Lab): Part {
  return {
    title: 'Forwarding',
    why:
      'A Linux machine drops every packet that is not for itself until net.ipv4.ip_forward is 1. A Kubernetes node must pass ' +
      'packets on, between its pods and the world, so this comes before anything else.' +
      ('net.ipv6.conf.all.forwarding' in lab.sysctls
        ? ' IPv6 has a setting of its own, net.ipv6.conf.all.forwarding.'
        : '') +
      (lab.sysctls['net.bridge.bridge-nf-call-iptables'] === '1'
        ? ' net.bridge.bridge-nf-call-iptables lets iptables see what only crosses a bridge, too: services need it.'
        : ''),
    commands: Object.entries(lab.sysctls).map(([key, value]) => onHost(['sysctl', '-w', `${key}=${value}`])),
  }
}

function network(lab: Lab): Part {
  const { bridges, pods, networks, nodes, machines } = lab
  const hasPods = pods.length > 0 || nodes.length + machines.length === 0
  const byPlugins = pods.some(isWiredByPlugins)
  return {
    title: [
      ...(nodes.length > 0 ? [placed(nodes, 'node', machines.length > 0 ? [] : networks)] : []),
      ...(hasPods ? [placed(pods, 'pod', nodes.length > 0 ? [] : bridges)] : []),
      ...(machines.length > 0 ? [placed(machines, 'machine', networks)] : []),
    ].join(', '),
    why: [
      ...(nodes.length > 0 ? [whyNodes] : []),
      ...(pods.some(isPlugged) || pods.length + nodes.length + machines.length === 0
        ? [nodes.length > 0 ? whyPodsOfNodes : whyPods]
        : []),
      ...(byPlugins ? [whyBarePods] : []),
      ...(pods.some(({ link }) => link.kind === 'routed') ? [whyRoutedPods] : []),
      ...(pods.some(({ link }) => link.kind === 'macvlan') ? [whyMacvlan] : []),
      ...(pinsPods(lab) ? [whyPinned] : []),
      ...(machines.length > 0 ? [nodes.length > 0 ? whyMachinesBesideNodes : whyMachines] : []),
    ].join('\n'),
    links: attachAll(wiringOf(lab)),
    commands: [...nameFiles(lab), ...onNetworks(lab).flatMap(settings)],
  }
}

const whyPods =
  'A pod is a network namespace with a veth pair as its cable: one end is eth0 inside, the other is plugged into a bridge ' +
  'on the host. The bridge has the address that the pods use as their gateway.'

const whyBarePods =
  'A pod that CNI plugins are to wire is at first a network namespace and nothing more: a loopback interface, and no way to anywhere. ' +
  'The container runtime makes it so.'

const whyRoutedPods =
  'A pod with a /32 has nobody else on its network: its cable ends on the node itself, in no bridge. The node has a route to that one ' +
  "address. The pod's gateway is an address that nobody has: the node answers for it (proxy ARP), as it would for anybody whom it has a way to."

const whyMacvlan =
  "A macvlan gives a pod a card of its own on the segment of the node's interface: what it sends leaves by that interface and passes neither the node's " +
  'routes nor its rules. Between the two, the pod and its own node, nothing passes.'

const whyNodes =
  'A node is a network namespace as well, with routes, rules and settings of its own: a whole machine, as far as packets care. ' +
  'A network between nodes is a bridge that serves as a switch; the host is only the wires.'

const whyPodsOfNodes =
  'A pod is a network namespace with a veth pair as its cable: one end is eth0 inside, the other is plugged into a bridge of ' +
  'its node. The bridge has the address that the pods use as their gateway.'

const whyMachines =
  'A machine is a network namespace with a veth pair for each of its interfaces, and with rules, routes and settings of its ' +
  'own. A network is a bridge that serves as a switch: it has no address, so the host takes no part in what passes there.'

const whyMachinesBesideNodes =
  'A machine is a network namespace, too: it is no node of the cluster, and has no pods.'

function isPlugged(pod: Pod): boolean {
  return pod.link.kind === 'bridge'
}

/** `2 pods on br1`, `4 machines on lan, dmz and uplink` */
function placed(those: readonly unknown[], noun: string, where: readonly { name: string }[]): string {
  const names = where.map(({ name }) => name)
  const listed = [...names.slice(0, -2), names.slice(-2).join(' and ')].join(', ')
  return `${count(those.length, noun)}${listed === '' ? '' : ` on ${listed}`}`
}

/** The kernel settings of a node or machine. */
export function settings({ name, sysctls }: LabMachine): Command[] {
  return Object.entries(sysctls).map(([key, value]) => ({
    argv: ['sysctl', '-w', `${key}=${value}`],
    in: name,
  }))
}

/** The files by which pods and machines know names. */
function nameFiles(lab: Lab): Command[] {
  const all = [...lab.nodes, ...lab.pods, ...lab.machines]
  if (all.length === 0) return []
  const asking = lab.pods.filter(pod => pod.nameservers.length > 0)
  const answers = [...new Set(asking.map(pod => resolvConf(pod.nameservers)))]
  return [
    onHost(['mkdir', '-p', ...all.map(({ name }) => `/etc/netns/${name}`)]),
    ...writeHosts(lab, all),
    ...answers.map(input => {
      const pods = asking.filter(pod => resolvConf(pod.nameservers) === input)
      return { ...onHost(['tee', ...pods.map(pod => `/etc/netns/${pod.name}/resolv.conf`)]), input }
    }),
  ]
}

const whyForward = 'Where the FORWARD chain is strict, the bridge must be let through in both directions.'

function whyMasquerade(node: string): string {
  return (
    "And a packet that leaves for the world with a pod's address would get no answer, since nobody out there knows the way " +
    `back: MASQUERADE puts the ${node}'s address in its place.`
  )
}

function firewall(lab: Lab): Part {
  const hides = lab.bridges.some(({ masquerade }) => masquerade !== 'never')
  return {
    title: 'Let the pods through',
    why: `${whyForward}${hides ? ` ${whyMasquerade(lab.nodes.length === 0 ? 'host' : 'node')}` : ''}`,
    commands: lab.bridges.flatMap(bridgeRules),
  }
}

/** The rules that let a bridge's pods through, and hide them; each family has its own. */
export function bridgeRules(bridge: Bridge): Command[] {
  return addressesOf(bridge).flatMap(address => familyRules(bridge, address))
}

function familyRules({ name, node, masquerade }: Bridge, address: Cidr): Command[] {
  const subnet = subnetOf(address)
  const program = iptablesOf(familyOf(address.address))
  const onNode = (argv: readonly string[]): Command => ({ argv, in: node })
  const leaving = masquerade === 'outgoing' ? ['!', '--destination', subnet] : []
  return [
    onNode([program, '--table', 'filter', '--append', 'FORWARD', '--in-interface', name, '--jump', 'ACCEPT']),
    onNode([
      program,
      '--table',
      'filter',
      '--append',
      'FORWARD',
      '--out-interface',
      name,
      '--jump',
      'ACCEPT',
    ]),
    ...(masquerade === 'never'
      ? []
      : [
          onNode([
            ...[program, '--table', 'nat', '--append', 'POSTROUTING', '--source', subnet],
            ...[...leaving, '--jump', 'MASQUERADE'],
          ]),
        ]),
  ]
}

function servers(lab: Lab): Part {
  const files = Object.entries(lab.files).map(([path, input]) => ({ ...onHost(['tee', path]), input }))
  const all: readonly Running[] = [...lab.pods, ...onNetworks(lab)]
  const containers = all.flatMap(each => each.containers)
  const isPaused = lab.pods.some(({ pause }) => pause !== undefined)
  const others = onNetworks(lab).some(({ containers }) => containers.length > 0)
  const who = lab.pods.length === 0 ? 'machine' : others ? 'pod or machine' : 'pod'
  return {
    title: count(containers.length, 'server'),
    why:
      `Each ${who} runs its program in its own network namespace, so all of them can listen on the same port. netlab's own ` +
      `server answers with the name of the ${who}, its address, and the address that the client seems to have.` +
      (isPaused ? `\n${whyPause}` : ''),
    commands: [...files, ...startCommands(all)],
  }
}

/** What runs programs: a pod or a machine. */
type Running = Pick<Pod, 'name' | 'containers' | 'pause'>

/** The commands that start the programs of pods and machines. */
export function startCommands(all: readonly Running[]): Command[] {
  return [...pauseScripts(all), ...all.flatMap(podPrograms)]
}

/** The programs that a pod or a machine runs, pause among them. */
export function podPrograms(pod: Running): Command[] {
  const programs = pod.containers.map(container => ({
    argv: container.command.length > 0 ? container.command : serveArgv(pod, container),
    in: pod.name,
    container: { pod: pod.name, name: container.name },
  }))
  return pod.pause === undefined ? programs : pausedPrograms(pod.name, pod.pause, programs)
}

function serveArgv(pod: Pick<Pod, 'name'>, { serve, datagrams = [] }: Container): readonly string[] {
  const ports = [...serve.map(String), ...datagrams.map(port => `${port}/UDP`)]
  return ['netlab', 'serve', ...ports, '--name', pod.name]
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
