import { setTimeout as sleep } from 'node:timers/promises'
import { echoRequest, readEchoAnswer, unwantedTypes } from './echo-packet.ts'
import { openIcmp, receivePacket, sendIcmp } from './native-network.ts'

/** Milliseconds between two looks at what has come. */
const pause = 2
/** A socket has room for some 160 answers: after so many requests they are taken out. */
const sentAtOnce = 64
/** Packets that are looked at in one go: a lab may send without end. */
const mostTaken = 1024

/** Opens a socket for pings in the network namespace that this process is in; whoever called closes it. */
export function openEcho(): number {
  return openIcmp(unwantedTypes)
}

/**
 * Pings IPv4 addresses, each once, over a socket of openEcho's. Returns for each `ok`, what hindered it (a code of the system's), or
 * `timeout`; `timeout`: seconds.
 */
export async function pingAll(
  socket: number,
  addresses: readonly string[],
  timeout: number,
): Promise<string[]> {
  const identifier = process.pid & 0xffff
  const outcomes: (string | undefined)[] = addresses.map(() => undefined)
  const buffer = Buffer.alloc(2048)
  const take = () => {
    for (let taken = 0; taken < mostTaken; taken += 1) {
      const length = receivePacket(socket, buffer)
      if (length === undefined) return
      const answer = readEchoAnswer(buffer.subarray(0, length))
      if (answer?.identifier !== identifier || answer.sequence >= addresses.length) continue
      const { sequence, sender, error } = answer
      // An answer of somebody else is none, as for TCP.
      if (error !== undefined || sender === addresses[sequence]) outcomes[sequence] ??= error ?? 'ok'
    }
  }
  for (const [sequence, address] of addresses.entries()) {
    outcomes[sequence] = sendIcmp(socket, address, echoRequest(identifier, sequence))
    if (sequence % sentAtOnce === sentAtOnce - 1) take()
  }
  const late = performance.now() + timeout * 1000
  for (take(); outcomes.includes(undefined) && performance.now() < late; take()) await sleep(pause)
  return outcomes.map(outcome => outcome ?? 'timeout')
}
