import { readFileSync } from 'node:fs'
import { type Command, host, namespacesFolder, type Place } from '../command/command.ts'
import { commandLine } from '../command/command-line.ts'
import { dataplaneOf } from '../dataplane/modes.ts'
import { isSocketLbCommand } from '../dataplane/socket-commands.ts'
import type { Lab } from '../model/lab.ts'
import { type Proxier, proxierName } from '../model/places.ts'
import type { ApplyStage, KernelFacts, KernelRules, PlaceKernel } from '../plan/apply-stage.ts'
import { runAt, runAtAnyway } from '../sandbox/enter.ts'
import { endPods } from '../sandbox/kubelet-control.ts'
import { closeListeners, podServers } from '../sandbox/pod-control.ts'
import { endProcesses } from '../sandbox/pod-processes.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { type RunContext, sandboxExecutor } from './carry-out.ts'
import type { RunListener, StepEvent } from './events.ts'
import type { StepResult } from './report.ts'
import { runSteps } from './run-steps.ts'
import { balancesSockets, dumpSocketLb, introducePods } from './socket-lb.ts'

/** UDP connections that were taken out of conntrack's table. */
export interface Flushed {
  /** As people type it. */
  command: string
  connections: number
}

/** What came of stages. */
export interface StagesResult {
  steps: readonly StepResult[]
  flushed: readonly Flushed[]
}

/** The rules of these parts of kube-proxy, as the kernels of their nodes have them. */
export async function kernelRules(
  sandbox: Sandbox,
  lab: Pick<Lab, 'proxy' | 'name'>,
  proxiers: readonly Proxier[],
): Promise<KernelRules> {
  const dataplane = dataplaneOf(lab.proxy)
  const rules = new Map<string, unknown>()
  for (const proxier of proxiers) {
    const { node: place, family } = proxier
    const texts: string[] = []
    for (const argv of dataplane.save(family))
      texts.push(
        isSocketLbCommand({ argv }) ? await dumpSocketLb(lab) : await savedRules(sandbox, argv, place),
      )
    rules.set(proxierName(proxier), dataplane.readBack(...texts))
  }
  return rules
}

async function savedRules(sandbox: Sandbox, argv: readonly string[], place: Place): Promise<string> {
  const { stdout } = await runAt(sandbox, argv, {
    place,
    why: 'a sync deletes the chains that nothing leads to any more, so it looks which there are',
    shownAs: commandLine({ argv, in: place }),
  })
  return stdout
}

/** All of the sandbox that decides which commands an apply needs. */
export async function kernelFacts(
  sandbox: Sandbox,
  lab: Pick<Lab, 'proxy' | 'name'>,
  proxiers: readonly Proxier[],
): Promise<KernelFacts> {
  const namespaces = await namespacesOf(sandbox)
  const there = proxiers.filter(({ node }) => node === host || namespaces.has(node))
  const places = new Map<Place, PlaceKernel>()
  for (const place of new Set([host, ...there.map(({ node }) => node)]))
    places.set(place, await placeKernel(sandbox, place))
  return { rules: await kernelRules(sandbox, lab, there), namespaces, places }
}

async function placeKernel(sandbox: Sandbox, place: Place): Promise<PlaceKernel> {
  const read = async (argv: readonly string[], why: string) =>
    (await runAt(sandbox, argv, { place, why })).stdout
  const whyLinks = 'looking which interfaces there are'
  // Process 1 is in the host's network, which costs no process to look at.
  const [devices, neighbours] =
    place === host
      ? ['dev', 'arp'].map(table => readFileSync(`/proc/${sandbox.init.pid}/net/${table}`, 'utf8'))
      : (await read(['cat', '/proc/self/net/dev', '/proc/self/net/arp'], whyLinks)).split(/^(?=IP address)/m)
  const links = (devices ?? '').split('\n').flatMap(line => /^\s*([^\s:]+):/.exec(line)?.[1] ?? [])
  return {
    links: new Set(links),
    macs: bridgeAddresses(
      await read(
        ['ip', '-j', 'link', 'show', 'type', 'bridge'],
        'a bridge must keep its MAC address when its pods change',
      ),
    ),
    known: knownNeighbours(neighbours ?? ''),
  }
}

/** Addresses of the neighbours in `/proc/net/arp` that are permanent (ATF_PERM, if_arp.h). */
function knownNeighbours(table: string): Set<string> {
  const entries = table.split('\n').map(line => line.split(/\s+/))
  return new Set(entries.flatMap(([address = '', , flags]) => (Number(flags) & 0x4 ? [address] : [])))
}

async function namespacesOf(sandbox: Sandbox): Promise<Set<string>> {
  const { stdout } = await runAt(sandbox, ['ls', namespacesFolder], {
    why: 'looking which pods there are',
  })
  return new Set(stdout.split('\n').filter(name => name !== ''))
}

/** What `ip -j link show` says, read. */
function bridgeAddresses(text: string): Map<string, string> {
  const links = JSON.parse(text || '[]') as { ifname: string; address: string }[]
  return new Map(links.map(({ ifname, address }) => [ifname, address]))
}

/** What belongs to stages beside their steps. */
export interface StagesOptions {
  tell: RunListener<StepEvent>
  signal?: AbortSignal | undefined
  before?: (stage: ApplyStage) => void
  /** After the flushing of UDP connections, too. */
  after?: (stage: ApplyStage, result: StepResult) => void
}

/** Carries stages out, up to one that fails: programs end, then the commands, the checks, and the flushing of UDP connections. */
export async function carryOutStages(
  sandbox: Sandbox,
  stages: readonly ApplyStage[],
  { tell, signal, before, after }: StagesOptions,
): Promise<StagesResult> {
  const flushed: Flushed[] = []
  const [first] = stages
  if (first === undefined) return { steps: [], flushed }
  const context: RunContext = {
    ...{ sandbox, running: first.leaves },
    ...(signal === undefined ? {} : { signal }),
  }
  const steps = await runSteps(
    { executor: sandboxExecutor(context, 'batched'), tell, signal },
    stages.map(stage => stage.step),
    {
      before: async index => {
        const stage = stages[index]!
        before?.(stage)
        context.running = stage.leaves
        // Those first that somebody would start again.
        await endPods(sandbox, stage.ends, 'stop')
        await Promise.all(stage.ends.map(pod => endEverything(sandbox, pod)))
      },
      after: async (index, result) => {
        const stage = stages[index]!
        if (balancesSockets(context.running.lab)) await introducePods(sandbox, context.running.lab)
        if (result.failure === undefined) flushed.push(...(await flush(sandbox, stage.rules?.flushes ?? [])))
        after?.(stage, result)
      },
    },
  )
  return { steps, flushed }
}

/** A pod that goes takes along whatever runs in it, somebody's shell included. */
async function endEverything(sandbox: Sandbox, pod: string): Promise<void> {
  const serving = (await podServers(sandbox)).filter(server => server.pods.includes(pod))
  await Promise.all([
    ...serving.map(server => closeListeners(sandbox, server, pod, 'stop')),
    endProcesses(sandbox, pod, 'stop'),
  ])
}

/** conntrack ends with 1 where it found nothing to delete, which is as good. */
async function flush(sandbox: Sandbox, commands: readonly Command[]): Promise<Flushed[]> {
  const flushed: Flushed[] = []
  for (const command of commands) {
    const { stderr } = await runAtAnyway(sandbox, command.argv, {
      place: command.in,
      why: 'a UDP connection keeps its endpoint as long as packets go, whether it is still there or not',
    })
    const connections = Number(/(\d+) flow entries have been deleted/.exec(stderr)?.[1] ?? 0)
    flushed.push({ command: commandLine(command), connections })
  }
  return flushed
}
