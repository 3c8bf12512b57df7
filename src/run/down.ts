import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { mustBeFreed } from '../sandbox/bpf/socket-lb-control.ts'
import { abandonedCgroups, mustRemoveCgroup } from '../sandbox/cgroup.ts'
import { closeSandbox } from '../sandbox/close.ts'
import { complainersTo, kill, linkCount, lives, type ProcessId } from '../sandbox/proc.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import {
  isAbandonedStart,
  labFolders,
  readIfThere,
  removeFolder,
  stateRoot,
  writeWhole,
} from '../sandbox/state-folder.ts'
import { type CniRelease, releasePods } from './cni-release.ts'
import { LabFolder, type LabState } from './lab-folder.ts'
import { cgroupsFile } from './lab-start.ts'
import type { DownReport } from './report.ts'

/** Takes a lab down, whatever state it is in, and says what went with it. Throws NetlabError where something stayed. */
export async function down(name: string): Promise<DownReport> {
  const folder = new LabFolder(name)
  await stopStarter(folder)
  const state = folder.read()
  const sandbox = state?.sandbox
  const running = state !== undefined && sandbox !== undefined && lives(sandbox.init)
  const isHere = running && state.vm === undefined
  // What the kernel and the state folder know: nothing in the lab is asked, but for CNI plugins, which have their own say first.
  const went = running ? contents(folder, state, sandbox) : nothing
  const cni = isHere ? await released(folder, sandbox) : undefined
  const found = labFolders(stateRoot()).includes(name)
  if (found) await end(folder.path, state)
  return { lab: name, found, wasRunning: running, ...went, ...(cni === undefined ? {} : { cni }) }
}

const nothing = { pods: 0, nodes: 0, machines: 0, links: 0, rules: 0 }

function contents(folder: LabFolder, { rules = 0, vm }: LabState, { init }: Sandbox): typeof nothing {
  const { pods = [], nodes = [], machines = [] } = folder.lab() ?? {}
  const counts = { pods: pods.length, nodes: nodes.length, machines: machines.length }
  // What a virtual machine has inside goes with it, uncounted.
  return { ...counts, links: vm === undefined ? linkCount(init) : 0, rules }
}

/** The file in a lab's folder that says that DEL has been begun. */
const releaseMark = 'releasing'

/** DEL, once: where a lab has ended the netlab that tried it, the next one ends the lab without. */
async function released(folder: LabFolder, sandbox: Sandbox): Promise<CniRelease | undefined> {
  const lab = folder.lab()
  const mark = join(folder.path, releaseMark)
  if (lab?.cni === undefined || readIfThere(mark) !== undefined) return undefined
  writeWhole(mark, '')
  return releasePods(sandbox, lab)
}

/** Takes every lab of this user down, those that died or were broken off included. */
export async function downAll(): Promise<DownReport[]> {
  const root = stateRoot()
  const folders = labFolders(root)
  const reports = await Promise.all(folders.filter(name => !name.startsWith('.')).map(name => down(name)))
  for (const name of folders) if (isAbandonedStart(name)) await end(join(root, name), undefined)
  await mustRemoveCgroup(abandonedCgroups())
  return reports
}

/** Milliseconds that a netlab which is bringing a lab up has for taking it down by itself. */
const patience = 5000

/** A lab that is being brought up at this moment, elsewhere, is given up there first. */
async function stopStarter(folder: LabFolder): Promise<void> {
  const state = folder.read()
  if (state?.stage !== 'starting' || state.starter.pid === process.pid) return
  const { starter } = state
  kill(starter, 'SIGTERM')
  // One that somebody stopped, with Ctrl-Z say, hears of it only then.
  kill(starter, 'SIGCONT')
  const giveUp = Date.now() + patience
  while (lives(starter) && isStartedBy(folder, starter) && Date.now() < giveUp) await sleep(10)
  // Whoever does not heed it would go on with a lab that is gone, or with the next one of that name.
  if (isStartedBy(folder, starter)) kill(starter)
}

function isStartedBy(folder: LabFolder, { pid, startTime }: ProcessId): boolean {
  const starter = folder.read()?.starter
  return starter?.pid === pid && starter.startTime === startTime
}

/** Ends the processes of a lab that this process started, and removes its state; nothing is left of it afterwards. */
export async function endLab(folder: LabFolder): Promise<void> {
  const state = folder.read()
  // It was taken down meanwhile, and somebody else has brought up another one of that name.
  if (state !== undefined && state.starter.pid !== process.pid) return
  await end(folder.path, state)
}

/** Where the state was lost, or not written yet, a lab's processes are known by where they complain to. */
async function end(path: string, state: LabState | undefined): Promise<void> {
  if (state?.holder !== undefined) await closeSandbox(state.holder, state.sandbox)
  for (const left of complainersTo(path)) await closeSandbox(left, undefined)
  await mustBeFreed(path)
  await mustRemoveCgroup(cgroupsOf(path))
  removeFolder(path)
}

/** Which cgroups a lab has is noted before anything else of it. */
function cgroupsOf(path: string): string[] {
  try {
    const folders: unknown = JSON.parse(readIfThere(join(path, cgroupsFile)) ?? '[]')
    return Array.isArray(folders) ? folders.filter(folder => typeof folder === 'string') : []
  } catch {
    return []
  }
}
