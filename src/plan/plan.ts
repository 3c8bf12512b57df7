import type { Action, Place } from '../command/command.ts'
import type { EntryKind } from '../dataplane/dataplane.ts'
import type { Check, Choice, StepQuestion } from '../model/lab.ts'

export interface Step {
  title: string
  /** Why it is there, for people; may have several sentences. */
  why: string
  /** Written by the lab's author, or derived from the topology. */
  from: 'topology' | 'lab'
  actions: readonly Action[]
  checks: readonly Check[]
  /** What the checks show and why, for people, once they hold. */
  because?: string
  question?: StepQuestion
  /** What a person is to reach after the checks. */
  task?: Task
}

/** A task of a step: neither the step's own actions nor its checks have any of it. */
export interface Task {
  text: string
  /** They break what is to be mended, and are not shown. */
  start: readonly Action[]
  goal: readonly Check[]
  hints: readonly string[]
  solution: readonly Action[]
}

/** An address of a service port. */
export interface ServiceEntry {
  kind: EntryKind
  /** Whose rules the requests meet. */
  node: Place
  address: string
  port: number
  /** Who asks there when the lab is verified. */
  from: readonly Place[]
  /** Those of them who come from beyond the node. */
  outside: readonly Place[]
  /** Those of them who get no answer: source ranges or a Local policy leave them out. */
  denied: readonly Place[]
  /** Those of them whose packets no service takes, and who get no answer either; left out: nobody. */
  unserved?: readonly Place[]
  /** Those of them who are refused though there are endpoints, none of which may serve them; left out: nobody. */
  refused?: readonly Place[]
  /** False: an address of the node on which node ports do not answer. */
  served: boolean
  /** Who is sent to some of the endpoints only, by a Local policy, and to which; undefined: nobody. */
  local?: { for: readonly Place[]; pods: readonly string[] }
  /** Whether a pod sees a client from outside as it is; undefined: that depends on more. */
  client?: 'kept' | 'masqueraded'
}

/** A service port that `verify` samples. */
export interface ServiceTarget {
  /** `namespace/name` */
  service: string
  /** The port's name, empty where it has none. */
  portName: string
  protocol: 'TCP' | 'UDP' | 'SCTP'
  clusterIP: string
  port: number
  endpoints: readonly { pod: string; address: string; port: number }[]
  /** A client stays with its endpoint. */
  affinity: boolean
  /** Where it answers, the cluster IP first. */
  entries: readonly ServiceEntry[]
}

/** A lab compiled: every step with its commands, in order. The same lab gives the same plan, byte for byte. */
export interface Plan {
  lab: string
  title: string
  /** What the lab file leaves to netlab; left out: nothing. */
  chosen?: readonly Choice[]
  steps: readonly Step[]
}
