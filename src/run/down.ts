import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runAtAnyway } from '../sandbox/enter.ts'
import { complainersTo, lives } from '../sandbox/proc.ts'
import { closeSandbox, type Sandbox } from '../sandbox/sandbox.ts'
import { labFolders, removeFolder, starterOf, stateRoot } from '../sandbox/state-folder.ts'
import { LabFolder } from './lab-state.ts'
import type { DownReport } from './report.ts'

/** Takes a lab down, whatever state it is in, and says what went with it. Throws NetlabError where something stayed. */
export async function down(name: string): Promise<DownReport> {
  const folder = new LabFolder(name)
  await stopStarter(folder)
  const state = folder.read()
  const sandbox = state?.sandbox
  const running = sandbox !== undefined && lives(sandbox.init)
  const went = running ? { pods: folder.plan()?.pods.length ?? 0, ...(await countInside(sandbox)) } : nothing
  const known = state !== undefined || labFolders(stateRoot()).includes(name)
  await endLab(folder)
  return { lab: name, found: known, wasRunning: running, ...went }
}

const nothing = { pods: 0, links: 0, rules: 0 }

/** Takes every lab of this user down, those that died or were broken off included. */
export async function downAll(): Promise<DownReport[]> {
  const folders = labFolders(stateRoot())
  const reports = await Promise.all(folders.filter(name => !name.startsWith('.')).map(name => down(name)))
  // A start that was killed before it had its name leaves a folder that is marked with its process.
  for (const name of folders) {
    const starter = starterOf(name)
    if (starter !== undefined && !isAlive(starter)) await endFolder(join(stateRoot(), name))
  }
  return reports
}

/** Milliseconds that a netlab which is bringing a lab up has for taking it down by itself. */
const patience = 5000

/** A lab that is being brought up at this moment, elsewhere, is given up there first. */
async function stopStarter(folder: LabFolder): Promise<void> {
  const state = folder.read()
  if (state?.stage !== 'starting' || state.starter.pid === process.pid) return
  const { starter } = state
  if (lives(starter)) process.kill(starter.pid, 'SIGTERM')
  const giveUp = Date.now() + patience
  while (lives(starter) && folder.read() !== undefined && Date.now() < giveUp) await sleep(10)
}

/** Ends a lab's processes and removes its state; nothing is left of it afterwards. */
export async function endLab(folder: LabFolder): Promise<void> {
  const state = folder.read()
  if (state?.holder !== undefined) await closeSandbox(state.holder, state.sandbox)
  await endFolder(folder.path)
}

/** Where the state was lost, or not written yet, a lab's processes are known by where they complain to. */
async function endFolder(path: string): Promise<void> {
  for (const left of complainersTo(path)) await closeSandbox(left, undefined)
  removeFolder(path)
}

async function countInside(sandbox: Sandbox): Promise<{ links: number; rules: number }> {
  const script =
    'ip -o link show | grep -vc " lo:"; { iptables-save; ip6tables-save; } 2>/dev/null | grep -c "^-A"'
  const { stdout } = await runAtAnyway(sandbox, ['sh', '-c', script])
  const [links = 0, rules = 0] = stdout.trim().split('\n').map(Number)
  return { links, rules }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
