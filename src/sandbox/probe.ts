/**
 * Asks an address many times from the network namespace where it is started, each time from a port of its own: with UDP
 * datagrams, or with TCP connections for what curl does not speak. Reads a ProbeOrder on stdin, writes ProbeSamples.
 */
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { connect, isIPv6 } from 'node:net'
import { text } from 'node:stream/consumers'
import pMap from 'p-map'
import type { ProbeOrder, ProbeSample } from './probe-order.ts'
import { peerIn } from './socket-table.ts'

/** Whom the kernel has connected a socket of this network namespace to. */
function peerOf({ protocol, address, tellsPeer }: ProbeOrder, client: string): Pick<ProbeSample, 'peer'> {
  if (!tellsPeer || client === '') return {}
  const table = `${protocol.toLowerCase()}${isIPv6(address) ? '6' : ''}`
  const port = Number(client.slice(client.lastIndexOf(':') + 1))
  const peer = peerIn(readFileSync(`/proc/self/net/${table}`, 'utf8'), port)
  return peer === undefined ? {} : { peer }
}

/** A datagram may get lost, so it is sent a second time, from the same port, when half of the time is over. */
function askUdp(order: ProbeOrder): Promise<ProbeSample> {
  const { address, port, payload, timeout } = order
  return new Promise(resolve => {
    const start = performance.now()
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    let again: NodeJS.Timeout | undefined
    let late: NodeJS.Timeout | undefined
    let client = ''
    const end = (error?: string) => {
      clearTimeout(again)
      clearTimeout(late)
      const ms = performance.now() - start
      const peer = peerOf(order, client)
      socket.close()
      resolve({ client, ms, ...peer, ...(error === undefined ? {} : { error }) })
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

function askTcp(order: ProbeOrder): Promise<ProbeSample> {
  const { address, port, payload, timeout } = order
  return new Promise(resolve => {
    const start = performance.now()
    let client = ''
    const socket = connect({ host: address, port, timeout: timeout * 1000 })
    const end = (error?: string) => {
      const ms = performance.now() - start
      const peer = peerOf(order, client)
      socket.destroy()
      resolve({ client, ms, ...peer, ...(error === undefined ? {} : { error }) })
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
