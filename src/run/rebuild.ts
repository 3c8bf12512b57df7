import { labAsBuilt } from '../plan/lab-in-condition.ts'
import { solvedStep } from '../plan/task-steps.ts'
import { down } from './down.ts'
import { LabStart } from './lab-start.ts'
import type { LivingLab } from './lab-state.ts'
import { type StoppedAt, up } from './up.ts'

/**
 * Takes a lab down and brings up the same one, as far as it was, whatever was done to it by hand. Tasks that were done are done again by
 * their own solutions. Steps are not checked again. One of which a step fails now
 * is kept as it is. After an abort nothing is left, and the signal's reason is thrown.
 */
export async function rebuild(
  { folder, state }: LivingLab,
  signal: AbortSignal,
): Promise<{ ms: number; stopped?: StoppedAt }> {
  const { lab, condition, outlines, plan, services } = labAsBuilt(folder.readLab())
  const { steps: count, task } = state
  const built = plan.steps.slice(0, count)
  const open = task?.reached === false ? built.at(-1) : undefined
  const steps = built.map(step => ({ ...(step === open ? step : solvedStep(step)), checks: [] }))
  const running = { lab, condition, outlines, plan: { ...plan, steps }, services }
  await down(folder.name)
  signal.throwIfAborted()
  const start = new LabStart()
  try {
    const options = { file: state.file, start, apart: false, keep: true, tell: () => {}, signal }
    const { report, stopped } = await up(running, options)
    const now = folder.readState()
    if (now !== undefined && count !== undefined && stopped === undefined)
      folder.write({ ...now, steps: count, ...(task === undefined ? {} : { task }) })
    return { ms: report.ms, ...(stopped === undefined ? {} : { stopped }) }
  } catch (error) {
    await start.giveUp()
    throw error
  }
}
