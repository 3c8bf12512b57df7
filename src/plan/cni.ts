import {
  type Action,
  type Command,
  host,
  insertion,
  namespacesFolder,
  onHost,
  type Place,
  type PluginVerb,
} from '../command/command.ts'
import type { Cidr } from '../model/cidr.ts'
import { askedBy, networkOf, pluginFolders, pluginPath, podInterface, podsOfNetwork } from '../model/cni.ts'
import type { CniNetwork, CniPlugin } from '../model/cni-network.ts'
import type { ContainerPort, Lab, Pod } from '../model/lab.ts'
import { jsonText } from '../text/json-text.ts'

/** Where a container runtime keeps what ADD gave it, for CHECK and DEL (libcni/api.go). */
export const resultsFolder = '/var/lib/cni/results'
/** Where host-local keeps its leases. */
export const leasesFolder = '/var/lib/cni/networks'
/** Where a container runtime finds its networks. */
const configFolder = '/etc/cni/net.d'
/** The part of each node's own /etc that stands for `leasesFolder`. */
const ownLeases = '/etc/cni/networks'

/** What a part of the topology is for the pods that plugins wire. */
export function cniPart(lab: Lab): { title: string; why: string; links: readonly Action[]; commands: [] } {
  const networks = lab.cni ?? []
  const used = [...new Set(networks.flatMap(({ plugins }) => plugins.map(({ type }) => type)))]
  return {
    title: `CNI: ${used.join(', ')}`,
    why: whyCni,
    links: [
      ...networkFiles(lab, networks),
      ...versionCalls(networks),
      ...networks.flatMap(network =>
        podsOfNetwork(lab, network).flatMap(pod => addCalls(network, pod, { expects: pod.address })),
      ),
    ],
    commands: [],
  }
}

const whyCni =
  'The container runtime has made the namespaces of the pods. For their network it runs other programs, the CNI plugins of the conflist, ' +
  'one after the other. What is to be done stands in the environment, CNI_COMMAND and more, and the configuration in JSON on stdin. ' +
  'VERSION asks what a plugin speaks; ADD makes the interface, and answers with what it made. The next plugin gets that answer as prevResult.'

/** The files that a runtime and its plugins look for on each node, with what plugins leave behind for good. */
function networkFiles(lab: Lab, networks: readonly CniNetwork[]): Action[] {
  if (networks.length === 0) return []
  const isSeveral = lab.nodes.length > 0
  const made = isSeveral
    ? ['/etc/cni', ...networks.flatMap(({ node }) => [etcOf(node, configFolder), etcOf(node, ownLeases)])]
    : [configFolder]
  return [
    {
      command: onHost(['mkdir', '-p', resultsFolder, ...made]),
      undo: [onHost(['rmdir', '-p', '--ignore-fail-on-non-empty', resultsFolder, ...made.toReversed()])],
    },
    // /var is one for all places of a lab; a node sees its own folder of /etc, and so its own leases by the path that people know.
    ...(isSeveral
      ? [
          {
            command: onHost(['ln', '-s', ownLeases, leasesFolder]),
            undo: [onHost(['rm', '-f', leasesFolder])],
          },
        ]
      : []),
    ...networks.map(network => configFile(lab, network)),
  ]
}

function etcOf(node: Place, path: string): string {
  return node === host ? path : path.replace('/etc/', `/etc/netns/${node}/`)
}

function configFile(lab: Lab, network: CniNetwork): Action {
  const path = etcOf(network.node, `${configFolder}/${network.file.replace(/^.*\//, '')}`)
  const text = lab.sources.find(source => source.path === network.file)?.text ?? ''
  const input = text.endsWith('\n') ? text : `${text}\n`
  const leftBehind = leftovers(lab, network).map((argv): Command => ({ argv, in: network.node }))
  return {
    command: { ...onHost(['tee', path]), input },
    undo: [...leftBehind, onHost(['rm', '-f', path])],
  }
}

/** DEL takes away what is the pod's; a bridge, portmap's own chains and the memory of host-local stay on a node for the next pod. */
function leftovers(lab: Lab, network: CniNetwork): (readonly string[])[] {
  const pods = podsOfNetwork(lab, network)
  if (pods.length === 0) return []
  const maps =
    network.plugins.some(({ type }) => type === 'portmap') && pods.some(pod => mappedPorts(pod).length > 0)
  const nat = ['iptables', '--table', 'nat']
  const local = ['-m', 'addrtype', '--dst-type', 'LOCAL', '--jump', 'CNI-HOSTPORT-DNAT']
  const masquerading = ['-m', 'comment', '--comment', 'CNI portfwd requiring masquerade']
  const chains = ['CNI-HOSTPORT-DNAT', 'CNI-HOSTPORT-SETMARK', 'CNI-HOSTPORT-MASQ']
  return [
    ...(maps
      ? [
          [...nat, '--delete', 'PREROUTING', ...local],
          [...nat, '--delete', 'OUTPUT', ...local],
          [...nat, '--delete', 'POSTROUTING', ...masquerading, '--jump', 'CNI-HOSTPORT-MASQ'],
          ...chains.flatMap(chain => [
            [...nat, '--flush', chain],
            [...nat, '--delete-chain', chain],
          ]),
        ]
      : []),
    ...(network.bridge === undefined ? [] : [['ip', 'link', 'delete', 'dev', network.bridge]]),
    ['rm', '-f', ...['last_reserved_ip.0', 'lock'].map(file => `${leasesFolder}/${network.name}/${file}`)],
    ['rmdir', '--ignore-fail-on-non-empty', `${leasesFolder}/${network.name}`],
  ]
}

/** Each plugin is asked once, wherever it is used. */
function versionCalls(networks: readonly CniNetwork[]): Action[] {
  const asked = new Set<string>()
  return networks.flatMap(({ node, cniVersion, plugins }) =>
    plugins.flatMap(({ type }) => {
      if (asked.has(type)) return []
      asked.add(type)
      const program = pluginPath(type)
      const command: Command = {
        argv: ['env', 'CNI_COMMAND=VERSION', program],
        in: node,
        input: `${jsonText({ cniVersion })}\n`,
        plugin: { verb: 'VERSION', program, expects: cniVersion },
      }
      return [{ command, undo: [] }]
    }),
  )
}

/** How a pod is added. */
export interface Adding {
  /** The address that it must get; left out: any. */
  expects?: Cidr | undefined
  /** The address that it asks for; what the lab says by default. */
  asked?: string | undefined
}

/** ADD of each plugin in turn, each with what takes it back. */
export function addCalls(network: CniNetwork, pod: Pod, adding: Adding = {}): Action[] {
  return network.plugins.map((plugin, index) => ({
    command: addCall(network, pod, index, adding),
    undo: [
      delCall(network, pod, plugin),
      ...(index === 0 ? [onHost(['rm', '-f', ...resultFiles(network, pod)])] : []),
    ],
  }))
}

function addCall(network: CniNetwork, pod: Pod, index: number, adding: Adding): Command {
  const plugin = network.plugins[index]!
  const before = index === 0 ? undefined : insertion(resultFile(network, pod, index - 1))
  const { asked = askedBy(pod), expects } = adding
  const call = callOf(network, pod, plugin, 'ADD', asked)
  const isLast = index === network.plugins.length - 1
  const wanted = isLast && expects !== undefined ? { expects: `${expects.address}/${expects.prefix}` } : {}
  return {
    ...{ ...call, plugin: { ...call.plugin!, ...wanted }, output: resultFile(network, pod, index) },
    ...given(network, pod, plugin, { before, asked }),
  }
}

/** CHECK of each plugin in turn; where it `fails`, of the first one alone, since a runtime asks no further. */
export function checkCalls(network: CniNetwork, pod: Pod, fails = false): Action[] {
  const before = insertion(finalResult(network, pod))
  const asked = fails ? network.plugins.slice(0, 1) : network.plugins
  return asked.map(plugin => {
    const call = callOf(network, pod, plugin, 'CHECK')
    return {
      command: {
        ...{ ...call, plugin: { ...call.plugin!, ...(fails ? { fails: true as const } : {}) } },
        ...given(network, pod, plugin, { before }),
      },
      undo: [],
    }
  })
}

/** DEL of each plugin, the last one first, each with what takes it back; then what ADD gave is forgotten. `expects`: what the pod had. */
export function delCalls(network: CniNetwork, pod: Pod, adding: Adding = {}): Action[] {
  return [
    ...network.plugins
      .map((plugin, index) => ({
        command: delCall(network, pod, plugin),
        undo: [addCall(network, pod, index, adding)],
      }))
      .toReversed(),
    { command: onHost(['rm', '-f', ...resultFiles(network, pod)]), undo: [] },
  ]
}

function delCall(network: CniNetwork, pod: Pod, plugin: CniPlugin): Command {
  // Of a pod that came half there may be none.
  const before = network.cniVersion.startsWith('0.3.')
    ? undefined
    : insertion(finalResult(network, pod), 'null')
  return { ...callOf(network, pod, plugin, 'DEL'), ...given(network, pod, plugin, { before }) }
}

/** The runtime's side of a call: what it says in the environment (CNI specification 1.0.0, section 2, Parameters). */
function callOf(
  { node, plugins }: CniNetwork,
  pod: Pod,
  { type, config }: CniPlugin,
  verb: PluginVerb,
  asked?: string,
): Command {
  const program = pluginPath(type)
  const paths = [...new Set([pluginFolders.debian, ...plugins.map(each => folderOf(pluginPath(each.type)))])]
  const args = [
    'IgnoreUnknown=1',
    `K8S_POD_NAMESPACE=${pod.namespace}`,
    `K8S_POD_NAME=${pod.name}`,
    ...(asked === undefined || takesAddresses(plugins) ? [] : [`IP=${asked}`]),
  ]
  const { ipam } = config as { ipam?: { type: string } }
  return {
    argv: [
      'env',
      `CNI_COMMAND=${verb}`,
      `CNI_CONTAINERID=${pod.name}`,
      `CNI_NETNS=${namespacesFolder}/${pod.name}`,
      `CNI_IFNAME=${podInterface}`,
      `CNI_ARGS=${args.join(';')}`,
      `CNI_PATH=${paths.join(':')}`,
      program,
    ],
    in: node,
    plugin: { verb, program, ...(ipam === undefined ? {} : { ipam: pluginPath(ipam.type) }), pod: pod.name },
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

function takesAddresses(plugins: readonly CniPlugin[]): boolean {
  return plugins.some(({ capabilities }) => capabilities.includes('ips'))
}

/**
 * What a plugin reads: its part of the conflist with what the runtime adds (CNI specification 1.0.0, section 3). `before`: what stands for
 * the result of the call before.
 */
function given(
  { name, cniVersion }: CniNetwork,
  pod: Pod,
  { config, capabilities }: CniPlugin,
  { before, asked }: { before?: string | undefined; asked?: string | undefined },
): Pick<Command, 'input' | 'insert'> {
  const { capabilities: _, ...own } = config
  const ports = capabilities.includes('portMappings') ? mappedPorts(pod).map(portMapping) : []
  const runtimeConfig = {
    ...(ports.length > 0 ? { portMappings: ports } : {}),
    ...(capabilities.includes('ips') && asked !== undefined
      ? { ips: [`${asked}/${pod.address.prefix}`] }
      : {}),
  }
  const whole = {
    ...{ cniVersion, name, ...own },
    ...(Object.keys(runtimeConfig).length > 0 ? { runtimeConfig } : {}),
    ...(before === undefined ? {} : { prevResult: before }),
  }
  const text = `${jsonText(whole)}\n`
  if (before === undefined) return { input: text }
  const quoted = JSON.stringify(before)
  const at = text.lastIndexOf(quoted)
  return { input: text.slice(0, at) + before + text.slice(at + quoted.length), insert: before }
}

/** The ports of a pod that its node is to have as well. */
export function mappedPorts({ containers }: Pick<Pod, 'containers'>): ContainerPort[] {
  return containers.flatMap(({ ports }) => ports.filter(({ hostPort }) => hostPort !== undefined))
}

/** As a runtime tells portmap (CNI's CONVENTIONS.md, "portMappings"). */
function portMapping({ port, protocol, hostPort, hostIP }: ContainerPort): object {
  const mapping = { hostPort, containerPort: port, protocol: protocol.toLowerCase() }
  return hostIP === undefined ? mapping : { ...mapping, hostIP }
}

function resultFile(network: CniNetwork, pod: Pod, index: number): string {
  const final = finalResult(network, pod)
  return index === network.plugins.length - 1 ? final : `${final}.${index + 1}`
}

/** Where what ADD gave for a pod is kept while the pod is attached. */
export function finalResult({ name }: CniNetwork, pod: Pod): string {
  return `${resultsFolder}/${name}-${pod.name}-${podInterface}`
}

function resultFiles(network: CniNetwork, pod: Pod): string[] {
  return network.plugins.map((_, index) => resultFile(network, pod, index)).toReversed()
}

/** The commands by which pods are attached, as `apply` does it: each asks for the address that the lab gives it. */
export function attachCommands(lab: Lab, pods: readonly Pod[]): Command[] {
  return pods.flatMap(pod => {
    const network = networkOf(lab, pod)
    if (network === undefined) return []
    return addCalls(network, pod, { asked: pod.address.address, expects: pod.address }).map(
      ({ command }) => command,
    )
  })
}

/** The commands by which pods are detached, and by which those that stay forget their hardware addresses: another pod may get the address. */
export function detachCommands(lab: Lab, pods: readonly Pod[]): Command[] {
  const stays = (pod: Pod) => !pods.some(({ name }) => name === pod.name)
  return pods.flatMap(pod => {
    const network = networkOf(lab, pod)
    if (network === undefined) return []
    const neighbours = network.bridge === undefined ? [] : podsOfNetwork(lab, network).filter(stays)
    return [
      ...delCalls(network, pod).map(({ command }) => command),
      { argv: ['ip', 'neigh', 'flush', 'to', pod.address.address], in: network.node },
      ...neighbours.map(({ name }) => ({
        argv: ['ip', 'neigh', 'flush', 'dev', podInterface, 'to', pod.address.address],
        in: name,
      })),
    ]
  })
}
