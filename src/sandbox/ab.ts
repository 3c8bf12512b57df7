import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { libc } from './libc.ts'
import type { AbRound } from './measure-order.ts'
import { acceptTcp } from './native-tcp.ts'

/** Requests of ab's, one after the other, each on a connection of its own. */
interface AbOrder {
  address: string
  port: number
  /** A listening socket to which they come. */
  listener: number
  requests: number
  /** Seconds that a connection gets. */
  timeout: number
}

/** Where ab writes how long which part of its requests took. */
const percentilesFile = '/tmp/ab.csv'

const answer = Buffer.from('HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n')

/** Lets ApacheBench ask, and answers it from this very thread. Throws where it did not get all of its answers. */
export async function askWithAb(order: AbOrder, inClient: <T>(act: () => T) => T): Promise<AbRound> {
  const { address, port, listener, requests, timeout } = order
  const argv = ['-q', '-n', `${requests}`, '-c', '1', '-s', `${Math.ceil(timeout)}`, '-e', percentilesFile]
  const ab = inClient(() =>
    spawn('ab', [...argv, `http://${address}:${port}/`], { stdio: ['ignore', 'pipe', 'pipe'] }),
  )
  const ended = endOf(ab)
  try {
    for (let at = 0; at < requests; at += 1) answerOne(listener)
  } catch (error) {
    ab.kill('SIGKILL')
    throw new Error(`${(error as Error).message}; ab said: ${(await ended).said}`)
  }
  const { said, code } = await ended
  const complete = Number(/^Complete requests:\s+(\d+)$/m.exec(said)?.[1])
  const failed = Number(/^Failed requests:\s+(\d+)$/m.exec(said)?.[1])
  if (code !== 0 || complete !== requests || failed !== 0)
    throw new Error(`ab ended with exit code ${code}, and ${requests} requests: ${said.trim()}`)
  return readPercentiles(readFileSync(percentilesFile, 'utf8'))
}

async function endOf(ab: ChildProcess): Promise<{ said: string; code: number | null }> {
  const closed = new Promise<number | null>((resolve, reject) =>
    ab.once('close', resolve).once('error', reject),
  )
  const [out, err, code] = await Promise.all([text(ab.stdout!), text(ab.stderr!), closed])
  return { said: out + err, code }
}

/** A request is one small packet. */
const request = Buffer.alloc(4096)

function answerOne(listener: number): void {
  const { recvfrom, sendto, close } = libc()
  const connection = acceptTcp(listener)
  try {
    if (recvfrom(connection, request, request.length, 0, null, null) <= 0)
      throw new Error('ab sent no request')
    sendto(connection, answer, answer.length, 0, null, 0)
  } finally {
    close(connection)
  }
}

/**
 * ab's `-e`: lines of a percentage and milliseconds. For i % ab takes the time at the place n·i/100 of all, counted from 0 and rounded: of 100
 * requests line 98 is the 99th, and line 99 the longest.
 */
export function readPercentiles(csv: string): AbRound {
  const served = new Map(
    csv
      .trim()
      .split('\n')
      .slice(1)
      .map(line => line.split(',').map(Number) as [number, number]),
  )
  const at = (percent: number) => (served.get(percent) ?? Number.NaN) * 1000
  return { median: (at(49) + at(50)) / 2, p99: at(98) }
}
