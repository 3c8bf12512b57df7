import { namespacesFolder } from '../command/command.ts'
import { nearest } from '../text/did-you-mean.ts'
import type { Path } from '../text/document.ts'
import type { Findings } from '../text/findings.ts'

/** The settings that labs touch most, for those who misspell them. */
const wellKnown = [
  'net.ipv4.ip_forward',
  'net.bridge.bridge-nf-call-iptables',
  'net.bridge.bridge-nf-call-ip6tables',
  'net.ipv4.conf.all.route_localnet',
  'net.ipv4.conf.all.rp_filter',
  'net.ipv4.conf.default.rp_filter',
  'net.netfilter.nf_conntrack_max',
]

/** Reads kernel settings; only those of the network are the sandbox's own. */
export function readSysctls(
  input: Readonly<Record<string, string | number>>,
  at: Path,
  findings: Findings,
): Record<string, string> {
  for (const [key, value] of Object.entries(input)) {
    const path = [...at, key]
    if (!/^net(?:\.[A-Za-z0-9_-]+)+$/.test(key)) {
      const near = nearest(key.replace(/^\/?(proc\/sys\/)?/, '').replaceAll('/', '.'), wellKnown)
      const fix = near ? `did you mean "${near}"?` : 'write, for example, net.ipv4.ip_forward'
      findings.report(path, `"${key}" is not a setting of the network (net.…)`, fix, 'key')
    }
    if (typeof value === 'string' && !/^[\w .,:/-]+$/.test(value)) {
      findings.report(path, 'not a value of a kernel setting', 'write a number, 0 or 1 say')
    }
  }
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, String(value).trim()]))
}

/** Reads files to write; only the folders that are the sandbox's own can be written. */
export function readFiles(
  input: Readonly<Record<string, string>>,
  findings: Findings,
): Record<string, string> {
  for (const path of Object.keys(input)) {
    const parts = path.split('/').slice(1)
    const isPlain = parts.every(
      part => part !== '' && part !== '.' && part !== '..' && !/[\p{Cc}]/u.test(part),
    )
    const fix = 'write a path below /etc, /run or /tmp: /etc/dnsmasq.conf, say'
    if (!/^\/(?:etc|run|tmp)\//.test(path) || !isPlain) {
      findings.report(['files', path], `"${path.slice(0, 80)}" cannot be written`, fix, 'key')
    } else if (`${path}/`.startsWith(`${namespacesFolder}/`)) {
      findings.report(['files', path], `${namespacesFolder} holds the pods themselves`, fix, 'key')
    } else if (path.length > 1000 || parts.some(part => part.length > 255)) {
      findings.report(['files', path], 'a path that is too long', 'shorten it', 'key')
    }
  }
  return { ...input }
}
