import type { Attempt } from './attempt.ts'
import type { Finding } from './finding.ts'

/** A program that labs are made with. */
export interface Tool {
  name: string
  /** The Debian package that brings it. */
  package: string
  /** What it prints its version for. */
  version: readonly string[]
  /** Where the version stands in that; the first thing that looks like one by default. */
  versionAt?: RegExp
  /** The oldest version that does, and what of it is needed; left out where every one that is about does. */
  least?: { version: string; why: string }
  /** Only some labs need it: which, in words. */
  onlyFor?: string
}

// Systems whose kernel labs run on have an iproute2, procps and conntrack that do: these have no least here.
// util-linux, release notes of 2.32.
const utilLinux = { version: '2.32', why: 'Labs end with their first process by unshare --kill-child.' }
// Kubernetes, pkg/util/iptables/iptables.go: WaitRestoreMinVersion, RandomFullyMinVersion.
const iptables = {
  version: '1.6.2',
  why: 'Rules are written with iptables-restore --wait, and MASQUERADE --random-fully.',
}
// curl.se/docs: --parallel is of 7.66, --parallel-immediate of 7.68. %{header} is of 7.84; without it conntrack tells who answered.
const curl = {
  version: '7.75',
  why: 'Checks tell a request that failed from one that was answered by %{exitcode}, which an older curl does not know. Debian has it from 12 on (11: from bullseye-backports), Ubuntu from 22.04 on.',
}

/** Those that every lab needs first; scripts/debian-packages.sh installs the same. */
export const tools: readonly Tool[] = [
  { name: 'ip', package: 'iproute2', version: ['-V'] },
  { name: 'bridge', package: 'iproute2', version: ['-V'] },
  { name: 'iptables', package: 'iptables', version: ['--version'], least: iptables },
  { name: 'ip6tables', package: 'iptables', version: ['--version'], least: iptables },
  { name: 'iptables-restore', package: 'iptables', version: ['--version'], least: iptables },
  { name: 'iptables-save', package: 'iptables', version: ['--version'] },
  { name: 'sysctl', package: 'procps', version: ['--version'] },
  { name: 'unshare', package: 'util-linux', version: ['--version'], least: utilLinux },
  { name: 'nsenter', package: 'util-linux', version: ['--version'] },
  { name: 'pivot_root', package: 'util-linux', version: ['--version'] },
  { name: 'setpriv', package: 'util-linux', version: ['--version'] },
  { name: 'setsid', package: 'util-linux', version: ['--version'] },
  { name: 'mount', package: 'mount', version: ['--version'] },
  { name: 'conntrack', package: 'conntrack', version: ['--version'] },
  { name: 'curl', package: 'curl', version: ['--version'], least: curl },
  {
    name: 'nft',
    package: 'nftables',
    version: ['--version'],
    onlyFor: 'looking at rules as nftables has them',
  },
  { name: 'nginx', package: 'nginx-light', version: ['-v'], onlyFor: 'labs whose pods run nginx' },
  { name: 'dnsmasq', package: 'dnsmasq-base', version: ['--version'], onlyFor: 'labs with a DNS server' },
  { name: 'ping', package: 'iputils-ping', version: ['-V'], onlyFor: 'labs that ping' },
  { name: 'dig', package: 'bind9-dnsutils', version: ['-v'], onlyFor: 'asking a DNS server' },
  {
    name: '/usr/lib/cni/bridge',
    package: 'containernetworking-plugins',
    version: [],
    // The newest version of CNI that it speaks; Debian's does not know its own.
    versionAt: /supported: .*?([\d.]+)\s*$/m,
    onlyFor: 'labs whose pods CNI plugins wire',
  },
  { name: 'tcpdump', package: 'tcpdump', version: ['--version'], onlyFor: 'watching packets' },
  { name: 'ab', package: 'apache2-utils', version: ['-V'], onlyFor: 'netlab chart, and labs that measure' },
  { name: 'ipset', package: 'ipset', version: ['version'], onlyFor: 'labs in IPVS mode' },
  { name: 'ipvsadm', package: 'ipvsadm', version: ['--version'], onlyFor: 'labs in IPVS mode' },
  {
    name: 'qemu-system-x86_64',
    package: 'qemu-system-x86',
    version: ['--version'],
    onlyFor: 'labs on other kernels',
  },
]

/** The tool that a program is; of CNI plugins, which come together, one stands for all. */
export function toolOf(program: string): Tool | undefined {
  return tools.find(({ name }) => name === program || (isPlugin(name) && isPlugin(program)))
}

function isPlugin(program: string): boolean {
  return program.startsWith('/usr/lib/cni/')
}

/** The Debian packages of programs that not every lab needs. */
export function extraPackages(programs: readonly string[]): string[] {
  const needed = new Set(programs.map(toolOf))
  const extra = tools.filter(tool => tool.onlyFor !== undefined && needed.has(tool))
  return [...new Set(extra.map(tool => tool.package))]
}

/** A finding for each tool, from what asking for its version gave. */
export function toolFindings(asked: ReadonlyMap<Tool, Attempt>, hasApt: boolean): Finding[] {
  const absent = (kind: 'needed' | 'optional') =>
    [...asked]
      .filter(([tool, { found }]) => !found && (tool.onlyFor === undefined) === (kind === 'needed'))
      .map(([tool]) => tool)
  const fixes = {
    needed: hasApt ? [installLine(absent('needed'))] : undefined,
    optional: hasApt ? [installLine(absent('optional'))] : undefined,
  }
  return [...asked].map(([tool, attempt]): Finding => {
    if (attempt.found && isBusyBox(attempt.output)) return busyBox(tool)
    const version = tool.versionAt?.exec(attempt.output)?.[1] ?? versionIn(attempt.output)
    if (attempt.found) return versionFinding(tool, version, hasApt)
    const fix = tool.onlyFor === undefined ? fixes.needed : fixes.optional
    return {
      topic: tool.name,
      state: tool.onlyFor === undefined ? 'missing' : 'warning',
      found: tool.onlyFor === undefined ? 'not found' : `not found; it is for ${tool.onlyFor}`,
      ...(fix === undefined ? { means: `Debian has it in the package ${tool.package}.` } : { fix }),
    }
  })
}

function versionFinding(tool: Tool, version: string, hasApt: boolean): Finding {
  const { name: topic, least } = tool
  if (least === undefined || !isOlder(version, least.version)) return { topic, state: 'ok', found: version }
  return {
    topic,
    state: tool.onlyFor === undefined ? 'missing' : 'warning',
    found: tooOldWords(version, least.version),
    means: least.why,
    ...(hasApt ? { fix: [installLine([tool])] } : {}),
  }
}

/** `7.64.0, and 7.75 or newer is needed` */
export function tooOldWords(version: string, least: string): string {
  return `${version}, and ${least} or newer is needed`
}

/** Whether a version is older than another, number by number; one that is no version is not. */
export function isOlder(version: string, least: string): boolean {
  const numbers = (text: string) => (/^\d+(?:\.\d+)*/.exec(text)?.[0] ?? '').split('.').map(Number)
  if (!/^\d/.test(version)) return false
  const found = numbers(version)
  for (const [index, number] of numbers(least).entries()) {
    if ((found[index] ?? 0) !== number) return (found[index] ?? 0) < number
  }
  return false
}

/** The first thing that looks like a version; else the first line as it is. */
export function versionIn(output: string): string {
  const [firstLine = ''] = output.split('\n')
  return /\d+(\.\d+)+[a-z]?\d*/.exec(output)?.[0] ?? firstLine
}

/** What iptables is in truth: `nf_tables`, `legacy`; undefined before 1.8, where there was only legacy. */
export function iptablesBackend(versionOutput: string): string | undefined {
  return /\((nf_tables|legacy)\)/.exec(versionOutput)?.[1]
}

function isBusyBox(output: string): boolean {
  return /busybox/i.test(output)
}

function busyBox(tool: Tool): Finding {
  return {
    topic: tool.name,
    state: tool.onlyFor === undefined ? 'missing' : 'warning',
    found: "BusyBox's, which knows less",
    means: `Install the real one: Debian has it in the package ${tool.package}, other systems under a similar name.`,
  }
}

/** The line to type on Debian and Ubuntu. */
export function installLine(absent: readonly Tool[]): string {
  const packages = [...new Set(absent.map(tool => tool.package))]
  const line = `sudo apt-get install --no-install-recommends ${packages.join(' ')}`
  // Debian starts a web server as soon as it is installed; labs start their own.
  return packages.includes('nginx-light') ? `${line} && sudo systemctl disable --now nginx` : line
}
