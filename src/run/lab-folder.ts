import { join } from 'node:path'
import { exitCode, NetlabError } from '../errors.ts'
import type { Condition } from '../model/condition.ts'
import type { Lab } from '../model/lab.ts'
import { endpointsAfterSteps } from '../plan/lab-in-condition.ts'
import { firstCondition } from '../plan/step-endpoints.ts'
import type { ProcessId } from '../sandbox/proc.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { isOwnFolder, isOwnRoot, stateRoot, writeWhole } from '../sandbox/state-folder.ts'
import type { KernelName } from '../sandbox/vm/kernels.ts'
import { type Kept, type KeptFile, keptText, type Lost, readKept } from './kept-file.ts'
import { type KeptLab, wholeLab } from './kept-lab.ts'
import { fields, text } from './shape.ts'
import { conditionShape, labShape, labStateShape } from './state-shapes.ts'

/** What is kept of a lab's processes while it runs; enough to end it without its file. */
export interface LabState {
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
  /** The virtual machine that it runs in, where that is on another kernel than this machine's. */
  vm?: LabVm
  /** How many rules of iptables its steps and syncs have made; left out: nobody has counted them. */
  rules?: number
  /** The netlab process that brings it up leads a lesson through it. */
  lesson?: true
  /** How many steps of its plan have run; left out: all. */
  steps?: number
  /** How far the task of the last of them is; left out: it has none. */
  task?: TaskState
}

/** Whether its task waits, so that nobody is to be told what to find out. */
export function isTaskOpen({ task }: Pick<LabState, 'task'>): boolean {
  return task?.reached === false
}

/** How far a task is. */
export interface TaskState {
  /** How many hints were given. */
  hints: number
  /** The solution was shown. */
  solved: boolean
  /** The goal was seen to hold; false: the task is open. */
  reached: boolean
  /** Which of the goal's checks held when it was last tried, in their order; left out: nobody has tried it. */
  held?: readonly boolean[]
}

/** The virtual machine of a lab. */
export interface LabVm {
  kernel: KernelName
  /** What lives as long as it does. */
  process: ProcessId
}

/** The first netlab knew no virtual machines, and would look for a lab in the sandbox where there is only its machine. */
const withoutVm = 1
const stateFile: KeptFile = { name: 'state.json', version: 2, shape: labStateShape }
/** Where a lab came from, in whatever version, if that is there. */
const originFile: KeptFile = {
  ...stateFile,
  version: Number.POSITIVE_INFINITY,
  shape: fields({ file: text }),
}
const labFile: KeptFile = { name: 'lab.json', version: 1, shape: labShape }
const conditionFile: KeptFile = { name: 'condition.json', version: 1, shape: conditionShape }
/** As condition.json has it; the first netlab did not say whether an apply was broken off. */
type KeptCondition = Omit<Condition, 'brokenOff'> & Partial<Pick<Condition, 'brokenOff'>>
/** Its name when lab.json had no version. */
const oldConditionFile = { ...conditionFile, name: 'sync.json' }

function stateFileOf({ vm }: LabState): KeptFile {
  return vm === undefined ? { ...stateFile, version: withoutVm } : stateFile
}

/** The files that a lab's folder has from its first moment on, by name. */
export function firstFiles(state: LabState, lab: Lab): Record<string, string> {
  return { [stateFile.name]: keptText(stateFileOf(state), state), [labFile.name]: keptText(labFile, lab) }
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

  /** Whom to end; undefined where nothing is known of such a lab, or what there is cannot be read. A newer netlab's is read where it says that alike. */
  read(): LabState | undefined {
    const kept = readKept<LabState>(this.path, { ...stateFile, version: Number.POSITIVE_INFINITY })
    return 'value' in kept && kept.value.lab === this.name ? kept.value : undefined
  }

  /** The state of a lab that is to be worked with; undefined where there is no such lab. Throws NetlabError where it cannot be read. */
  readState(): LabState | undefined {
    const kept = readKept<LabState>(this.path, stateFile)
    if ('lost' in kept) {
      if (kept.lost === 'missing') return undefined
      throw this.lost(kept.lost)
    }
    if (kept.value.lab !== this.name) throw this.lost('damaged')
    return kept.value
  }

  write(state: LabState): void {
    this.#write(stateFileOf(state), state)
  }

  /** Takes note that there are so many rules more; fewer, where the number is negative. */
  countRules(more: number): void {
    const state = this.read()
    if (state?.rules !== undefined && more !== 0) this.write({ ...state, rules: state.rules + more })
  }

  /** The lab as it stands, which an apply may have changed; undefined where that cannot be read. */
  lab(): Lab | undefined {
    const kept = readKept<KeptLab>(this.path, labFile)
    return 'value' in kept ? wholeLab(kept.value) : undefined
  }

  /** The same; throws NetlabError where it cannot be read. */
  readLab(): Lab {
    const kept = readKept<KeptLab>(this.path, labFile)
    if ('lost' in kept) throw this.lost(kept.lost)
    return wholeLab(kept.value)
  }

  /**
   * How the lab stands; of one that nothing has happened to since it came up, as the last step that has run left it. Where that was damaged, the
   * next sync writes every rule. Throws NetlabError where a newer netlab has written it.
   */
  readCondition(lab: Lab): Condition {
    const kept = this.#keptCondition()
    if ('value' in kept) return { brokenOff: kept.value.unfinished.length > 0, ...kept.value }
    if (kept.lost === 'newer') throw this.lost(kept.lost)
    const isDamaged = kept.lost === 'damaged'
    const endpoints = endpointsAfterSteps(lab, this.read()?.steps)
    return { ...firstCondition(lab), endpoints, fullSync: isDamaged, brokenOff: isDamaged }
  }

  /** Keeps what stands now, so that `verify`, `status` and the next apply know it. */
  writeLab(lab: Lab, condition: Condition): void {
    this.#write(labFile, lab)
    this.writeCondition(condition)
  }

  writeCondition(condition: Condition): void {
    this.#write(conditionFile, condition)
  }

  #keptCondition(): Kept<KeptCondition> {
    const kept = readKept<KeptCondition>(this.path, conditionFile)
    return 'lost' in kept && kept.lost === 'missing'
      ? readKept<KeptCondition>(this.path, oldConditionFile)
      : kept
  }

  #write(file: KeptFile, value: object): void {
    writeWhole(join(this.path, file.name), keptText(file, value))
  }

  /** What can still be done where a file of the lab cannot be read. */
  lost(how: Lost): NetlabError {
    const { name } = this
    const kept = readKept<Pick<LabState, 'file'>>(this.path, originFile)
    const again = 'lost' in kept ? 'bring it up again' : `then netlab up ${kept.value.file}`
    return how === 'newer'
      ? new NetlabError({
          what: `a newer netlab has written what is known of the lab ${name}`,
          why: 'this one is older and might misread it',
          fix: `use the newer netlab; or netlab down ${name}, ${again}`,
        })
      : new NetlabError({
          what: `what the lab ${name} is made of is not known any more`,
          why: 'its files in the state folder are damaged, or an older netlab has written them in a way that this one cannot read',
          fix: `netlab down ${name}, ${again}`,
        })
  }
}

function noName(name: string): NetlabError {
  return new NetlabError({
    what: `"${name}" is not the name of a lab`,
    fix: 'netlab list shows the labs that there are',
    exitCode: exitCode.wrongInput,
  })
}
