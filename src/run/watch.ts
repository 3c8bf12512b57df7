import { setTimeout as sleep } from 'node:timers/promises'
import type { Probed } from '../observe/readiness.ts'
import { sandboxLives } from '../sandbox/sandbox.ts'
import type { LivingLab } from './lab-state.ts'
import { type SyncReport, sync } from './sync.ts'
import { whileWatched } from './sync-lock.ts'

/** Milliseconds between two looks at which programs run. */
const tick = 1000
/** Milliseconds after which kube-proxy looks at its rules unasked (`syncPeriod`). */
const syncPeriod = 30_000

/**
 * Goes on doing what kubelet, the endpoint controller and kube-proxy do, each container probed in its own period, until it is
 * told to stop. Returns `down` where the lab has gone meanwhile.
 */
export function watch(
  living: LivingLab,
  { begun, told }: { begun: () => void; told: (report: SyncReport) => void },
  signal: AbortSignal,
): Promise<'stopped' | 'down'> {
  return whileWatched(living.folder, signal, () => {
    begun()
    return goOn(living, told, signal)
  })
}

async function goOn(
  living: LivingLab,
  tell: (report: SyncReport) => void,
  signal: AbortSignal,
): Promise<'stopped' | 'down'> {
  const probedAt = new Map<string, number>()
  let lookedAt = Number.NEGATIVE_INFINITY
  const due = ({ key, probe }: Probed) => {
    const isDue =
      performance.now() - (probedAt.get(key) ?? Number.NEGATIVE_INFINITY) >= probe.periodSeconds * 1000
    if (isDue) probedAt.set(key, performance.now())
    return isDue
  }
  while (!signal.aborted) {
    if (!sandboxLives(living.sandbox)) return 'down'
    const look = performance.now() - lookedAt >= syncPeriod
    if (look) lookedAt = performance.now()
    try {
      tell(await sync(living, { due, look, signal }))
    } catch (error) {
      if (signal.aborted) break
      if (!sandboxLives(living.sandbox)) return 'down'
      throw error
    }
    await sleep(tick, undefined, { signal }).catch(() => {})
  }
  return 'stopped'
}
