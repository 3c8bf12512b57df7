import { readFileSync } from 'node:fs'
import { release } from 'node:os'
import { socketLbLack } from './bpf/socket-lb-control.ts'
import { cgroupParents } from './cgroup.ts'
import { type Attempt, attempt, thrownAway } from './doctor/attempt.ts'
import type { Finding } from './doctor/finding.ts'
import { ipvsFinding } from './doctor/ipvs.ts'
import { kernelParts, partFinding, ruleCommand, ruleFinding, ruleParts } from './doctor/kernel-parts.ts'
import { limitsFinding } from './doctor/limits.ts'
import { koffiFinding, socketLbFinding, stateFolderFinding } from './doctor/own-parts.ts'
import { kernelVersion, nodeVersion, operatingSystem, type System } from './doctor/system.ts'
import { iptablesBackend, type Tool, toolFindings, tools } from './doctor/tools.ts'
import { ownProc, readSwitches, userNamespaces } from './doctor/user-namespaces.ts'
import { ipvsQuestion } from './ipvs.ts'

export type { Finding } from './doctor/finding.ts'

/** Looks at everything that labs need of this machine. Changes nothing: what it tries, it tries in throw-away namespaces. */
export async function examine(system: System = thisSystem()): Promise<Finding[]> {
  const operating = operatingSystem(system)
  if (operating.state === 'missing') return [operating]
  const [asked, apt, namespaces, proc] = await Promise.all([
    askTools(),
    attempt(['apt-get', '--version']),
    attempt(thrownAway(['true'])),
    attempt(
      thrownAway([
        'unshare',
        '--user',
        '--map-root-user',
        '--pid',
        '--mount',
        '--fork',
        '--mount-proc',
        '--',
        'true',
      ]),
    ),
  ])
  const koffi = await koffiFinding()
  return [
    operating,
    kernelVersion(system),
    nodeVersion(system),
    userNamespaces(namespaces, readSwitches()),
    ...(namespaces.ok ? [ownProc(proc)] : []),
    ...toolFindings(asked, apt.found),
    ...backendFinding(asked),
    ...(namespaces.ok ? await kernelFindings(asked) : []),
    koffi,
    stateFolderFinding(),
    // It is asked of the kernel through koffi.
    ...(koffi.state === 'ok' ? [socketLbFinding(socketLbLack())] : []),
    limitsFinding(cgroupParents().flatMap(({ bounds }) => bounds)),
  ]
}

/** Whether labs run here. */
export function isFit(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state !== 'missing')
}

function thisSystem(): System {
  let osRelease = ''
  try {
    osRelease = readFileSync('/etc/os-release', 'utf8')
  } catch {
    // Not every Linux has one, and nothing depends on it.
  }
  return {
    platform: process.platform,
    kernelRelease: release(),
    osRelease,
    nodeVersion: process.versions.node,
  }
}

async function askTools(): Promise<ReadonlyMap<Tool, Attempt>> {
  return new Map(
    await Promise.all(tools.map(async tool => [tool, await attempt([tool.name, ...tool.version])] as const)),
  )
}

function backendFinding(asked: ReadonlyMap<Tool, Attempt>): Finding[] {
  const iptables = named(asked, 'iptables')
  if (!iptables?.found) return []
  return [{ topic: 'iptables backend', state: 'ok', found: iptablesBackend(iptables.output) ?? 'legacy' }]
}

/** A part is not tried where the program to try it with is missing: that program's finding says what to do. */
async function kernelFindings(asked: ReadonlyMap<Tool, Attempt>): Promise<Finding[]> {
  const canTry = (argv: readonly string[]) => named(asked, argv[0] ?? '')?.found ?? true
  const parts = kernelParts
    .filter(part => canTry(part.argv))
    .map(async part => partFinding(part, await attempt(thrownAway(part.argv))))
  const findings = await Promise.all(parts)
  if (canTry(ipvsQuestion)) findings.push(ipvsFinding(await attempt(thrownAway(ipvsQuestion))))
  if (!canTry(['iptables'])) return findings
  const rules = await Promise.all(ruleParts.map(({ rule }) => attempt(thrownAway(ruleCommand(rule)))))
  return [...findings, ruleFinding(rules)]
}

function named(asked: ReadonlyMap<Tool, Attempt>, name: string): Attempt | undefined {
  return [...asked].find(([tool]) => tool.name === name)?.[1]
}
