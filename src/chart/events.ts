import type { LabStart } from '../run/lab-start.ts'
import type { ChartMode, ModeName } from './modes.ts'

/** What is to be measured. */
export interface Wanted {
  modes: readonly ChartMode[]
  services: readonly number[]
  /** Connections that are timed, per mode and number of services; 100 requests of ab's in each round come on top. */
  connects: number
}

/** What a measurement is at. */
export type ChartEvent =
  | { kind: 'building'; nodes: number }
  | { kind: 'loading'; mode: ModeName; services: number; at: number; count: number }
  | { kind: 'loading-again'; count: number }
  | { kind: 'measuring'; done: number; rounds: number }

export interface ChartOptions {
  start: LabStart
  signal: AbortSignal
  tell(event: ChartEvent): void
}
