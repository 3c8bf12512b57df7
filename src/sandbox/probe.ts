/**
 * Asks an address many times from the network namespace where it is started, each time from a port of its own: with UDP
 * datagrams, or with TCP connections for what curl does not speak. Reads a ProbeOrder on stdin, writes ProbeSamples.
 */
import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import { text } from 'node:stream/consumers'
import pMap from 'p-map'
import type { ProbeOrder, ProbeSample } from './probe-order.ts'

/** A datagram may get lost, so it is sent a second time, from the same port, when half of the time is over. */
function askUdp({ address, port, payload, timeout }: ProbeOrder): Promise<ProbeSample> {
  return new Promise(resolve => {
    const start = performance.now()
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    let again: NodeJS.Timeout | undefined
    let late: NodeJS.Timeout | undefined
    let client = ''
    const end = (error?: string) => {
      clearTimeout(again)
      clearTimeout(late)
      socket.close()
      resolve({ client, ms: performance.now() - start, ...(error === undefined ? {} : { error }) })
    }
    const send = () =>
      socket.send(
        Buffer.from(payload, 'base64'),
        error => error && end((error as NodeJS.ErrnoException).code),
      )
    socket.once('error', error => end((error as NodeJS.ErrnoException).code ?? 'EIO'))
    socket.once('message', () => end())
    socket.connect(port, address, () => {
      const own = socket.address()
      client = `${own.address}:${own.port}`
      again = setTimeout(send, (timeout * 1000) / 2)
      late = setTimeout(() => end('timeout'), timeout * 1000)
      send()
    })
  })
}

function askTcp({ address, port, payload, timeout }: ProbeOrder): Promise<ProbeSample> {
  return new Promise(resolve => {
    const start = performance.now()
    let client = ''
    const socket = connect({ host: address, port, timeout: timeout * 1000 })
    const end = (error?: string) => {
      socket.destroy()
      resolve({ client, ms: performance.now() - start, ...(error === undefined ? {} : { error }) })
    }
    socket.once('connect', () => {
      client = `${socket.localAddress}:${socket.localPort}`
      socket.write(Buffer.from(payload, 'base64'))
    })
    socket.once('data', () => end())
    socket.once('timeout', () => end('timeout'))
    socket.once('error', error => end((error as NodeJS.ErrnoException).code ?? 'EIO'))
    socket.once('close', () => end('ECONNRESET'))
  })
}

const order = JSON.parse(await text(process.stdin)) as ProbeOrder
const askOnce = order.protocol === 'UDP' ? askUdp : askTcp
const samples = await pMap(Array.from({ length: order.requests }), () => askOnce(order), {
  concurrency: order.atOnce,
})
process.stdout.write(JSON.stringify(samples))
