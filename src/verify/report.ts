import type { Place } from '../command/command.ts'
import type { Evidence } from '../diagnose/evidence.ts'
import type { Check, FailureKind } from '../model/lab.ts'
import type { Failures } from '../observe/tally.ts'
import type { ServiceEntry } from '../plan/plan.ts'
import type { ServicePromise } from '../plan/service-promise.ts'
import type { Observation } from './observation.ts'

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
  /** The same as data; left out: nobody has more than words. */
  seen?: Observation
  ok: boolean
  /** Milliseconds. */
  ms: number
  /** What it tells, where the lab says so, that this of several expectations came true. */
  means?: string
  /** What shows the cause of a check that failed. */
  evidence?: Evidence
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
  target: Pick<ServiceEntry, 'kind' | 'node' | 'address' | 'port'>
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

/** How one place was reached from another, over TCP and by ping. */
export interface MatrixPair {
  from: Place
  to: Place
  /** The port that was asked. */
  port: number
  /** As whom the other one saw the client; undefined where it was not reached. */
  client?: string
  /** Whether that is another address than the client's own. */
  translated?: boolean
  /** Whose address that is: there it took place. */
  translatedAt?: Place
  failure?: FailureKind | 'other'
  /** What came of a ping. */
  ping: 'ok' | FailureKind | 'other'
  /** In words; undefined where the lab says nothing. */
  expected?: string
  ok: boolean
  /** What shows the cause where it is off, or where ping and TCP differ and the lab does not say that they should. */
  evidence?: Evidence
}

/** Who reaches whom. */
export interface MatrixReport {
  places: readonly { name: Place; address: string }[]
  pairs: readonly MatrixPair[]
  ok: boolean
}

export interface VerifyReport {
  lab: string
  ok: boolean
  checks: readonly CheckResult[]
  services: readonly ServiceSample[]
  /** The lab's socket load balancer has ended, so no service was sampled. */
  socketLb?: Evidence
  /** Undefined: it was neither asked for, nor does the lab say who reaches whom. */
  matrix?: MatrixReport
}
