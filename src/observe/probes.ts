import type { Place } from '../command/command.ts'
import { canonical, familyOf } from '../model/address.ts'
import { podsByAddress } from '../model/places.ts'
import { isEverInMode } from '../model/proxy-modes.ts'
import type { ServiceEntry, ServiceTarget } from '../plan/plan.ts'
import { patiently } from '../sandbox/patience.ts'
import { type ProbeSample, probe } from '../sandbox/probe-order.ts'
import { connectionsTo } from './connections.ts'
import type { Connection } from './facts.ts'
import type { Failures, Tally } from './tally.ts'
import type { ObservedLab } from './tool.ts'

/** Seconds: a lost datagram is sent again after half of it, a lost connection attempt by the kernel after one second. */
const patience = 3
/** Few enough that no queue overflows; a name server has a process, and that a limit, for each TCP connection. */
const atOnce = { TCP: 8, UDP: 32 }
/** Where so many requests have timed out, none of which has come to a pod, the others are not sent. */
const firstFew = 8

const dnsPort = 53

/** Whether curl can ask a service; DNS, and all that goes over UDP, is asked with a probe of netlab's own. */
export function speaksHttp({ protocol, port, endpoints }: ServiceTarget): boolean {
  return protocol === 'TCP' && port !== dnsPort && !endpoints.some(endpoint => endpoint.port === dnsPort)
}

/** Asks a service many times and sorts the requests by the pod that the kernel sent them to. */
export async function tallyProbes(
  { sandbox, running, signal }: ObservedLab,
  { protocol, port, endpoints }: ServiceTarget,
  entry: ServiceEntry,
  from: Place,
  requests: number,
  timeout = patience,
): Promise<Tally> {
  const isTcp = protocol === 'TCP'
  const isDns = port === dnsPort || endpoints.some(endpoint => endpoint.port === dnsPort)
  const ask = (count: number) => (slowness: number) =>
    probe(
      sandbox,
      {
        protocol: isTcp ? 'TCP' : 'UDP',
        address: entry.address,
        port: entry.port,
        payload: (isDns ? dnsQuery(isTcp) : Buffer.from('netlab\n')).toString('base64'),
        ...{ requests: count, atOnce: atOnce[isTcp ? 'TCP' : 'UDP'], timeout: timeout * slowness },
        tellsPeer: isEverInMode(running.lab, 'ebpf'),
      },
      from,
      signal,
    )
  const send = (count: number) => patiently(ask(count), some => some.some(hasTimedOut))
  const { address, port: asked } = entry
  const asking = { protocol: isTcp ? 'TCP' : 'UDP', address, port: asked } as const
  const known = () => connectionsTo(sandbox, entry.node, asking, [familyOf(address)], signal)
  const pods = podsByAddress(running.lab)
  const first = await send(Math.min(requests, firstFew))
  const others = requests - first.length
  const isInVain = others > 0 && first.every(hasTimedOut) && !cameToPod(first, await known(), pods)
  const samples = others === 0 || isInVain ? first : [...first, ...(await send(others))]
  const connections = await known()
  const backends = new Map<string, number>()
  const clients = new Set<string>()
  const failures: Failures = { refused: 0, unreachable: 0, timeout: 0, other: 0 }
  let answers = 0
  for (const sample of samples) {
    const connection = connections.get(sample.client)
    const pod = podOf(sample, connection, pods)
    if (connection !== undefined && pod !== undefined) clients.add(connection.replyDestination)
    const failure = failureOf(sample, pod !== undefined && !isTcp && !isDns)
    if (failure !== undefined) failures[failure] += 1
    else {
      const name = pod ?? 'unknown'
      backends.set(name, (backends.get(name) ?? 0) + 1)
      answers += 1
    }
  }
  const failed = samples.length - answers
  return {
    requests: samples.length,
    failures,
    failed,
    backends: Object.fromEntries(backends),
    clients: [...clients],
  }
}

function cameToPod(
  samples: readonly ProbeSample[],
  connections: ReadonlyMap<string, Connection>,
  pods: ReadonlyMap<string, string>,
): boolean {
  return samples.some(sample => podOf(sample, connections.get(sample.client), pods) !== undefined)
}

/** Whom the kernel has sent it to: by its table of connections, or by the socket, where that was given its endpoint before there was a packet. */
function podOf(
  { peer }: ProbeSample,
  connection: Connection | undefined,
  pods: ReadonlyMap<string, string>,
): string | undefined {
  return pods.get(connection?.replySource ?? canonical(peer ?? ''))
}

function hasTimedOut({ error }: ProbeSample): boolean {
  return error === 'timeout'
}

/** A program that does not know what to make of a datagram may keep silent: that it was brought to a pod is all there is to see. */
function failureOf({ error }: ProbeSample, mayBeSilent: boolean): keyof Failures | undefined {
  if (error === undefined || (error === 'timeout' && mayBeSilent)) return undefined
  // The host's own packet that a rule drops fails with EPERM, at once; others learn nothing.
  if (error === 'timeout' || error === 'EPERM') return 'timeout'
  if (error === 'ECONNREFUSED') return 'refused'
  return /^E(HOST|NET)UNREACH$/.test(error) ? 'unreachable' : 'other'
}

/** A question that every name server answers, if only by refusing it: the name servers of the root (RFC 1035, 4). */
function dnsQuery(withLength: boolean): Buffer {
  const query = Buffer.from('6e6c01000001000000000000' + '00' + '0002' + '0001', 'hex')
  const length = Buffer.alloc(2)
  length.writeUInt16BE(query.length)
  return withLength ? Buffer.concat([length, query]) : query
}
