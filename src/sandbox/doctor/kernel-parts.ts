import { type LinkKind, ownKernelLine, tryingLink } from '../link-kinds.ts'
import { type Attempt, lastLine } from './attempt.ts'
import type { Finding } from './finding.ts'

/** A part of the kernel, with a command that works only where it is there. */
export interface KernelPart {
  topic: string
  /** Run in throw-away namespaces. */
  argv: readonly string[]
  /** The module that brings it where it is not built in; only real root can load one. */
  module: string
  means: string
  /** Only some labs need it. */
  optional?: true
  /** What to type where no module brings it. */
  otherwise?: string
}

/** A kind of links that only some labs need. */
function linkPart(kind: LinkKind, means: string): KernelPart {
  const { argv, module } = tryingLink(kind)
  return {
    ...{ topic: `${kind} links`, argv, module, means },
    optional: true,
    otherwise: ownKernelLine('LAB'),
  }
}

const overlay =
  'mount -t tmpfs tmpfs /tmp && mkdir /tmp/upper /tmp/work && ' +
  'mount -t overlay overlay -o lowerdir=/etc,upperdir=/tmp/upper,workdir=/tmp/work /etc'

/** In the order in which a lab meets them. */
export const kernelParts: readonly KernelPart[] = [
  {
    topic: 'overlay mounts',
    argv: ['sh', '-c', overlay],
    module: 'overlay',
    means: 'Every lab has its own /etc, laid over the real one.',
  },
  {
    topic: 'bridges',
    argv: ['ip', 'link', 'add', 'name', 'br1', 'type', 'bridge'],
    module: 'bridge',
    means: 'A bridge is the switch that pods are plugged into.',
  },
  {
    topic: 'veth pairs',
    argv: ['ip', 'link', 'add', 'name', 'veth1', 'type', 'veth', 'peer', 'name', 'veth2'],
    module: 'veth',
    means: 'A veth pair is the cable between a pod and its bridge.',
  },
  {
    topic: 'br_netfilter',
    argv: ['sysctl', '-n', 'net.bridge.bridge-nf-call-iptables'],
    module: 'br_netfilter',
    means: 'Without it, packets between two pods on one bridge pass iptables by, and services break.',
  },
  {
    topic: 'connection tracking',
    argv: ['conntrack', '-L'],
    module: 'nf_conntrack_netlink',
    means: 'Connection tracking is what remembers where a service sent a connection.',
  },
  linkPart('vxlan', 'Labs with an overlay network between nodes need it.'),
  linkPart('macvlan', 'Labs need it whose pods are on the network of their nodes.'),
  linkPart('ipip', 'Labs need it that carry packets from node to node as Calico does by default.'),
]

const loading =
  'The first line loads what is missing now, the second one at each start from then on; where this is a container, on the machine that it runs on.'

/** What trying a part showed. */
export function partFinding(part: KernelPart, tried: Attempt): Finding {
  if (tried.ok) return { topic: part.topic, state: 'ok', found: 'works' }
  return {
    topic: part.topic,
    state: part.optional ? 'warning' : 'missing',
    found: lastLine(tried.output),
    means: `${part.means} ${loading}`,
    fix: [...loadModules([part.module]), ...(part.otherwise === undefined ? [] : [part.otherwise])],
  }
}

/** The rules that kube-proxy writes are made of these; each is a module where it is not built in. */
export const ruleParts: readonly { name: string; rule: readonly string[]; module: string }[] = [
  { name: 'comment', rule: ['-A', 'OUTPUT', '-m', 'comment', '--comment', 'netlab'], module: 'xt_comment' },
  {
    name: 'conntrack',
    rule: ['-A', 'OUTPUT', '-m', 'conntrack', '--ctstate', 'NEW'],
    module: 'xt_conntrack',
  },
  {
    name: 'addrtype',
    rule: ['-A', 'OUTPUT', '-m', 'addrtype', '--dst-type', 'LOCAL'],
    module: 'xt_addrtype',
  },
  {
    name: 'statistic',
    rule: ['-A', 'OUTPUT', '-m', 'statistic', '--mode', 'random', '--probability', '0.5'],
    module: 'xt_statistic',
  },
  { name: 'mark', rule: ['-A', 'OUTPUT', '-m', 'mark', '--mark', '0x4000/0x4000'], module: 'xt_mark' },
  { name: 'MARK', rule: ['-A', 'OUTPUT', '-j', 'MARK', '--or-mark', '0x4000'], module: 'xt_mark' },
  {
    name: 'DNAT',
    rule: ['-A', 'OUTPUT', '-p', 'tcp', '-j', 'DNAT', '--to-destination', '10.0.0.11:80'],
    module: 'xt_nat',
  },
  {
    name: 'MASQUERADE',
    rule: ['-A', 'POSTROUTING', '-j', 'MASQUERADE', '--random-fully'],
    module: 'xt_MASQUERADE',
  },
  { name: 'REJECT', rule: ['-t', 'filter', '-A', 'OUTPUT', '-j', 'REJECT'], module: 'ipt_REJECT' },
]

/** The command that tries a part of a rule. */
export function ruleCommand(rule: readonly string[]): string[] {
  return ['iptables', '--wait', ...(rule[0] === '-t' ? rule : ['-t', 'nat', ...rule])]
}

/** One finding for all parts of rules; `tried` is in the order of `ruleParts`. */
export function ruleFinding(tried: readonly Attempt[]): Finding {
  const topic = 'iptables rules'
  const failed = ruleParts.filter((_, index) => !tried[index]?.ok)
  if (failed.length === 0) return { topic, state: 'ok', found: 'work' }
  const evidence = lastLine(tried.find(({ ok }) => !ok)?.output ?? '')
  return {
    topic,
    state: 'missing',
    found: `refused: ${failed.map(({ name }) => name).join(', ')} (${evidence})`,
    means:
      'Services are rules made of these. The first line loads them now, the second one after a restart too.',
    fix: loadModules([...new Set(failed.map(({ module }) => module))]),
  }
}

function loadModules(modules: readonly string[]): string[] {
  return [
    `sudo modprobe -a ${modules.join(' ')}`,
    `printf '%s\\n' ${modules.join(' ')} | sudo tee -a /etc/modules-load.d/netlab.conf`,
  ]
}
