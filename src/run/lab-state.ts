import { join } from 'node:path'
import { exitCode, NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import type { Plan } from '../plan/plan.ts'
import { lives, type ProcessId, processId } from '../sandbox/proc.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import {
  claimFolder,
  isOwnFolder,
  isOwnRoot,
  labFolders,
  readIfThere,
  stateRoot,
  writeWhole,
} from '../sandbox/state-folder.ts'
import type { LabStart } from './lab-start.ts'
import type { LabStatus } from './report.ts'
import type { Shape } from './shape.ts'
import { labStateShape, planShape } from './state-shapes.ts'

/** What is kept of a lab while it runs; enough to end it without its file. */
export interface LabState {
  version: 1
  lab: string
  /** The path that it was brought up from. */
  file: string
  /** The folder in which that path was typed. */
  cwd: string
  stage: 'starting' | 'up' | 'failed'
  /** ISO 8601. */
  since: string
  /** The netlab process that brings it up. */
  starter: ProcessId
  holder?: ProcessId
  sandbox?: Sandbox
  /** The title of the last step that was carried out. */
  lastStep?: string
}

/** A lab's state folder. */
export class LabFolder {
  readonly name: string
  readonly path: string

  /**
   * Throws NetlabError for what cannot be a folder's name, since `..` would be somebody else's folder, and where somebody else owns
   * the folder, or the root, or could write there.
   */
  constructor(name: string, root: string = stateRoot()) {
    if (/^\.|[/\0]|^$/.test(name)) throw noName(name)
    this.name = name
    this.path = join(root, name)
    if (isOwnRoot(root)) isOwnFolder(this.path)
  }

  get logs(): string {
    return this.path
  }

  /** Undefined where nothing is known of such a lab, or what there is cannot be read. */
  read(): LabState | undefined {
    const state = this.readFile<LabState>('state.json', labStateShape)
    return state?.lab === this.name ? state : undefined
  }

  write(state: LabState): void {
    writeWhole(join(this.path, 'state.json'), `${JSON.stringify(state)}\n`)
  }

  /** Undefined where there is none, or none that can be read. */
  plan(): Plan | undefined {
    return this.readFile<Plan>('plan.json', planShape)
  }

  /** Throws NetlabError where the lab has no plan. */
  readPlan(): Plan {
    const plan = this.plan()
    if (plan === undefined) throw notKnown(this.name)
    return plan
  }

  /** What a file has; undefined where there is none of that shape: it is damaged, or another version has written it. */
  readFile<T>(file: string, shape: Shape): T | undefined {
    try {
      const found: unknown = JSON.parse(readIfThere(join(this.path, file)) ?? 'null')
      return shape(found) ? (found as T) : undefined
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof NetlabError) return undefined
      throw error
    }
  }
}

/** Takes a lab's name for a start, whose folder becomes the lab's. Throws NetlabError where a lab of that name lives or is being started. */
export function claimLab(
  lab: Lab,
  plan: Plan,
  file: string,
  start: LabStart,
): { folder: LabFolder; state: LabState } {
  const folder = new LabFolder(lab.name)
  const state: LabState = {
    version: 1,
    lab: lab.name,
    file,
    cwd: process.cwd(),
    stage: 'starting',
    since: new Date().toISOString(),
    starter: processId(process.pid)!,
    holder: start.sandbox.holder,
  }
  const files: Record<string, string> = {
    'state.json': `${JSON.stringify(state)}\n`,
    'plan.json': `${JSON.stringify(plan)}\n`,
    'lab.json': `${JSON.stringify(lab)}\n`,
  }
  if (claimFolder(start.claim, lab.name, files)) return { folder, state }
  const other = folder.read()
  throw new NetlabError({
    what: `a lab named ${lab.name} is ${statusWords(other)}`,
    fix: `netlab down ${lab.name} takes it away; netlab up … --name ANOTHER runs a second one beside it`,
    exitCode: exitCode.failed,
  })
}

function statusWords(state: LabState | undefined): string {
  if (state === undefined) return 'there already'
  const status = stageOf(state)
  if (status === 'starting') return `being brought up right now (process ${state.starter.pid})`
  return status === 'gone' ? 'there already, but has died' : 'up already'
}

/** A lab is what its processes are, whatever was written of it last. */
export function stageOf(state: LabState): LabStatus['state'] {
  if (state.stage === 'starting' && lives(state.starter)) return 'starting'
  if (state.sandbox === undefined || !lives(state.sandbox.init)) return 'gone'
  return state.stage === 'starting' ? 'failed' : state.stage
}

/** Every lab of this user, also those that died. */
export function allLabs(): LabStatus[] {
  return labFolders(stateRoot())
    .filter(name => !name.startsWith('.'))
    .map(name => statusOf(new LabFolder(name)))
}

/** A lab as it is now. */
export function statusOf(folder: LabFolder): LabStatus {
  const state = folder.read()
  return {
    lab: folder.name,
    state: state === undefined ? 'gone' : stageOf(state),
    pid: state?.sandbox?.init.pid ?? 0,
    pods: folder.plan()?.pods.length ?? 0,
    since: state?.since ?? '',
  }
}

/** The names of the labs that live. */
export function runningLabs(): string[] {
  return allLabs()
    .filter(lab => lab.state !== 'gone')
    .map(lab => lab.lab)
}

/** A lab that lives, by name or, where one runs, by nothing. Throws NetlabError that says which there are. */
export function openLab(name: string | undefined): {
  folder: LabFolder
  state: LabState
  sandbox: Sandbox
  plan: Plan
} {
  const folder = new LabFolder(labName(name))
  const state = folder.read()
  if (state === undefined) throw notKnown(folder.name)
  const { sandbox } = state
  if (sandbox === undefined || !lives(sandbox.init)) {
    throw new NetlabError({
      what: `the lab ${folder.name} is not running any more`,
      why: 'its sandbox has died, or its start was broken off',
      fix: `netlab down ${folder.name} sweeps what is left of it; netlab up ${state.file} brings it up again`,
    })
  }
  return { folder, state, sandbox, plan: folder.readPlan() }
}

/** The lab that a command means: the one that is named, or the only one that there is. */
export function labName(name: string | undefined): string {
  if (name !== undefined) return nameOf(name)
  const labs = allLabs().map(lab => lab.lab)
  if (labs.length === 1) return labs[0]!
  throw labs.length === 0
    ? new NetlabError({
        what: 'no lab is running',
        fix: 'netlab up clusterip brings one up',
        exitCode: exitCode.wrongInput,
      })
    : new NetlabError({
        what: `${labs.length} labs are running: ${labs.join(', ')}`,
        fix: 'say which one you mean',
        exitCode: exitCode.wrongInput,
      })
}

/** A path to a lab file means the lab that was brought up from it, else the one that is named like the file. */
function nameOf(nameOrPath: string): string {
  if (!/[/]|\.ya?ml$/.test(nameOrPath)) return nameOrPath
  const from = allLabs().find(lab => new LabFolder(lab.lab).read()?.file === nameOrPath)
  return from?.lab ?? (nameOrPath.split('/').at(-1) ?? '').replace(/\.ya?ml$/, '')
}

function noName(name: string): NetlabError {
  return new NetlabError({
    what: `"${name}" is not the name of a lab`,
    fix: 'netlab list shows the labs that there are',
    exitCode: exitCode.wrongInput,
  })
}

/** Nothing is known of such a lab: there is none, or what was written of it is damaged. */
function notKnown(name: string): NetlabError {
  if (allLabs().some(({ lab }) => lab === name)) {
    return new NetlabError({
      what: `what the lab ${name} is made of is not known any more`,
      why: 'its files in the state folder are damaged, or another version of netlab has written them',
      fix: `netlab down ${name}, and bring it up again`,
    })
  }
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
