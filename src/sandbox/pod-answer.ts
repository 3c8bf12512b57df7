import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import type { RequestNote } from './request-log.ts'

/** The answer's header that names the pod, for those who ask many times and do not read bodies. */
export const podHeader = 'x-pod'

/** Bytes that an answer may be asked to have, at most: enough for anybody's window. */
const largestAnswer = 1_048_576

/**
 * An HTTP server that says who answers, and whom it sees: as text, or as JSON on `Accept: application/json`. `?bytes=8000` makes the text
 * that long, where it is shorter. `note` hears of each request.
 */
export function podServer(pod: string, note?: RequestNote): Server {
  return createServer((request, response) => {
    const address = plainAddress(request.socket.localAddress)
    const client = plainAddress(request.socket.remoteAddress)
    note?.(client, `${request.method} ${request.url}`)
    const json = request.headers.accept?.includes('application/json') ?? false
    const body = json
      ? `${JSON.stringify({ pod, address, port: request.socket.localPort, client })}\n`
      : lengthened(`you are talking to ${pod} (${address}), you are ${client}\n`, wantedLength(request.url))
    if (request.httpVersion !== '1.0')
      letClientCloseFirst(request.socket, request.headers.connection === 'close')
    // Every request is a new connection, which is what kube-proxy's rules choose for.
    response.writeHead(200, {
      'content-type': json ? 'application/json' : 'text/plain',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
      [podHeader]: pod,
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  })
}

/** Bytes; 0 where the request's address says nothing of that. */
function wantedLength(url = ''): number {
  const [, bytes] = /[?&]bytes=(\d{1,9})(?:&|$)/.exec(url) ?? []
  return Math.min(Number(bytes ?? 0), largestAnswer)
}

/** A text with lines of dots behind it, up to a number of bytes. */
function lengthened(text: string, bytes: number): string {
  const missing = bytes - Buffer.byteLength(text)
  return missing <= 0 ? text : text + `${'.'.repeat(79)}\n`.repeat(Math.ceil(missing / 80)).slice(-missing)
}

/** Milliseconds. */
const patience = 200

/**
 * Whoever closes first holds the pair of addresses for a minute. If that were the server, a masqueraded client that
 * happens to get the same port again would have to wait a second until its packet is taken for a new connection.
 * HTTP/1.0 clients wait for the server. A client that says that it will close holds the pair no longer than until it is
 * reset: of those who ask thousands of times, the kernel would soon search long for a port that is not held.
 */
function letClientCloseFirst(socket: Socket, willClose: boolean): void {
  const close = socket.destroySoon.bind(socket)
  socket.destroySoon = () => {
    const timer = setTimeout(close, patience)
    if (!willClose) return
    // Before Node's own listener, which would answer with an end of its own.
    socket.prependOnceListener('end', () => {
      clearTimeout(timer)
      socket.resetAndDestroy()
    })
  }
}

/** An IPv4 address as people write it: a socket that takes both families shows it as ::ffff:10.0.0.11. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '')
}
