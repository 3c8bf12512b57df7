import { randomBytes } from 'node:crypto'
import type { Place } from '../command/command.ts'
import { addressOf } from '../diagnose/question.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { joinHostPort } from '../model/address.ts'
import { askArgv } from '../observe/curl.ts'
import { portsAside } from '../observe/ports-aside.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { readTarget } from '../read/target.ts'
import type { TracedRequest } from '../sandbox/trace/order.ts'
import { dnsQuestion } from './dns.ts'

/** A request that can be traced. */
export interface TraceTarget {
  /** As it was typed. */
  text: string
  /** What people would type to do the same. */
  shown: string
  address: string | undefined
  port?: number
  request: TracedRequest
}

/** Reads `10.0.0.11:8080`, `http://name/`, `udp://10.96.0.10:53/name` or `ping://10.0.0.11`. Throws NetlabError for anything else. */
export function readTraceTarget(
  running: LabInCondition,
  text: string,
  from: Place,
  timeout: number,
): TraceTarget {
  const [, scheme = '', rest = ''] = /^(udp|ping):\/\/(.*)$/.exec(text) ?? []
  const target = readTarget(scheme === '' ? text : withPort(scheme, rest))
  if ('refusal' in target)
    throw new NetlabError({
      what: target.refusal,
      fix: target.fix ?? 'write 10.0.0.11:8080, udp://10.96.0.10:53 or ping://10.0.0.11, say',
      exitCode: exitCode.wrongInput,
    })
  const address = addressOf(running, target.host, from)
  if (scheme === '') {
    const ports = portsAside()
    const argv = askArgv(text, timeout, ports)
    return {
      text,
      shown: `curl ${text}`,
      address,
      port: target.port,
      request: { kind: 'command', argv, ports },
    }
  }
  if (address === undefined)
    throw new NetlabError({
      what: `${target.host} is no address, and no name that the lab knows`,
      fix: 'write the address of a pod, a machine or a service',
      exitCode: exitCode.wrongInput,
    })
  if (scheme === 'ping') {
    const key = randomBytes(4).toString('hex')
    return { text, shown: `ping ${address}`, address, request: { kind: 'ping', address, key } }
  }
  return datagramTo(text, address, target.port, rest)
}

const dnsPort = 53

/** A ping has no port, so that an IPv6 address needs no brackets; a datagram without one is a question to a name server. */
function withPort(scheme: string, rest: string): string {
  const [, host = '', path = ''] = /^([^/]*)(.*)$/.exec(rest) ?? []
  const isBare = /^[^[\]]*:.*:/.test(host)
  const bracketed = scheme === 'ping' && isBare ? `[${host}]` : host
  return /:\d+$/.test(bracketed) && !isBare ? rest : `${bracketed}:${dnsPort}${path}`
}

/** What a name server is asked where the URL does not say. */
const defaultName = 'kubernetes.default.svc.cluster.local'

/** A DNS server is asked for a name; others get a line of text. */
function datagramTo(text: string, address: string, port: number, rest: string): TraceTarget {
  const id = randomBytes(2)
  const path = /\/(.+)$/.exec(rest)?.[1]
  const isDns = port === dnsPort
  const name = path ?? defaultName
  const payload = isDns ? dnsQuestion(id, name) : Buffer.concat([id, Buffer.from(` ${path ?? 'netlab'}\n`)])
  return {
    text,
    shown: isDns ? `dig @${address} ${name}` : `a datagram to ${joinHostPort(address, port)}`,
    ...{ address, port },
    request: {
      ...{ kind: 'datagram', address, port },
      payload: payload.toString('base64'),
      key: id.toString('hex'),
    },
  }
}
