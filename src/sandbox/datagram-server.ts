import { createSocket, type Socket } from 'node:dgram'
import { plainAddress } from './pod-answer.ts'
import type { RequestNote } from './request-log.ts'

/** What every answer begins with: an answer to an answer would go back and forth for ever. */
const beginning = 'you are talking to '

const dnsPort = 53
/** Bytes of a DNS message's header, and bits of its flags (RFC 1035, 4.1.1). */
const dns = { header: 12, flags: 2, isAnswer: 0x8000, kept: 0x7900, refused: 5 }

/**
 * A server that answers each datagram with the pod's name and the client's address, on port 53 as a name server that refuses to
 * look anything up. Its socket is made inside this very call, that is, in the network namespace that the process is in now. Rejects
 * where the port is taken.
 */
export function datagramServer(
  pod: string,
  { port, address, note }: { port: number; address?: string | undefined; note?: RequestNote | undefined },
): Promise<Socket> {
  const isIPv4 = address !== undefined && !address.includes(':')
  const socket = createSocket({
    type: isIPv4 ? 'udp4' : 'udp6',
    // Node's own looks even an address up later, when the process is somewhere else.
    lookup: (host, _, done) => done(null, host, isIPv4 ? 4 : 6),
  })
  socket.on('message', (message, { address: client, port: from }) => {
    // Whoever made it by hand may have left its port out, and there is nowhere to answer to.
    if (from === 0) return
    note?.(plainAddress(client), `UDP ${message.length} bytes`)
    const answer = port === dnsPort ? refusal(message) : greeting(pod, message, client)
    if (answer !== undefined) socket.send(answer, from, client)
  })
  const bound = new Promise<Socket>((resolve, reject) => {
    socket.once('listening', () => resolve(socket))
    // Once it is bound, an answer that nobody takes any more is none of its concern.
    socket.on('error', error => {
      if (isBound(socket)) return
      socket.close()
      reject(error)
    })
  })
  socket.bind({ port, address: address ?? '::' })
  return bound
}

function isBound(socket: Socket): boolean {
  try {
    return socket.address().port > 0
  } catch {
    return false
  }
}

function greeting(pod: string, message: Buffer, client: string): Buffer | undefined {
  if (message.subarray(0, beginning.length).toString('latin1') === beginning) return undefined
  return Buffer.from(`${beginning}${pod}, you are ${plainAddress(client)}\n`)
}

function refusal(message: Buffer): Buffer | undefined {
  if (message.length < dns.header) return undefined
  const flags = message.readUInt16BE(dns.flags)
  if ((flags & dns.isAnswer) !== 0) return undefined
  const answer = Buffer.alloc(dns.header)
  message.copy(answer, 0, 0, dns.flags)
  answer.writeUInt16BE(dns.isAnswer | (flags & dns.kept) | dns.refused, dns.flags)
  return answer
}
