import pMap from 'p-map'
import type { Place } from '../command/command.ts'
import { balancerTroubleEvidence } from '../diagnose/socket-lb.ts'
import type { Check } from '../model/lab.ts'
import { placesOf } from '../model/places.ts'
import type { ObservedLab } from '../observe/tool.ts'
import { needsPod } from '../plan/apply-checks.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { checksOf } from '../plan/task-steps.ts'
import { mustLive } from '../sandbox/lab-gone.ts'
import { slowness } from '../sandbox/patience.ts'
import type { Job } from './complaint.ts'
import type { VerifyEvent } from './events.ts'
import { reachMatrix } from './matrix.ts'
import type { MatrixReport, ServiceSample, VerifyReport } from './report.ts'
import { isFailureExpected, jobsOf, sampleService, withLatency } from './sample-service.ts'
import { tryAll } from './try-checks.ts'

export interface VerifyOptions {
  /** Requests per service and place; left out: as many as the false-alarm rate asks for. */
  requests?: number
  /** Only from these places. */
  from?: readonly Place[]
  /** Try every pair of places, also where the lab does not say who reaches whom. */
  matrix?: boolean
  /** What does not hold is told, and not why. */
  unexplained?: boolean
  /** Hears what it is at. */
  tell?: (event: VerifyEvent) => void
}

/** Samples under way at once: more would make each other's answers late. */
const samplesAtOnce = 2

/** Above this number of samples, those that have no shares to tell apart are small. */
const manyJobs = 60

/** Above this number of samples no latency is told: it is measured when all else is done, one sample after the other. */
const mostTimed = 24

function fewRequests({ target }: Job, many: boolean): number | undefined {
  return many && target.endpoints.length < 2 ? 20 : undefined
}

/** Tries a lab's checks again and samples each of its services from each place. */
export async function verify(context: ObservedLab, options: VerifyOptions): Promise<VerifyReport> {
  const { running } = context
  const { unexplained = false, tell = () => {} } = options
  const lasting = lastingChecks(running)
  const tried = counted('checks', lasting.length, tell)
  const checks = await tryAll(context, lasting, tried, { unexplained })
  const socketLb = await balancerTroubleEvidence(running.lab)
  const targets = socketLb === undefined ? running.services.filter(target => target.protocol !== 'SCTP') : []
  const from = options.from ?? placesOf(running.lab)
  const jobs = targets.flatMap(target => jobsOf(context, target, from))
  const many = jobs.length > manyJobs
  const asked = counted('services', jobs.length, tell)
  const sampled = (some: readonly Job[], concurrency: number) =>
    pMap(
      some,
      async job => {
        const sample = await sampleService(context, job, options.requests ?? fewRequests(job, many))
        asked(sample)
        return [job, sample] as const
      },
      { concurrency },
    )
  const [good, ...failing] = await Promise.all([
    sampled(
      jobs.filter(job => !isFailureExpected(job)),
      slowness() > 1 ? 1 : samplesAtOnce,
    ),
    // One after the other from each place: the kernel refuses the same client only about once a second.
    ...from.map(place =>
      sampled(
        jobs.filter(job => isFailureExpected(job) && job.from === place),
        1,
      ),
    ),
  ])
  // What did not answer may not have been there any more, and what was expected to fail has failed for that.
  mustLive(context.sandbox, 'asking its services')
  const samples = new Map([...good, ...failing.flat()])
  const services: ServiceSample[] = []
  if (jobs.length > 0 && jobs.length <= mostTimed) tell({ kind: 'latency' })
  for (const job of jobs) {
    const sample = samples.get(job)
    if (sample === undefined) continue
    services.push(jobs.length > mostTimed ? sample : await withLatency(context, job, sample))
  }
  const isAsked = options.matrix === true || running.lab.reach.length > 0
  if (isAsked) tell({ kind: 'matrix' })
  const matrix = isAsked ? await reachMatrix(context, options.from) : undefined
  const ok =
    socketLb === undefined &&
    [...checks, ...services, ...(matrix === undefined ? [] : [matrix])].every(each => each.ok)
  return {
    ...{ lab: running.lab.name, ok, checks },
    services: unexplained ? services.map(withoutCause) : services,
    ...(socketLb === undefined ? {} : { socketLb }),
    ...(matrix === undefined ? {} : { matrix: unexplained ? withoutCauses(matrix) : matrix }),
  }
}

function withoutCauses(matrix: MatrixReport): MatrixReport {
  return { ...matrix, pairs: matrix.pairs.map(withoutCause) }
}

function withoutCause<Found extends { evidence?: unknown }>({ evidence: _, ...found }: Found) {
  return found
}

/** Tells how many there are, and then of each that has come. */
function counted(kind: 'checks' | 'services', count: number, tell: (event: VerifyEvent) => void) {
  const so = { done: 0, off: 0 }
  if (count > 0) tell({ kind, count, ...so })
  return ({ ok }: { ok: boolean }) => {
    so.done += 1
    if (!ok) so.off += 1
    tell({ kind, count, ...so })
  }
}

/** The checks that hold of a running lab. Later steps change what earlier ones saw: of those that ask the same from the same place, the last one does. */
export function lastingChecks({ outlines, condition }: LabInCondition): { check: Check; step: string }[] {
  const last = new Map<string, { check: Check; step: string }>()
  for (const step of outlines) {
    for (const check of checksOf(step)) {
      const question = JSON.stringify([check.from, check.kind === 'curl' ? check.url : check.argv])
      last.delete(question)
      if (!check.once) last.set(question, { check, step: step.title })
    }
  }
  const notReady = Object.keys(condition.notReady)
  return [...last.values()].filter(({ check }) => !needsPod(check, notReady))
}
