import type { Attempt } from './attempt.ts'
import type { Finding } from './finding.ts'

/** A program that labs are made with. */
export interface Tool {
  name: string
  /** The Debian package that brings it. */
  package: string
  /** What it prints its version for. */
  version: readonly string[]
  /** Only some labs need it: which, in words. */
  onlyFor?: string
}

/** Those that every lab needs first; scripts/debian-packages.sh installs the same. */
export const tools: readonly Tool[] = [
  { name: 'ip', package: 'iproute2', version: ['-V'] },
  { name: 'bridge', package: 'iproute2', version: ['-V'] },
  { name: 'iptables', package: 'iptables', version: ['--version'] },
  { name: 'ip6tables', package: 'iptables', version: ['--version'] },
  { name: 'iptables-restore', package: 'iptables', version: ['--version'] },
  { name: 'iptables-save', package: 'iptables', version: ['--version'] },
  { name: 'sysctl', package: 'procps', version: ['--version'] },
  { name: 'unshare', package: 'util-linux', version: ['--version'] },
  { name: 'nsenter', package: 'util-linux', version: ['--version'] },
  { name: 'mount', package: 'mount', version: ['--version'] },
  { name: 'conntrack', package: 'conntrack', version: ['--version'] },
  { name: 'curl', package: 'curl', version: ['--version'] },
  {
    name: 'nft',
    package: 'nftables',
    version: ['--version'],
    onlyFor: 'looking at rules as nftables has them',
  },
  { name: 'nginx', package: 'nginx-light', version: ['-v'], onlyFor: 'labs whose pods run nginx' },
  { name: 'dnsmasq', package: 'dnsmasq-base', version: ['--version'], onlyFor: 'labs with a DNS server' },
  { name: 'dig', package: 'bind9-dnsutils', version: ['-v'], onlyFor: 'asking a DNS server' },
  { name: 'tcpdump', package: 'tcpdump', version: ['--version'], onlyFor: 'watching packets' },
  { name: 'ab', package: 'apache2-utils', version: ['-V'], onlyFor: 'the benchmark' },
]

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
    if (attempt.found) return { topic: tool.name, state: 'ok', found: versionIn(attempt.output) }
    const fix = tool.onlyFor === undefined ? fixes.needed : fixes.optional
    return {
      topic: tool.name,
      state: tool.onlyFor === undefined ? 'missing' : 'warning',
      found: tool.onlyFor === undefined ? 'not found' : `not found; it is for ${tool.onlyFor}`,
      ...(fix === undefined ? { means: `Debian has it in the package ${tool.package}.` } : { fix }),
    }
  })
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
