import { createServer, type Server } from 'node:http'

/** The answer's header that names the pod, for those who ask many times and do not read bodies. */
export const podHeader = 'x-pod'

/** An HTTP server that says who answers, and whom it sees: as text, or as JSON on `Accept: application/json`. */
export function podServer(pod: string): Server {
  const server = createServer((request, response) => {
    const address = plainAddress(request.socket.localAddress)
    const client = plainAddress(request.socket.remoteAddress)
    const json = request.headers.accept?.includes('application/json') ?? false
    const body = json
      ? `${JSON.stringify({ pod, address, port: request.socket.localPort, client })}\n`
      : `you are talking to ${pod} (${address}), you are ${client}\n`
    // Closing after each answer makes every request a new connection, which is what kube-proxy's rules choose for.
    response.writeHead(200, {
      'content-type': json ? 'application/json' : 'text/plain',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
      [podHeader]: pod,
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  })
  server.keepAliveTimeout = 1
  return server
}

/** An IPv4 address as people write it: a socket that takes both families shows it as ::ffff:10.0.0.11. */
function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '')
}
