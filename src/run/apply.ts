import { resolve } from 'node:path'
import { NetlabError } from '../errors.ts'
import { type Condition, withoutHalfMade } from '../model/condition.ts'
import type { Lab } from '../model/lab.ts'
import { type Proxier, proxierName, proxiersOf } from '../model/places.ts'
import { applyStages } from '../plan/apply.ts'
import { readyEndpoints } from '../plan/apply-endpoints.ts'
import type { ApplyStage } from '../plan/apply-stage.ts'
import { labDifference, type PodsDifference, podsDifference } from '../plan/difference.ts'
import { labIn } from '../plan/lab-in-condition.ts'
import { lastEndpoints } from '../plan/step-endpoints.ts'
import { carryOutStages, type Flushed, kernelFacts } from './apply-stage.ts'
import type { PlannedApply, RunListener } from './events.ts'
import type { LabState } from './lab-folder.ts'
import { type LivingLab, mustHaveAllSteps } from './lab-state.ts'
import { mustHaveHere, mustHaveThere } from './must-have.ts'
import type { StepResult } from './report.ts'
import { balancesSockets, closeSocketLb, openSocketLb } from './socket-lb.ts'
import { withLabLocked } from './sync-lock.ts'

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
 * Brings a running lab to the lab that `change` makes of it, without rebuilding what stays. A stage that fails ends it; what was
 * done is kept, and another apply goes on from there. Throws NetlabError for changes that a running lab cannot be given.
 */
export function apply(
  { folder, sandbox, state }: LivingLab,
  change: (running: Lab) => Lab,
  options: ApplyOptions,
): Promise<ApplyReport> {
  return withLabLocked(folder, options.signal, async () => {
    const start = performance.now()
    const running = folder.readLab()
    mustHaveAllSteps(state, running, 'changed')
    const condition = folder.readCondition(running)
    const target = change(running)
    const unfinished = new Set(condition.unfinished.map(({ name }) => name))
    const known = { ...running, pods: running.pods.filter(({ name }) => !unfinished.has(name)) }
    const { halfMade } = condition
    const whole = halfMade === undefined ? known : withoutHalfMade(known, halfMade)
    const before = labIn(condition, whole)
    const pods = podsDifference(before.lab.pods, target.pods)
    const after = labIn(conditionAfter(condition, target, pods), target)
    const difference = labDifference(before, after, pods)
    if (difference.impossible.length > 0) throw cannotBeApplied(running.name, difference.impossible)
    const stages = applyStages(
      before,
      after,
      difference,
      await kernelFacts(sandbox, running, allProxiers(running, target)),
    )
    const planned: PlannedApply = { lab: running.name, difference, stages }
    const { tell, signal } = options
    tell({ kind: 'apply-planned', planned })
    const report = { ...planned, ok: true, dryRun: options.dryRun, ms: 0, steps: [], flushed: [] }
    if (options.dryRun) return report
    const plan = { steps: stages.map(({ step }) => step) }
    mustHaveHere(target, plan)
    await mustHaveThere(sandbox, { lab: target, plan, file: originOf(state) })
    // What the maps of one that has ended had is among what the stages make.
    if (balancesSockets(running) && stages.length > 0) await openSocketLb(sandbox, running)
    let standing: Condition = {
      ...after.condition,
      ...{ endpoints: condition.endpoints, fullSync: condition.fullSync },
    }
    const { steps, flushed } = await carryOutStages(sandbox, stages, {
      tell,
      signal,
      before: stage => folder.writeCondition({ ...standing, ...marks(stage, standing) }),
      after: (stage, result) => {
        if (result.failure !== undefined) return
        standing = stage.leaves.condition
        folder.countRules(stage.rules?.more ?? 0)
        // A large lab takes its time to be written; after the last stage it is, at once, as a whole.
        if (stage !== stages.at(-1) || !result.ok) folder.writeLab(stage.leaves.lab, standing)
      },
    })
    const ok = steps.every(step => step.ok)
    if (ok && !balancesSockets(after.lab)) await closeSocketLb(after.lab)
    if (ok) folder.writeLab(after.lab, after.condition)
    return { ...report, ok, ms: performance.now() - start, steps, flushed }
  })
}

/** How the new lab stands: a pod that kubelet knows to be not ready is no endpoint, while a new one is ready and nothing is known of it. */
function conditionAfter(before: Condition, target: Lab, difference: PodsDifference): Condition {
  const { added, removed, replaced, restarted } = difference
  const fresh = new Set([...added, ...removed, ...replaced, ...restarted].map(({ name }) => name))
  const kept = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).filter(([key]) => !fresh.has(key.replace(/\/.*/, ''))))
  const { ended, notReady, probes, restarts } = before
  const condition = {
    ...{ ended: kept(ended), notReady: kept(notReady), probes: kept(probes) },
    ...(restarts === undefined ? {} : { restarts: kept(restarts) }),
  }
  const silent = new Set(Object.keys(condition.notReady))
  return {
    ...condition,
    endpoints: readyEndpoints(target, lastEndpoints(target), silent),
    ...{ unfinished: [], fullSync: false, brokenOff: false },
  }
}

/** What must be known of a stage that is broken off. */
function marks(
  { touches, halfMade, rules }: ApplyStage,
  { fullSync }: Condition,
): Pick<Condition, 'unfinished' | 'halfMade' | 'fullSync' | 'brokenOff'> {
  return {
    unfinished: touches,
    ...(halfMade === undefined ? {} : { halfMade }),
    fullSync: fullSync || rules !== undefined,
    brokenOff: true,
  }
}

function cannotBeApplied(lab: string, impossible: readonly string[]): NetlabError {
  return new NetlabError({
    what: `${lab} cannot be changed like that while it runs`,
    why: 'everything in the lab is built upon:',
    details: impossible.join('\n'),
    fix: `netlab down ${lab}, then netlab up with the new file; nothing has been changed`,
  })
}

/** All parts of kube-proxy that are there before an apply, or will be afterwards. */
function allProxiers(before: Lab, after: Lab): Proxier[] {
  const all = [...proxiersOf(before), ...proxiersOf(after)]
  return [...new Map(all.map(proxier => [proxierName(proxier), proxier])).values()]
}
