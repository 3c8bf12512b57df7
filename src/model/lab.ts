import type { Place, RestartPolicy } from '../command/command.ts'
import type { Addressed, Cidr } from './cidr.ts'
import type { CniCall, CniNetwork } from './cni-network.ts'
import type { Protocol, Service } from './kubernetes.ts'
import type { Language } from './language.ts'
import type { detectLocalModes } from './proxy-modes.ts'

export interface Bridge extends Addressed {
  name: string
  /** The node that it is in. */
  node: Place
  /** Its ports may send a frame back out of the port that it came in by; a pod then reaches itself through a service. */
  hairpin: boolean
  /** Which of its pods' packets leave with the host's address: all, those that leave the subnet, or none. */
  masquerade: 'always' | 'outgoing' | 'never'
  /** Bytes: the largest packet on its pods' cables; left out: the kernel's 1500. */
  mtu?: number
}

export interface ContainerPort {
  /** Empty where it has none. */
  name: string
  port: number
  protocol: Protocol
  /** The node's port that leads there, where a CNI plugin makes it so; and the node's address, where it is not all of them. */
  hostPort?: number
  hostIP?: string
}

/** How kubelet finds out whether a container is ready: Kubernetes' fields, its defaults filled in, the port as a number. */
export interface ReadinessProbe {
  /** Ready: an answer with a status from 200 to 399, or, of `tcpSocket`, a connection. */
  handler: { kind: 'httpGet'; path: string; port: number } | { kind: 'tcpSocket'; port: number }
  periodSeconds: number
  timeoutSeconds: number
  /** Failures in a row after which a ready container is so no more. */
  failureThreshold: number
  /** Successes in a row after which it is ready. */
  successThreshold: number
}

/** A program in a pod; the containers of a pod share its network namespace. */
export interface Container {
  name: string
  /** Ports on which netlab's own HTTP server answers with the pod's name; empty where `command` runs. */
  serve: readonly number[]
  /** Ports on which it answers datagrams (UDP); left out: none. */
  datagrams?: readonly number[]
  /** A program and its arguments; empty where netlab's own server runs. */
  command: readonly string[]
  /** What it listens on, `serve` included. */
  ports: readonly ContainerPort[]
  /** Left out: ready as long as it runs. */
  readiness?: ReadinessProbe
}

/** How a pod's eth0 is joined to its node; `veth`: the node's end of the pair. */
export type PodLink =
  /** A veth pair whose other end is plugged into a bridge of the node. */
  | { kind: 'bridge'; bridge: string; veth: string }
  /** A veth pair with a route at each end; the pod's address is a /32. `mtu`: bytes; left out: 1500. */
  | { kind: 'routed'; veth: string; mtu?: number }
  /** A macvlan of an interface of the node: a card of its own on the segment of that one, by which it does not reach the node itself. */
  | { kind: 'macvlan'; parent: string; mode: MacvlanMode }
  /** As CNI plugins have it. `asked`: the address that the pod asks for; left out: it takes the next one, which is its `address`. */
  | { kind: 'cni'; asked?: string }

/** Who of those that share an interface reaches whom, as ip-link(8) names it. */
export type MacvlanMode = 'bridge' | 'vepa' | 'private' | 'passthru'

/** How a container runtime makes a pod: a process called pause holds its namespaces, and the containers join them. Fields as in Kubernetes. */
export interface PodSandbox {
  /** The containers see each other's processes, and pause is their process 1. */
  shareProcessNamespace: boolean
  restartPolicy: RestartPolicy
}

export interface Pod extends Addressed {
  name: string
  /** The Kubernetes namespace that a service's selector looks in. */
  namespace: string
  labels: Readonly<Record<string, string>>
  /** What it is called below the name of a headless service; left out: its name. */
  hostname?: string
  /** The headless service by which it has a name in DNS; left out: it has none. */
  subdomain?: string
  /** The node that it is on. */
  node: Place
  link: PodLink
  /** Left out: it has no default route. */
  gateway?: string
  /** Of the other family. */
  otherGateway?: string
  /** Its eth0's hardware address; left out: the kernel chooses. */
  lladdr?: string
  neighbours: readonly StaticNeighbour[]
  nameservers: readonly string[]
  containers: readonly Container[]
  /** Left out: it is its network namespace and no more, and its programs run there as they are. */
  pause?: PodSandbox
}

/** A machine beyond the host, on a wire of its own; the first one is the host's way out. */
export interface OutsideMachine extends Addressed {
  name: string
  /** The host's address on that wire. */
  hostAddress: Cidr
  /** The host's address of the other family. */
  otherHostAddress?: Cidr
  /** The host's interface on that wire. */
  interface: string
  /** It has no default route; left out: the host is its way out. */
  gateway?: 'none'
}

/** A layer-2 segment that machines are plugged into: a bridge on the host, where the host itself has no address. */
export interface LabNetwork {
  name: string
  /** What the bridge is called. */
  bridge: string
  /** Bytes: larger packets get lost in it without a word; left out: 1500. */
  mtu?: number
}

/** An interface of a machine, plugged into a network. */
export interface MachineInterface {
  name: string
  network: string
  /** One at least. */
  addresses: readonly Cidr[]
  /** The other end of its cable, on the host: a port of the network's bridge. */
  port: string
  /** Its hardware address; left out: the kernel chooses. */
  lladdr?: string
  /** Bytes: the largest packet that it sends; left out: 1500. */
  mtu?: number
}

/** A neighbour that is known for good, without ARP. */
export interface StaticNeighbour {
  address: string
  lladdr: string
  /** The interface behind which it is. */
  dev: string
}

/** A route of a machine to a range of addresses. */
export interface StaticRoute {
  to: Cidr
  via: string
}

/** A machine's own end of a VXLAN: a network whose frames other packets carry between machines. */
export interface VxlanInterface {
  name: string
  /** The VNI, by which a frame's network is told. */
  id: number
  /** The interface whose packets carry the frames. */
  dev: string
  /** Its address from which they are sent. */
  local: string
  /** To these machines a frame is sent whose owner is not known; one at least. */
  remotes: readonly string[]
  /** The UDP port that they are sent to. */
  port: number
  /** One at least. */
  addresses: readonly Cidr[]
  /** Bytes: the largest packet that it sends; left out: what `dev` carries, less the 50 or 70 bytes around it. */
  mtu?: number
}

/** A machine on networks: a node of the cluster, or a router, an office PC, a server on the internet. */
export interface LabMachine {
  name: string
  /** One at least. */
  interfaces: readonly MachineInterface[]
  /** Left out: it has none of its own. */
  vxlans?: readonly VxlanInterface[]
  /** Left out: it has no default route. */
  gateway?: string
  /** Of the other family. */
  otherGateway?: string
  routes: readonly StaticRoute[]
  neighbours: readonly StaticNeighbour[]
  sysctls: Readonly<Record<string, string>>
  containers: readonly Container[]
}

/** What flannel makes of a lab's nodes: for each a subnet of one network, and the ways between them. */
export interface Overlay {
  network: Cidr
  backend: 'host-gw' | 'vxlan'
  /** Of vxlan: nodes on one segment are reached by a route, without the tunnel. */
  directRouting: boolean
  /** One for each node, in the lab's order. */
  leases: readonly Lease[]
}

/** A node's part of an overlay. */
export interface Lease {
  node: Place
  subnet: Cidr
  /** The address by which the other nodes reach it, and the interface that has it. */
  publicIP: Cidr
  interface: string
  /** The network that the interface is on. */
  network: string
  /** Bytes: the largest packet that its pods may send. */
  mtu: number
}

/** The parts that netlab builds from the declared topology, in this order unless the steps say otherwise. */
export const buildParts = [
  'forwarding',
  'network',
  'overlay',
  'cni',
  'firewall',
  'servers',
  'services',
] as const
export type BuildPart = (typeof buildParts)[number]

/** How a connection failed: answered with a reset, answered with an ICMP error (or no route), or not answered. */
export type FailureKind = 'refused' | 'unreachable' | 'timeout'

export type Expectation = Outcome & {
  /** Of several that may come true: what it tells where it does. */
  means?: string
}

type Outcome =
  | { kind: 'fails'; how: readonly FailureKind[] }
  | {
      kind: 'answers'
      /** One of these pods or machines; empty: any. */
      backends: readonly string[]
      status?: number
      /** A regular expression that the body matches. */
      body?: string
      /** The client's address that the server saw. */
      client?: string
    }
  /** Shares of the requests, by pod; they and `failed` add up to 1. */
  | { kind: 'shares'; shares: Readonly<Record<string, number>>; failed: number }
  /** Every request is answered by the same pod, one of these; empty: any. */
  | { kind: 'stays'; backends: readonly string[] }

interface CheckBase {
  from: Place
  /** Seconds that a positive check may take. */
  within: number
  /** It holds at this step only: `verify` does not repeat it. */
  once: boolean
}

export interface CurlCheck extends CheckBase {
  kind: 'curl'
  /** As written in the lab: `10.0.0.11:8080`, `http://http-server:8080/path`. */
  url: string
  /** The check holds if one of them does. */
  expect: readonly Expectation[]
  /** How many requests `shares` are taken from, or show that a client stays. */
  requests?: number
}

export interface CommandCheck extends CheckBase {
  kind: 'command'
  argv: readonly string[]
  /** Undefined: any but 0. */
  exit: number | undefined
  /** A regular expression that stdout matches. */
  output?: string
  /** What that asks for, in words. */
  says?: string
}

export type Check = CurlCheck | CommandCheck

/** A command of a lab's step, with the command that takes it back where the lab gives one. */
export interface LabCommand {
  argv: readonly string[]
  in: Place
  undo?: readonly string[]
}

/** A question of a step's own, asked before its checks are tried. */
export interface StepQuestion {
  ask: string
  /** Two at least; the first one is right. */
  answers: readonly string[]
}

/** What a person is to reach in a step. */
export interface LabTask {
  text: string
  /** They fail after `start`, and hold after `solution`. One at least. */
  goal: readonly Check[]
  /** Not shown. */
  start: readonly LabCommand[]
  hints: readonly string[]
  /** One at least. */
  solution: readonly LabCommand[]
}

export interface LabStep {
  title: string
  why: string
  build: readonly BuildPart[]
  /** `namespace/name` of a service → the pods that are its endpoints from this step on. */
  endpoints: Readonly<Record<string, readonly string[]>>
  /** kube-proxy is started in this mode; left out: it stays in the one that it is in. */
  mode?: ProxyMode
  /** What the container runtime does, before the commands. */
  cni?: readonly CniCall[]
  run: readonly LabCommand[]
  check: readonly Check[]
  /** What its checks show, and why it could only come so; such a step has checks, or a question. */
  because?: string
  question?: StepQuestion
  /** Such a step has no checks of its own. */
  task?: LabTask
  /** 1-based line of the lab file. */
  line: number
}

/** A service of a lab. */
export interface LabService extends Service {
  /** The pods that are its endpoints, in the lab's order. */
  pods: readonly string[]
}

/** How kube-proxy makes Services into what the kernel does. */
export type ProxyMode = 'iptables' | 'nftables' | 'ipvs' | 'ebpf'

/** The modes that a lab can run in. */
export const labModes = ['iptables', 'nftables', 'ipvs', 'ebpf'] as const satisfies readonly ProxyMode[]
export type LabMode = (typeof labModes)[number]

/** kube-proxy's settings, with its defaults, named as in KubeProxyConfiguration. */
export interface ProxySettings {
  mode: ProxyMode
  /** Empty: no local traffic detector of that mode. */
  clusterCIDR: string
  /** NodeCIDR: by the networks of the node's own pods. */
  detectLocalMode: (typeof detectLocalModes)[number]
  detectLocal: { bridgeInterface: string; interfaceNamePrefix: string }
  iptables: {
    masqueradeAll: boolean
    masqueradeBit: number
    localhostNodePorts: boolean
    randomFully: boolean
  }
  nftables: { masqueradeAll: boolean; masqueradeBit: number }
  ipvs: { scheduler: string; strictARP: boolean }
  nodePortAddresses: readonly string[]
}

/** What a lab says of who reaches whom; of several that say `expect` of a pair the last one counts, and so of those that say `ping`. */
export interface ReachRule {
  /** Empty: everybody, as in `to`. */
  from: readonly Place[]
  to: readonly Place[]
  /** Over TCP. */
  expect?: 'ok' | 'fails'
  /** Whether a ping is answered. */
  ping?: 'ok' | 'fails'
  /** Of `ok`: as whom the other one sees the client; `own`: by its own address. Left out: by any. */
  client?: string
}

/** What a lab may use of the machine, at most. */
export interface Limits {
  /** Processes and threads that live at once. */
  processes: number
  /** Bytes, what lies in its files and logs included. */
  memory: number
  /** Bytes that it may write to its own /tmp, /run, /var and /etc. */
  files: number
  /** Bytes that the programs of its pods may print. */
  logs: number
}

/** A file of the lab, kept so that a running lab needs nothing but itself. */
export interface SourceFile {
  path: string
  text: string
}

/** The machines and what connects them. */
export interface Topology {
  bridges: readonly Bridge[]
  pods: readonly Pod[]
  outside: readonly OutsideMachine[]
  networks: readonly LabNetwork[]
  /** The nodes of a lab that has several; where there is none, the host is the only node. */
  nodes: readonly LabMachine[]
  /** Those that are no nodes. */
  machines: readonly LabMachine[]
  /** Left out: the nodes' routes are the lab's own. */
  overlay?: Overlay
  /** One for each node whose pods CNI plugins wire. */
  cni?: readonly CniNetwork[]
}

/** What a lab was made of, where nobody has written it: manifests, and how they were to be read. */
export interface LabOrigin {
  /** The files and folders as they were named; `-` is standard input. */
  names: readonly string[]
  /** Their texts; of several lists the later ones hold what has been applied since, and count. */
  manifests: readonly (readonly SourceFile[])[]
  /** How many nodes; 0: the host is the only one. */
  nodes: number
  /** No workload makes more pods; left out: as many as it says. */
  mostReplicas?: number
  /** Where pods, cluster IPs and node ports come from. */
  podCIDRs: readonly string[]
  serviceCIDRs: readonly string[]
  nodePorts: { from: number; to: number }
}

/** Something that a lab file leaves out, and what it got. */
export interface Choice {
  /** What it is of: `pod a`, `service default/web`. */
  of: string
  /** `10.244.0.2/16`, `cluster IP 10.103.4.7` */
  value: string
}

/** A lab as written, every default filled in and every cross-check passed. */
export interface Lab extends Topology {
  name: string
  title: string
  /** Of its title and its steps' texts; left out: English. */
  language?: Exclude<Language, 'en'>
  /** The article that it follows. */
  article?: string
  /** The lab file first, then its manifests, and the file of its texts. */
  sources: readonly SourceFile[]
  sysctls: Readonly<Record<string, string>>
  /** Absolute path → content, written before the servers start. */
  files: Readonly<Record<string, string>>
  services: readonly LabService[]
  /** As the last step leaves them. */
  proxy: ProxySettings
  /** kube-proxy's mode before a step changes it; left out: none does. */
  firstMode?: ProxyMode
  /** Empty: it says nothing of that. */
  reach: readonly ReachRule[]
  /** As the lab file asks for it, or as the person who runs it has said. */
  limits: Limits
  steps: readonly LabStep[]
  /** What its file leaves to netlab, but for defaults that are always the same; left out: nothing. */
  chosen?: readonly Choice[]
  /** Left out: somebody has written its file. */
  origin?: LabOrigin
}
