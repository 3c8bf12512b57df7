import { closeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Family, familyOf } from '../model/address.ts'
import { echoRequest, readEchoAnswer, unwantedTypes } from './echo-packet.ts'
import { openIcmp, receivePacket, sendIcmp } from './native-network.ts'

/** Milliseconds between two looks at what has come. */
const pause = 2
/** A socket has room for some 160 answers: after so many requests they are taken out. */
const sentAtOnce = 64
/** Packets that are looked at in one go: a lab may send without end. */
const mostTaken = 1024

/** A socket for each family that is asked in. */
export type EchoSockets = ReadonlyMap<Family, number>

/** Opens sockets for pings to these addresses in the network namespace that this process is in; pingAll closes them. */
export function openEcho(addresses: readonly string[]): EchoSockets {
  const families = new Set(addresses.map(familyOf))
  return new Map([...families].map(family => [family, openIcmp(family, unwantedTypes(family))]))
}

/** An error may come when its sequence number already stands for another address: each round has an identifier of its own. */
let rounds = 0

/**
 * Pings addresses, each once, over sockets of openEcho's. Returns for each `ok`, what hindered it (a code of the system's), or
 * `timeout`; `timeout`: seconds.
 */
export async function pingAll(
  sockets: EchoSockets,
  addresses: readonly string[],
  timeout: number,
): Promise<string[]> {
  rounds += 1
  const identifier = (process.pid + rounds) & 0xffff
  const outcomes: (string | undefined)[] = addresses.map(() => undefined)
  const buffer = Buffer.alloc(2048)
  const takeFrom = (family: Family, socket: number) => {
    for (let taken = 0; taken < mostTaken; taken += 1) {
      const received = receivePacket(family, socket, buffer)
      if (received === undefined) return
      const answer = readEchoAnswer(family, received.packet)
      if (answer?.identifier !== identifier || answer.sequence >= addresses.length) continue
      const { sequence, error } = answer
      // An answer of somebody else is none, as for TCP.
      if (error !== undefined || received.sender === addresses[sequence]) outcomes[sequence] ??= error ?? 'ok'
    }
  }
  const take = () => {
    for (const [family, socket] of sockets) takeFrom(family, socket)
  }
  try {
    for (const [sequence, address] of addresses.entries()) {
      const family = familyOf(address)
      const socket = sockets.get(family)
      if (socket === undefined) continue
      outcomes[sequence] = sendIcmp(socket, address, echoRequest(family, identifier, sequence))
      if (sequence % sentAtOnce === sentAtOnce - 1) take()
    }
    const late = performance.now() + timeout * 1000
    for (take(); outcomes.includes(undefined) && performance.now() < late; take()) await sleep(pause)
  } finally {
    for (const socket of sockets.values()) closeSync(socket)
  }
  return outcomes.map(outcome => outcome ?? 'timeout')
}
