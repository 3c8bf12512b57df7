import type { Answer } from '../observe/curl.ts'
import type { TracedAnswer } from '../sandbox/trace/order.ts'
import { readDnsAnswer } from './dns.ts'
import type { ClientSaw } from './report.ts'

const failureWords: Record<NonNullable<Answer['failure']>, string> = {
  refused: 'the connection is refused',
  unreachable: 'the address cannot be reached',
  timeout: 'no answer comes',
  other: 'the request is broken off',
}

/** What curl has come to. */
export function sawOfAnswer({ failure, message, status, body, pod, ms }: Answer): ClientSaw {
  if (failure !== undefined) {
    const words = failure === 'other' ? `${failureWords.other}: ${message}` : failureWords[failure]
    return { ok: false, words, ms }
  }
  const [, named, client] = /^you are talking to (\S+) \(\S*\), you are (\S+)$/m.exec(body) ?? []
  const who = pod ?? named
  const seen = client === undefined ? '' : `, and sees ${client} as its client`
  return {
    ok: true,
    words: `${who ?? 'the server'} answers with status ${status}${seen}`,
    ...(who === undefined ? {} : { pod: who }),
    ...(client === undefined ? {} : { client }),
    ms,
  }
}

const codeWords: Readonly<Record<string, string>> = {
  timeout: failureWords.timeout,
  ECONNREFUSED: 'the port is refused',
  EHOSTUNREACH: failureWords.unreachable,
  ENETUNREACH: 'there is no route',
  EACCES: 'it is not allowed',
  EPERM: 'a rule of its own forbids it to send',
}

/** What a datagram or a ping has come to. */
export function sawOfPacket(
  { error, bytes, ms }: Extract<TracedAnswer, { kind: 'packet' }>,
  isDns: boolean,
): ClientSaw {
  if (error !== undefined) return { ok: false, words: codeWords[error] ?? `sending fails: ${error}`, ms }
  const came = Buffer.from(bytes ?? '', 'base64')
  const dns = isDns ? readDnsAnswer(came) : undefined
  const words =
    dns === undefined
      ? `an answer of ${came.length} bytes comes`
      : dns.address === undefined
        ? `the name server answers: ${dns.code}`
        : `the name server answers: ${dns.address}`
  return { ok: true, words, ms }
}
