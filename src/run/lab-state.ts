import { exitCode, NetlabError } from '../errors.ts'
import type { Condition } from '../model/condition.ts'
import type { Lab } from '../model/lab.ts'
import { type LabInCondition, labIn } from '../plan/lab-in-condition.ts'
import { stepOutlines } from '../plan/outline.ts'
import { lives, processId } from '../sandbox/proc.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { labFolders, stateRoot, takeName } from '../sandbox/state-folder.ts'
import { mustBeOutside } from './known-inside.ts'
import { firstFiles, LabFolder, type LabState, type LabVm } from './lab-folder.ts'
import type { LabStart } from './lab-start.ts'
import type { LabProgress, LabStatus } from './report.ts'

/** Takes a lab's name for a start, whose folder becomes the lab's. Throws NetlabError where a lab of that name lives or is being started. */
export function registerLab(lab: Lab, file: string, start: LabStart): { folder: LabFolder; state: LabState } {
  const folder = new LabFolder(lab.name)
  const state: LabState = {
    lab: lab.name,
    file,
    cwd: process.cwd(),
    stage: 'starting',
    since: new Date().toISOString(),
    starter: processId(process.pid)!,
    holder: start.sandbox.holder,
    rules: 0,
  }
  if (takeName(start.folder, lab.name, firstFiles(state, lab))) return { folder, state }
  const other = folder.read()
  throw new NetlabError({
    what: `a lab named ${lab.name} is ${statusWords(other)}`,
    fix: `netlab down ${lab.name} takes it away; with --name ANOTHER a second one runs beside it`,
    exitCode: exitCode.failed,
  })
}

function statusWords(state: LabState | undefined): string {
  if (state === undefined) return 'there already'
  const status = stageOf(state)
  if (status === 'starting')
    return `${state.lesson ? 'in a lesson' : 'being brought up'} right now (process ${state.starter.pid})`
  return status === 'gone' ? 'there already, but has died' : 'up already'
}

/** A lab is what its processes are, whatever was written of it last. */
function stageOf(state: LabState): LabStatus['state'] {
  if (state.stage === 'starting' && lives(state.starter)) return 'starting'
  if (!isAlive(state)) return 'gone'
  return state.stage === 'starting' ? 'failed' : state.stage
}

function isAlive({ sandbox, vm }: LabState): boolean {
  return sandbox !== undefined && lives(sandbox.init) && (vm === undefined || lives(vm.process))
}

/** The names of this user's labs, also of those that died. */
export function labNames(): string[] {
  return labFolders(stateRoot()).filter(name => !name.startsWith('.'))
}

/** Every lab of this user, also those that died. */
export function allLabs(): LabStatus[] {
  return labNames().map(name => statusOf(new LabFolder(name)))
}

/** A lab as it is now. */
export function statusOf(folder: LabFolder, lab: Lab | undefined = folder.lab()): LabStatus {
  const state = folder.read()
  const stage = state === undefined ? 'gone' : stageOf(state)
  const isLesson = state?.lesson === true && stage === 'starting'
  return {
    lab: folder.name,
    state: stage,
    ...(isLesson ? { lesson: state.starter.pid } : {}),
    pid: state?.sandbox?.init.pid ?? 0,
    ...(state?.vm === undefined ? {} : { kernel: state.vm.kernel }),
    pods: lab?.pods.length ?? 0,
    nodes: lab?.nodes.length ?? 0,
    machines: lab?.machines.length ?? 0,
    since: state?.since ?? '',
    ...(state?.steps === undefined || lab === undefined
      ? {}
      : { progress: progressIn(state.steps, state, lab) }),
  }
}

function progressIn(steps: number, { task }: LabState, lab: Lab): LabProgress {
  return { steps, of: stepOutlines(lab).length, ...(task === undefined ? {} : { task }) }
}

/** The names of the labs that live. */
export function runningLabs(): string[] {
  return labNames().filter(name => {
    const state = new LabFolder(name).read()
    return state !== undefined && stageOf(state) !== 'gone'
  })
}

/** A lab whose sandbox lives. */
export interface LivingLab {
  folder: LabFolder
  state: LabState
  sandbox: Sandbox
}

/** Whoever opens a lab that runs in a virtual machine is to do the same in there (`vm.ts`). */
export class RunsInVm extends Error {
  override readonly name = 'RunsInVm'
  readonly folder: LabFolder
  readonly sandbox: Sandbox
  readonly vm: LabVm

  constructor(folder: LabFolder, sandbox: Sandbox, vm: LabVm) {
    super(`${folder.name} runs in a virtual machine`)
    this.folder = folder
    this.sandbox = sandbox
    this.vm = vm
  }
}

/** A lab that lives, by name or, where one runs, by nothing. Throws NetlabError that says which there are, and RunsInVm. */
export function openSandbox(name: string | undefined): LivingLab {
  const folder = new LabFolder(labName(name))
  const state = folder.readState()
  if (state === undefined) throw notKnown(folder)
  const { sandbox, vm } = state
  if (sandbox === undefined || !isAlive(state)) {
    throw new NetlabError({
      what: `the lab ${folder.name} is not running any more`,
      why: 'its sandbox has died, or its start was broken off',
      fix: `netlab down ${folder.name} sweeps what is left of it; netlab up ${state.file} brings it up again`,
    })
  }
  if (vm !== undefined) throw new RunsInVm(folder, sandbox, vm)
  return { folder, state, sandbox }
}

/** The same, with what it is and how it stands; `running` has the steps that have run. */
export function openLab(
  name: string | undefined,
): LivingLab & { lab: Lab; condition: Condition; running: LabInCondition } {
  const living = openSandbox(name)
  const lab = living.folder.readLab()
  const condition = living.folder.readCondition(lab)
  return { ...living, lab, condition, running: labIn(condition, lab, living.state.steps) }
}

/** Throws NetlabError for a lab of which steps are left: what is asked for is about the whole of it. */
export function mustHaveAllSteps({ lab: name, steps, task }: LabState, lab: Lab, does: string): void {
  const all = stepOutlines(lab).length
  if (steps === undefined || steps >= all) return
  throw new NetlabError({
    what: `${name} is at step ${steps} of ${all}, and only the whole of it can be ${does}`,
    fix:
      task === undefined
        ? `netlab down ${name}, then netlab up, which runs all of its steps`
        : `netlab task check ${name} goes on when the task is done, netlab task solve ${name} does it`,
  })
}

/** Throws NetlabError for a lab that has not come up whole: what it is made of is not known. */
export function mustBeUp(state: LabState): void {
  const stage = stageOf(state)
  if (stage === 'up') return
  throw new NetlabError({
    what: `${state.lab} is ${stage === 'starting' ? 'being brought up right now' : 'not up: a step of it failed'}`,
    why: 'only a lab whose every step went well can be changed or synced',
    fix: stage === 'starting' ? 'wait until it is up' : `netlab down ${state.lab}, and bring it up again`,
  })
}

/** The lab that a command means: the one that is named, else the one that NETLAB_LAB names, or the only one that there is. */
export function labName(name: string | undefined): string {
  mustBeOutside()
  if (name !== undefined) return nameOf(name)
  const labs = labNames()
  const { NETLAB_LAB: usual } = process.env
  if (usual) return usualLab(usual, labs)
  if (labs.length === 1) return labs[0]!
  throw labs.length === 0
    ? new NetlabError({
        what: 'no lab is running',
        fix: 'netlab up clusterip brings one up',
        exitCode: exitCode.wrongInput,
      })
    : new NetlabError({
        what: `${labs.length} labs are running: ${labs.join(', ')}`,
        fix: `say which one you mean, or once for all: export NETLAB_LAB=${labs[0]}`,
        exitCode: exitCode.wrongInput,
      })
}

/** Throws NetlabError where NETLAB_LAB names no lab that there is: nobody means another one then. */
function usualLab(usual: string, labs: readonly string[]): string {
  const name = nameOf(usual)
  if (labs.includes(name)) return name
  throw new NetlabError({
    what: `NETLAB_LAB names the lab ${usual}, which is not running`,
    fix: `${labs.length === 0 ? 'no lab is running' : `running: ${labs.join(', ')}`}; name another one, or: unset NETLAB_LAB`,
    exitCode: exitCode.wrongInput,
  })
}

/** A path to a lab file means the lab that was brought up from it, else the one that is named like the file. */
function nameOf(nameOrPath: string): string {
  if (!/[/]|\.ya?ml$/.test(nameOrPath)) return nameOrPath
  const from = labNames().find(name => new LabFolder(name).read()?.file === nameOrPath)
  return from ?? (nameOrPath.split('/').at(-1) ?? '').replace(/(?:\.netlab)?\.ya?ml$/, '')
}

/** There is no such lab, or nothing that could be read was written of it. */
function notKnown(folder: LabFolder): NetlabError {
  const { name } = folder
  if (labNames().includes(name)) return folder.lost('damaged')
  const running = runningLabs()
  return new NetlabError({
    what: `no lab named ${name} is running`,
    fix:
      running.length === 0
        ? `netlab up ${name} brings it up, if a lab of that name ships`
        : `running: ${running.join(', ')}`,
    exitCode: exitCode.wrongInput,
  })
}
