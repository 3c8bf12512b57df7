import { host, type Place } from '../command/command.ts'
import { type Family, familyOf, joinHostPort } from '../model/address.ts'
import { serviceCalled } from '../model/dns-names.ts'
import { namespacedName } from '../model/kubernetes.ts'
import type { CurlCheck, Expectation, FailureKind, Lab } from '../model/lab.ts'
import { machineAt, machinesOf } from '../model/places.ts'
import type { Tries } from '../observe/facts.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { ServiceTarget } from '../plan/plan.ts'
import { checksOf } from '../plan/task-steps.ts'
import { isAddress, readTarget } from '../read/target.ts'
import type { Packet } from './packet.ts'

/** What was asked in vain, and what was hoped for. */
export interface Question {
  from: Place
  url: string
  /** What the URL's host stands for; undefined where it is a name that the lab does not know. */
  address: string | undefined
  /** That of the address. */
  family: Family
  port: number
  /** It was a ping, which has no port. */
  isPing?: true
  /** An answer was not wanted, but came. */
  wantsFailure: boolean
  /** In which ways it was to fail; empty: in any; undefined: that is not known. */
  failing?: readonly FailureKind[]
  /** Whom the server should see as its client. */
  client?: string
  /** Pod → the share that it should have; undefined where shares do not matter. */
  shares?: Readonly<Record<string, number>>
  /** Whoever answers a client first answers it from then on, so that shares say nothing while only one does. */
  stays?: true
  /** How many of the plan's steps have been carried out. */
  steps: number
  /** What came of it a moment ago, on a port that was open for that moment only; left out: it is asked again. */
  seen?: Tries
}

/** The question behind a check of a step. */
export function questionOfCheck(running: LabInCondition, check: CurlCheck): Question {
  const steps = running.outlines
  const at = steps.findIndex(step => checksOf(step).includes(check))
  const shares = check.expect.find(one => one.kind === 'shares')?.shares
  const ways = check.expect.flatMap(one => (one.kind === 'fails' ? [one.how] : []))
  const isAny = ways.some(how => how.length === 0)
  const client = check.expect.find(answers)?.client
  return {
    ...askedFor(running, check.url, check.from),
    wantsFailure: check.expect.every(one => one.kind === 'fails'),
    failing: isAny ? [] : ways.flat(),
    steps: at === -1 ? steps.length : at + 1,
    ...(shares === undefined ? {} : { shares }),
    ...(client === undefined ? {} : { client }),
  }
}

function answers(one: Expectation): one is Extract<Expectation, { kind: 'answers' }> {
  return one.kind === 'answers'
}

/** A sample of a service that is not as promised: what shares should have come, and whether a client was to stay with one pod. */
export type SampleAsked = Pick<Question, 'stays'> & Required<Pick<Question, 'shares'>>

/** The question behind a sample of a service. */
export function questionOfSample(
  running: LabInCondition,
  url: string,
  from: Place,
  asked: SampleAsked,
): Question {
  const wantsFailure = Object.keys(asked.shares).length === 0
  return { ...askedFor(running, url, from), wantsFailure, ...asked, steps: running.outlines.length }
}

/** The question behind a request that should be answered by anybody. */
export function questionOfRequest(running: LabInCondition, url: string, from: Place): Question {
  return { ...askedFor(running, url, from), wantsFailure: false, steps: running.outlines.length }
}

/** How one place was asked from another, and what was hoped for. */
export interface AskedPair {
  from: Place
  address: string
  /** Left out: it was a ping. */
  port?: number
  /** What came of it. */
  seen: Tries
  /** It should not have been answered. */
  fails: boolean
  /** Whom the other one should see as its client. */
  client?: string
}

/** The question behind a pair of places. */
export function questionOfPair(
  { outlines }: LabInCondition,
  { from, address, port, seen, fails, client }: AskedPair,
): Question {
  return {
    ...{ from, address, family: familyOf(address), wantsFailure: fails, steps: outlines.length, seen },
    ...(port === undefined
      ? { url: address, port: 0, isPing: true }
      : { url: joinHostPort(address, port), port }),
    ...(client === undefined ? {} : { client }),
  }
}

/** Types of ICMP (RFC 792) and of ICMPv6 (RFC 4443). */
const echo = { ipv4: { request: 8, reply: 0 }, ipv6: { request: 128, reply: 129 } }

/** What tells rules whether a question's packets are TCP's or a ping's. */
export function protocolOf(
  { isPing, family }: Question,
  kind: 'request' | 'reply',
): Pick<Packet, 'protocol' | 'icmpType'> {
  return isPing === true ? { protocol: 'icmp', icmpType: echo[family][kind] } : {}
}

function askedFor(
  running: LabInCondition,
  url: string,
  from: Place,
): Pick<Question, 'from' | 'url' | 'address' | 'family' | 'port'> {
  const target = readTarget(url)
  if ('refusal' in target) return { from, url, address: undefined, family: 'ipv4', port: 0 }
  const address = addressOf(running, target.host, from)
  return { from, url, address, family: familyOf(address ?? ''), port: target.port }
}

/** The address that a name stands for where it is asked for; undefined: the lab knows no such name. */
export function addressOf({ lab, services }: LabInCondition, name: string, from: Place): string | undefined {
  if (isAddress(name)) return name
  const asker = lab.pods.find(pod => pod.name === from)?.namespace
  const called = serviceCalled(name, lab.services, asker)
  const addresses =
    called === undefined
      ? (machinesOf(lab).find(one => one.name === name)?.addresses ?? [])
      : services.filter(({ service }) => service === namespacedName(called)).map(({ clusterIP }) => clusterIP)
  return firstAsked(addresses, machinesOf(lab).find(one => one.name === from)?.addresses)
}

/** Of the addresses of a name curl asks first an IPv6 one, where it has one itself (RFC 6724); else the first. */
function firstAsked(addresses: readonly string[], own: readonly string[] = []): string | undefined {
  const isIPv6 = (address: string) => familyOf(address) === 'ipv6'
  const speaks = (address: string) => own.some(each => familyOf(each) === familyOf(address))
  const usable = own.length === 0 ? addresses : addresses.filter(speaks)
  return usable.find(isIPv6) ?? usable[0] ?? addresses[0]
}

/** The service port that a question is for. */
export function serviceAsked({ services }: LabInCondition, question: Question): ServiceTarget | undefined {
  return services.find(
    target =>
      target.clusterIP === question.address && target.port === question.port && target.protocol === 'TCP',
  )
}

/** The pod, machine or host whose address it is, as the lab has it. */
export function placeOf(lab: Lab, hostAddresses: readonly string[], address: string): Place | undefined {
  return machineAt(lab, address)?.name ?? (hostAddresses.includes(address) ? host : undefined)
}
