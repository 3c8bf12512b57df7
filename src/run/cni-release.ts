import type { Command } from '../command/command.ts'
import { networkOf, podsOfNetwork } from '../model/cni.ts'
import type { Lab, Pod } from '../model/lab.ts'
import { delCalls, finalResult, leasesFolder, resultsFolder } from '../plan/cni.ts'
import { runAtAnyway } from '../sandbox/enter.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { pluginComplaint, pluginScript } from './plugin-run.ts'

/** What came of giving back what CNI plugins had given to a lab's pods. */
export interface CniRelease {
  /** Pods that were attached, and have been detached by DEL. */
  pods: readonly string[]
  /** Addresses that host-local still holds leased, on all nodes. */
  leases: readonly string[]
  /** What plugins said where DEL failed. */
  complaints: readonly string[]
}

/** Milliseconds that a call, or a look, gets; and all of them together. */
const patience = 10_000
const longest = 30_000
/** Bytes of what a plugin says, or of names of files. */
const most = 2 ** 20

/**
 * Runs DEL for every pod that is attached, as a container runtime does before a pod's namespace goes. A lab ends whatever comes of it: what
 * fails is told, and what takes too long is left out.
 */
export async function releasePods(sandbox: Sandbox, lab: Lab): Promise<CniRelease | undefined> {
  const networks = lab.cni ?? []
  if (networks.length === 0) return undefined
  const begin = performance.now()
  const complaints: string[] = []
  const released: string[] = []
  const kept = new Set(await filesIn(sandbox, resultsFolder, undefined))
  const attached = networks
    .flatMap(network => podsOfNetwork(lab, network).map(pod => ({ network, pod })))
    .filter(({ network, pod }) => kept.has(nameOf(finalResult(network, pod))))
  for (const { pod } of attached.toReversed()) {
    if (performance.now() - begin > longest) {
      complaints.push(`no time was left for DEL of ${pod.name}`)
      continue
    }
    const complaint = await release(sandbox, lab, pod)
    if (complaint === undefined) released.push(pod.name)
    else complaints.push(complaint)
  }
  const leases: string[] = []
  for (const { node, name } of networks) {
    const files = await filesIn(sandbox, `${leasesFolder}/${name}`, node)
    leases.push(...files.filter(file => /^[0-9]+(?:\.[0-9]+){3}$/.test(file)))
  }
  return { pods: released, leases, complaints }
}

/** What was said where a pod could not be detached. */
async function release(sandbox: Sandbox, lab: Lab, pod: Pod): Promise<string | undefined> {
  const network = networkOf(lab, pod)
  if (network === undefined) return undefined
  for (const { command } of delCalls(network, pod)) {
    const complaint = await carryOut(sandbox, command)
    if (complaint !== undefined) return complaint
  }
  return undefined
}

async function carryOut(sandbox: Sandbox, command: Command): Promise<string | undefined> {
  try {
    const { stdout, stderr, exitCode } = await runAtAnyway(sandbox, ['sh', '-s'], {
      input: pluginScript(command),
      why: 'the runtime gives back what the CNI plugins gave to a pod',
      deadline: patience,
      tooMuch: 'stop',
      limit: most,
    })
    if (command.plugin !== undefined) return pluginComplaint(command.plugin, stdout, exitCode)
    return exitCode === 0 ? undefined : stderr.trim()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The names in a folder inside; none where it cannot be read, as in a lab that is dying. */
async function filesIn(sandbox: Sandbox, folder: string, place: string | undefined): Promise<string[]> {
  try {
    const { stdout } = await runAtAnyway(sandbox, ['ls', '-A', folder], {
      ...(place === undefined ? {} : { place }),
      why: 'looking what CNI plugins have given to the pods',
      deadline: patience,
      tooMuch: 'stop',
      limit: most,
    })
    return stdout.split('\n').filter(name => name !== '')
  } catch {
    return []
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
