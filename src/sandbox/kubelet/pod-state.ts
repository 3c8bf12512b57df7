import type { Joining } from '../../command/command.ts'

/** How a container stands. */
export interface ContainerState {
  name: string
  /** `waiting`: it has ended and is to be started again; `ended`: it is not. */
  state: 'running' | 'waiting' | 'ended'
  /** Its first process, by its number inside the lab. */
  pid?: number
  restarts: number
  /** With which its program ended the last time; 128 and the number of a signal. */
  exitCode?: number
  /** Milliseconds. */
  startsIn?: number
}

/** How a pod with a pause process stands. */
export interface PodState extends Joining {
  pod: string
  pause: { pid?: number; restarts: number }
  containers: readonly ContainerState[]
}
