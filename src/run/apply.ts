import { resolve } from 'node:path'
import { NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { applyStages } from '../plan/apply.ts'
import { readyEndpoints, type Standing, standingPlan } from '../plan/apply-endpoints.ts'
import type { ApplyStage } from '../plan/apply-stage.ts'
import { type LabDifference, labDifference } from '../plan/difference.ts'
import { lastEndpoints } from '../plan/step-endpoints.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { carryOutStages, type Flushed, kernelFacts } from './apply-stage.ts'
import type { PlannedApply, RunListener } from './events.ts'
import type { LabFolder, LabState } from './lab-state.ts'
import type { StepResult } from './report.ts'
import { withLabLocked } from './sync-lock.ts'
import { readLab, readSyncState, type SyncState, writeLab, writeSyncState } from './sync-state.ts'

/** A running lab, as `openLab` gives it. */
export interface AppliedLab {
  folder: LabFolder
  state: LabState
  sandbox: Sandbox
}

export interface ApplyReport extends PlannedApply {
  ok: boolean
  /** Nothing was carried out, as was asked. */
  dryRun: boolean
  /** Milliseconds. */
  ms: number
  steps: readonly StepResult[]
  flushed: readonly Flushed[]
}

export interface ApplyOptions {
  dryRun: boolean
  /** Hears the difference before anything is carried out, then of the steps. */
  tell: RunListener
  signal: AbortSignal
}

/** The path of the file that a lab was brought up from, from wherever it is asked for. */
export function originOf({ file, cwd }: LabState): string {
  return resolve(cwd, file)
}

/**
 * Brings a running lab to another lab, without rebuilding what stays. A stage that fails ends it; what was done is kept, and
 * another apply goes on from there. Throws NetlabError for changes that a running lab cannot be given.
 */
export function apply(
  { folder, sandbox }: AppliedLab,
  target: Lab,
  options: ApplyOptions,
): Promise<ApplyReport> {
  return withLabLocked(folder, options.signal, async () => {
    const start = performance.now()
    const running = readLab(folder)
    const state = readSyncState(folder, running)
    const unfinished = new Set(state.unfinished.map(({ name }) => name))
    const before: Standing = {
      lab: { ...running, pods: running.pods.filter(({ name }) => !unfinished.has(name)) },
      endpoints: state.endpoints,
    }
    const after = readyStanding(before.lab, target, state)
    const difference = labDifference(before, after)
    if (difference.impossible.length > 0) throw cannotBeApplied(running.name, difference.impossible)
    const stages = applyStages(before, after, difference, {
      kernel: await kernelFacts(sandbox),
      unfinished: state.unfinished,
      fullSync: state.fullSync,
    })
    const planned: PlannedApply = { lab: running.name, difference, stages }
    const { tell, signal } = options
    tell({ kind: 'apply-planned', planned })
    const report = { ...planned, ok: true, dryRun: options.dryRun, ms: 0, steps: [], flushed: [] }
    if (options.dryRun) return report
    let known = withoutGone(state, difference)
    const { steps, flushed } = await carryOutStages(sandbox, stages, {
      tell,
      signal,
      planOf: stage => standingPlan(stage.leaves),
      before: stage => writeSyncState(folder, { ...known, ...marks(stage) }),
      after: (stage, result) => {
        if (result.failure !== undefined) return
        known = { ...known, endpoints: stage.leaves.endpoints, unfinished: [], fullSync: false }
        // A large lab takes its time to be written; after the last stage it is, at once, as a whole.
        if (stage !== stages.at(-1) || !result.ok) writeLab(folder, stage.leaves, known)
      },
    })
    const ok = steps.every(step => step.ok)
    if (!ok) return { ...report, ok, ms: performance.now() - start, steps, flushed }
    writeLab(folder, after, known)
    return { ...report, ms: performance.now() - start, steps, flushed }
  })
}

/** The endpoints that the new lab has, without pods that kubelet knows to be not ready; a new pod is ready. */
function readyStanding(running: Lab, target: Lab, state: SyncState): Standing {
  const endpoints = lastEndpoints(target)
  const difference = labDifference({ lab: running, endpoints }, { lab: target, endpoints })
  const fresh = new Set(
    [...difference.added, ...difference.replaced, ...difference.restarted].map(({ name }) => name),
  )
  const notReady = Object.keys(state.notReady).filter(pod => !fresh.has(pod))
  return { lab: target, endpoints: readyEndpoints(target, endpoints, new Set(notReady)) }
}

/** What must be known of a stage that is broken off. */
function marks({ touches, rules }: ApplyStage): Pick<SyncState, 'unfinished' | 'fullSync'> {
  return { unfinished: touches, fullSync: rules !== undefined || touches.length === 0 }
}

/** Forgets what was known of pods that go, or come anew. */
function withoutGone(state: SyncState, { added, removed, replaced, restarted }: LabDifference): SyncState {
  const gone = new Set([...added, ...removed, ...replaced, ...restarted].map(({ name }) => name))
  const kept = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).filter(([key]) => !gone.has(key.replace(/\/.*/, ''))))
  return { ...state, ended: kept(state.ended), notReady: kept(state.notReady), probes: kept(state.probes) }
}

function cannotBeApplied(lab: string, impossible: readonly string[]): NetlabError {
  return new NetlabError({
    what: `${lab} cannot be changed like that while it runs`,
    why: 'everything in the lab is built upon:',
    details: impossible.join('\n'),
    fix: `netlab down ${lab}, then netlab up with the new file; nothing has been changed`,
  })
}
