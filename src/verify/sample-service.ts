import { setTimeout as sleep } from 'node:timers/promises'
import type { Place } from '../command/command.ts'
import { own } from '../command/own.ts'
import { explainSample } from '../diagnose/explain.ts'
import { hiddenEvidence } from '../diagnose/socket-lb.ts'
import { joinHostPort } from '../model/address.ts'
import { patienceInVain } from '../observe/connections.ts'
import { ask } from '../observe/curl.ts'
import { speaksHttp, tallyProbes } from '../observe/probes.ts'
import { askInTurn, type Failures, type Tally, tally } from '../observe/tally.ts'
import type { ObservedLab } from '../observe/tool.ts'
import type { ServiceEntry, ServiceTarget } from '../plan/plan.ts'
import { promiseOf, type ServicePromise } from '../plan/service-promise.ts'
import { mustLive } from '../sandbox/lab-gone.ts'
import { patiently } from '../sandbox/patience.ts'
import { complaintAbout, type Job } from './complaint.ts'
import type { ServiceSample } from './report.ts'
import { pValue, quantile, requestsNeeded } from './statistics.ts'
import { askAsOneClient, stayingRequests } from './staying.ts'

/** What is asked from where when a service port is sampled. */
export function jobsOf(context: ObservedLab, target: ServiceTarget, from: readonly Place[]): Job[] {
  return target.entries.flatMap(entry =>
    from
      .filter(place => entry.from.includes(place))
      .map(place => ({
        target,
        entry,
        from: place,
        promise: promiseOf(context.running.lab, target, entry, place),
      })),
  )
}

/** Whether a job waits for an answer that is not expected to come. */
export function isFailureExpected({ promise }: Job): boolean {
  return promise.kind !== 'spread' && promise.kind !== 'stays'
}

/** Requests that are expected to fail: each costs its waiting time, and the kernel refuses a stranger only now and then. */
const failingRequests = 3
/** Milliseconds after which the kernel sends a stranger the next ICMP message (net.ipv4.icmp_ratelimit). */
const icmpPause = 1100
/** Seconds that a request gets which is expected to fail. */
const negativeTimeout = 0.5

/** Asks an address of a service port from a place, and compares what came with what kube-proxy's rules promise. */
export async function sampleService(context: ObservedLab, job: Job, wanted?: number): Promise<ServiceSample> {
  return judge(context, job, await count(context, job, wanted))
}

async function judge(context: ObservedLab, job: Job, counted: Tally): Promise<ServiceSample> {
  const { target, entry, from, promise } = job
  const backends = { ...zeros(promise.shares), ...counted.backends }
  const expectedShare = promise.kind === 'stays' ? stayingShare(promise, backends) : promise.shares
  const names = Object.keys(backends)
  const p = pValue(
    names.map(name => own(backends, name) ?? 0),
    names.map(name => own(expectedShare, name) ?? 0),
  )
  const wrong = complaintAbout(context.running.lab, job, { ...counted, backends }, expectedShare, p)
  const hidden = wrong === undefined ? await hiddenFault(context, job) : undefined
  const complaint = wrong ?? (hidden && 'rules have served it, and not the program')
  const evidence =
    wrong === undefined || !speaksHttp(target)
      ? hidden
      : await explainSample(context, urlOf(entry), from, {
          shares: expectedShare,
          ...(promise.kind === 'stays' ? { stays: true } : {}),
        })
  return {
    service: target.service,
    portName: target.portName,
    protocol: target.protocol,
    clusterIP: target.clusterIP,
    port: target.port,
    target: { kind: entry.kind, node: entry.node, address: entry.address, port: entry.port },
    from,
    expected: promise.kind,
    ...(promise.client === undefined ? {} : { client: promise.client }),
    seenClients: counted.clients,
    requests: counted.requests,
    failed: counted.failed,
    failures: counted.failures,
    backends,
    expectedShare,
    pValue: p,
    ok: complaint === undefined,
    ...(complaint === undefined ? {} : { complaint }),
    ...(evidence === undefined ? {} : { evidence }),
  }
}

/** A fault of the socket load balancer that nobody notices, since rules serve in its place. */
async function hiddenFault({ running }: ObservedLab, { target, entry, from, promise }: Job) {
  const { protocol } = target
  if (protocol === 'SCTP' || promise.kind === 'fails') return undefined
  return hiddenEvidence(running, { from, address: entry.address, port: entry.port, protocol })
}

/** Requests of which the latency is told: few, since each waits for the one before. */
const timedRequests = 50

/**
 * A sample with the latency of requests that are sent one at a time; as it is where nobody is expected to answer in HTTP. One of them that
 * fails counts as one of the sample.
 */
export async function withLatency(
  context: ObservedLab,
  job: Job,
  sample: ServiceSample,
): Promise<ServiceSample> {
  if (!sample.ok || isFailureExpected(job) || !speaksHttp(job.target)) return sample
  const { latencies, failures } = await askInTurn(context, urlOf(job.entry), job.from, timedRequests)
  const failed = sumOf(failures)
  if (failed > 0) {
    mustLive(context.sandbox, 'asking its services')
    const { requests, backends, seenClients: clients } = sample
    return judge(context, job, { requests: requests + failed, failed, failures, backends, clients })
  }
  const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)]
  return p50 === undefined || p99 === undefined ? sample : { ...sample, latency: { p50, p99 } }
}

function sumOf({ refused, unreachable, timeout, other }: Failures): number {
  return refused + unreachable + timeout + other
}

function urlOf({ address, port }: ServiceEntry): string {
  return joinHostPort(address, port)
}

function count(context: ObservedLab, job: Job, wanted: number | undefined): Promise<Tally> {
  switch (job.promise.kind) {
    case 'spread':
      return askOften(context, job, wanted ?? requestsNeeded(Object.values(job.promise.shares)))
    case 'stays':
      return askAsOneClient(wanted ?? stayingRequests, requests => askOften(context, job, requests))
    case 'refused':
      return askUntilRefused(context, job)
    case 'dropped':
    case 'fails':
      return speaksHttp(job.target)
        ? tally(context, urlOf(job.entry), job.from, failingRequests, {
            someFail: true,
            node: job.entry.node,
          })
        : tallyProbes(context, job.target, job.entry, job.from, failingRequests, negativeTimeout)
  }
}

function askOften(context: ObservedLab, { target, entry, from, promise }: Job, requests: number) {
  return speaksHttp(target)
    ? tally(context, urlOf(entry), from, requests, {
        looksAtClients: promise.client !== undefined,
        node: entry.node,
      })
    : tallyProbes(context, target, entry, from, requests)
}

/** One refusal is enough; where it stays away, the kernel may have sent that client a message of this kind just before. */
async function askUntilRefused(context: ObservedLab, job: Job): Promise<Tally> {
  for (let tries = 1; ; tries += 1) {
    const counted = speaksHttp(job.target)
      ? await askOnce(context, job)
      : await tallyProbes(context, job.target, job.entry, job.from, 1, negativeTimeout)
    if (counted.failures.timeout === 0 || tries === failingRequests) return counted
    await sleep(icmpPause)
    context.signal?.throwIfAborted()
  }
}

async function askOnce({ sandbox, signal }: ObservedLab, { entry, from }: Job): Promise<Tally> {
  const url = urlOf(entry)
  const { failure } = await patiently(
    slowness =>
      ask(sandbox, url, from, patienceInVain(url, negativeTimeout) * slowness, { inVain: true, signal }),
    answer => answer.failure === 'timeout',
  )
  const failures = { refused: 0, unreachable: 0, timeout: 0, other: 0 }
  if (failure !== undefined) failures[failure] = 1
  return {
    ...{ requests: 1, failed: failure === undefined ? 0 : 1, failures, clients: [] },
    backends: failure === undefined ? { unknown: 1 } : {},
  }
}

/** All of it to the endpoint that the client was given. */
function stayingShare({ shares }: ServicePromise, backends: Readonly<Record<string, number>>) {
  const [chosen] = Object.entries(backends).sort(([, one], [, other]) => other - one)
  return { ...zeros(shares), ...(chosen === undefined ? {} : { [chosen[0]]: 1 }) }
}

function zeros(shares: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.keys(shares).map(pod => [pod, 0]))
}
