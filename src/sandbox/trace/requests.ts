import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { closeSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { hostArgv } from '../../command/command-line.ts'
import { familyOf } from '../../model/address.ts'
import { echoRequest, readEchoAnswer, unwantedTypes } from '../echo-packet.ts'
import { openIcmp, receivePacket, sendIcmp } from '../native-network.ts'
import type { TracedAnswer, TracedRequest, TraceOrder } from './order.ts'

/** Makes a request; to be called in the network namespace of who asks. */
export function makeRequest(order: TraceOrder): Promise<TracedAnswer> {
  const { request, timeout } = order
  switch (request.kind) {
    case 'command':
      return runCommand(order, request.argv)
    case 'datagram':
      return sendDatagram(request, timeout)
    case 'ping':
      return sendPing(request, timeout)
  }
}

/** Bytes of a command's output that are kept. */
const mostOutput = 1_048_576

function runCommand({ from, longest }: TraceOrder, argv: readonly string[]): Promise<TracedAnswer> {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const [file = '', ...args] = hostArgv({ argv, in: from })
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const kept = { stdout: '', stderr: '' }
    const keep = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
      kept[stream] = (kept[stream] + String(chunk)).slice(0, mostOutput)
    }
    child.stdout.on('data', keep('stdout'))
    child.stderr.on('data', keep('stderr'))
    const late = setTimeout(() => child.kill('SIGKILL'), longest * 1000)
    child.once('error', reject)
    child.once('close', code => {
      clearTimeout(late)
      resolve({ kind: 'command', ...kept, exitCode: code ?? 137, ms: performance.now() - start })
    })
  })
}

function sendDatagram(
  { address, port, payload }: Extract<TracedRequest, { kind: 'datagram' }>,
  timeout: number,
): Promise<TracedAnswer> {
  return new Promise(resolve => {
    const start = performance.now()
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    let late: NodeJS.Timeout | undefined
    const end = (came: { error?: string; bytes?: string; sender?: string }) => {
      clearTimeout(late)
      socket.close()
      resolve({ kind: 'packet', ms: performance.now() - start, ...came })
    }
    const fail = (error: Error) => end({ error: (error as NodeJS.ErrnoException).code ?? 'EIO' })
    socket.once('error', fail)
    socket.once('message', (bytes, { address: sender }) => end({ bytes: bytes.toString('base64'), sender }))
    socket.connect(port, address, () => {
      late = setTimeout(() => end({ error: 'timeout' }), timeout * 1000)
      socket.send(Buffer.from(payload, 'base64'), error => error && fail(error))
    })
  })
}

/** Bytes of an ICMP header. */
const header = 8
/** Milliseconds between two looks. */
const pause = 1

async function sendPing(
  { address, key }: Extract<TracedRequest, { kind: 'ping' }>,
  timeout: number,
): Promise<TracedAnswer> {
  const family = familyOf(address)
  const identifier = process.pid & 0xffff
  const socket = openIcmp(family, unwantedTypes(family))
  const start = performance.now()
  const came = (what: { error?: string; bytes?: string; sender?: string }): TracedAnswer => ({
    ...{ kind: 'packet', ms: performance.now() - start },
    ...what,
  })
  try {
    const message = echoRequest(family, identifier, 1, Buffer.from(key, 'hex'))
    const error = sendIcmp(socket, address, message)
    if (error !== undefined) return came({ error })
    const buffer = Buffer.alloc(2048)
    while (performance.now() - start < timeout * 1000) {
      const received = receivePacket(family, socket, buffer)
      const answer = received === undefined ? undefined : readEchoAnswer(family, received.packet)
      if (received === undefined) await sleep(pause)
      else if (answer?.identifier === identifier)
        return came({
          sender: received.sender,
          ...(answer.error === undefined
            ? { bytes: received.packet.subarray(family === 'ipv4' ? 20 + header : header).toString('base64') }
            : { error: answer.error }),
        })
    }
    return came({ error: 'timeout' })
  } finally {
    closeSync(socket)
  }
}
