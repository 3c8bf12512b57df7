import type { Command } from '../command/command.ts'
import type { Step, Task } from '../plan/plan.ts'
import type { CheckResult } from '../verify/report.ts'
import type { CniRelease } from './cni-release.ts'

/** The command that ended a step. */
export interface CommandFailure {
  command: Command
  /** Undefined: it was not started, or ended by a signal. */
  exitCode?: number
  /** The signal's name, where one ended it. */
  signal?: string
  stderr: string
}

export interface StepResult {
  title: string
  ok: boolean
  /** Milliseconds. */
  ms: number
  commands: number
  checks: readonly CheckResult[]
  /** Undefined: every command ran. */
  failure?: CommandFailure
}

/** A task that waits for somebody to do it. */
export interface OpenTask {
  /** The index of its step, of so many that the lab has. */
  index: number
  of: number
  step: Step
  task: Task
  /** What came of its goal a moment ago. */
  goal: readonly CheckResult[]
}

export interface UpReport {
  lab: string
  ok: boolean
  /** Milliseconds, from the start of the sandbox to the last check. */
  ms: number
  /** Those that have run. */
  steps: readonly StepResult[]
  /** The task at which it has stopped; undefined: all steps have run. */
  task?: OpenTask
  pods: number
  /** Those on networks. */
  nodes: number
  machines: number
  /** `10.100.100.100:8080` */
  services: readonly string[]
}

export interface DownReport {
  lab: string
  /** False: nothing was known of such a lab. */
  found: boolean
  /** False: it had died before, or its start was broken off. */
  wasRunning: boolean
  pods: number
  /** Those on networks. */
  nodes: number
  machines: number
  links: number
  rules: number
  /** Left out: no CNI plugin has wired a pod of it. */
  cni?: CniRelease
}

export interface LabStatus {
  lab: string
  /** `gone`: its sandbox has died; `down` sweeps what is left of it. */
  state: 'starting' | 'up' | 'failed' | 'gone'
  pid: number
  /** The kernel that it runs on, where that is not this machine's. */
  kernel?: string
  pods: number
  /** Those on networks. */
  nodes: number
  machines: number
  /** ISO 8601. */
  since: string
  /** The process that leads a lesson through it, which is `starting` as long as that lasts; left out: no lesson is under way. */
  lesson?: number
  /** How far its steps are; left out: all have run, and no task is open. */
  progress?: LabProgress
}

/** So many steps of a lab, and how far the task of the last one is. */
export interface LabProgress {
  steps: number
  of: number
  task?: { hints: number; solved: boolean; reached: boolean }
}
