import type { Place } from '../command/command.ts'
import { own } from '../command/own.ts'
import { familyOf } from '../model/address.ts'
import type { Lab } from '../model/lab.ts'
import { machinesOf } from '../model/places.ts'
import type { Failures, Tally } from '../observe/tally.ts'
import type { ServiceEntry, ServiceTarget } from '../plan/plan.ts'
import type { ServicePromise } from '../plan/service-promise.ts'
import { falseAlarmRate } from './statistics.ts'

/** An address of a service port that is asked from a place, and what is promised there. */
export interface Job {
  target: ServiceTarget
  entry: ServiceEntry
  from: Place
  promise: ServicePromise
}

/** What is off with a sample, in one line; undefined where it is as kube-proxy's rules promise. */
export function complaintAbout(
  lab: Pick<Lab, 'pods' | 'outside' | 'nodes' | 'machines'>,
  job: Job,
  counted: Tally,
  expectedShare: Readonly<Record<string, number>>,
  p: number,
): string | undefined {
  const { promise } = job
  if (counted.requests === 0) return 'nothing was asked, so nothing is known of it'
  if (promise.kind === 'refused' || promise.kind === 'dropped' || promise.kind === 'fails')
    return negativeComplaint(job, counted)
  const { requests, failed, failures, backends } = counted
  if (failed > 0) return `${failed} of ${requests} requests failed: ${failureWords(failures)}`
  const answering = Object.keys(backends).filter(name => (backends[name] ?? 0) > 0)
  const stranger = answering.find(name => !(name in promise.shares))
  if (stranger !== undefined) return `${stranger} answered, which is no endpoint of the service`
  if (promise.kind === 'stays' && answering.length > 1)
    return `one client was sent to ${answering.join(' and ')}, and should stay with one of them`
  return clientComplaint(lab, job, counted.clients) ?? shareComplaint(backends, expectedShare, p)
}

function shareComplaint(
  backends: Readonly<Record<string, number>>,
  expectedShare: Readonly<Record<string, number>>,
  p: number,
): string | undefined {
  if (p > falseAlarmRate) return undefined
  const silent = Object.keys(expectedShare).filter(
    name => backends[name] === 0 && (own(expectedShare, name) ?? 0) > 0,
  )
  if (silent.length > 0) return `${silent.join(', ')} never answered`
  return `the shares are not what the rules promise (p = ${p.toExponential(0)})`
}

function negativeComplaint(job: Job, { requests, failed, failures }: Tally): string | undefined {
  const { promise, entry } = job
  if (failed < requests) {
    if (!entry.served) return `node ports should not answer on ${entry.address}, and yet something answered`
    if (promise.kind === 'dropped')
      return entry.kind === 'load balancer IP'
        ? 'the source ranges leave this client out, and yet it was answered'
        : 'no endpoint of this node may answer this client, and yet something did'
    return 'the service has no endpoints, and yet something answered'
  }
  if (promise.kind === 'refused' && failures.refused < failed)
    return `it should be refused at once, and was ${failureWords(failures)}`
  if (promise.kind === 'dropped' && failures.timeout < failed)
    return `it should be dropped without a word, and was ${failureWords(failures)}`
  return undefined
}

function clientComplaint(
  lab: Pick<Lab, 'pods' | 'outside' | 'nodes' | 'machines'>,
  { entry, promise, from }: Job,
  clients: readonly string[],
): string | undefined {
  const { addresses = [] } = machinesOf(lab).find(({ name }) => name === from) ?? {}
  const own = addresses.find(address => familyOf(address) === familyOf(entry.address))
  if (own === undefined) return undefined
  const other = clients.find(address => address !== own)
  if (promise.client === 'kept' && other !== undefined)
    return `pods see the client as ${other}; its own address, ${own}, should be kept`
  if (promise.client === 'masqueraded' && clients.includes(own))
    return `pods see the client's own address, ${own}; the node's should stand there`
  return undefined
}

function failureWords({ refused, unreachable, timeout, other }: Failures): string {
  const kinds: [number, string][] = [
    [refused, 'refused'],
    [unreachable, 'unreachable'],
    [timeout, 'not answered in time'],
    [other, 'broken off'],
  ]
  return kinds.flatMap(([count, words]) => (count > 0 ? [`${count} ${words}`] : [])).join(', ')
}
