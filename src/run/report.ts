import type { Command, Place } from '../command/command.ts'
import type { Check } from '../model/lab.ts'
import type { ServiceEntry } from '../plan/plan.ts'
import type { ServicePromise } from '../plan/service-promise.ts'

/** What came of one check. */
export interface CheckResult {
  check: Check
  /** The title of its step. */
  step: string
  from: Place
  /** The URL or the command. */
  target: string
  /** In words: `netns_021 answered`, `timed out after 0.5 s`. */
  observed: string
  ok: boolean
  /** Milliseconds. */
  ms: number
  /** What shows the cause of a check that failed. */
  evidence?: Evidence
}

/** What the kernel says at the hop that is to blame. */
export interface Evidence {
  /** The cause in one line: `netns_011 has no default route`. */
  headline: string
  /** What to type on the host to mend it: `ip -n netns_011 route add default via 10.0.0.1`. */
  mend?: string
  /** What shows it: commands with their output, say. */
  lines: readonly string[]
}

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

/** How often requests failed, by kind. */
export interface Failures {
  refused: number
  unreachable: number
  timeout: number
  other: number
}

/** A service port sampled at one of its addresses, from one place. */
export interface ServiceSample {
  /** `namespace/name` */
  service: string
  portName: string
  protocol: 'TCP' | 'UDP' | 'SCTP'
  clusterIP: string
  port: number
  /** What was asked. */
  target: Pick<ServiceEntry, 'kind' | 'address' | 'port'>
  from: Place
  expected: ServicePromise['kind']
  /** Whether pods should see the client as it is; undefined: not looked at. */
  client?: 'kept' | 'masqueraded'
  /** The client's addresses, as pods saw them; empty where nobody looked. */
  seenClients: readonly string[]
  requests: number
  failed: number
  failures: Failures
  /** Pod → how often it answered; every endpoint is there, with 0 too. */
  backends: Readonly<Record<string, number>>
  expectedShare: Readonly<Record<string, number>>
  /** Of a chi-square test of backends against expectedShare; 1 where there is nothing to compare. */
  pValue: number
  /** Milliseconds from connect to the answer's last byte; undefined where none answered. */
  latency?: { p50: number; p99: number }
  ok: boolean
  /** What is off, in one line; undefined where ok. */
  complaint?: string
  /** What shows the cause where it is off. */
  evidence?: Evidence
}

export interface VerifyReport {
  lab: string
  ok: boolean
  checks: readonly CheckResult[]
  services: readonly ServiceSample[]
}

export interface UpReport {
  lab: string
  ok: boolean
  /** Milliseconds, from the start of the sandbox to the last check. */
  ms: number
  steps: readonly StepResult[]
  pods: number
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
  links: number
  rules: number
}

export interface LabStatus {
  lab: string
  /** `gone`: its sandbox has died; `down` sweeps what is left of it. */
  state: 'starting' | 'up' | 'failed' | 'gone'
  pid: number
  pods: number
  /** ISO 8601. */
  since: string
}
