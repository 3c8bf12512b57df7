/**
 * Tries every ordered pair of places: opens a TCP port of its own in each, asks each from each other one, pings it, and closes them again. Steps
 * into a place's network namespace for the calls that make sockets, which then stay there. Reads a PairsOrder on stdin, writes Pairs.
 */

import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect, createServer, isIPv6, type Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { host, namespacesFolder, type Place } from '../command/command.ts'
import { askedAddress, type Neighbour } from '../model/places.ts'
import { openEcho, pingAll } from './echo.ts'
import { type ArpEntry, forgetNeighbours, setns } from './native-network.ts'
import type { Pair, PairsOrder } from './pairs-order.ts'
import { plainAddress } from './pod-answer.ts'

/** Characters. */
const longestAddress = 64

const home = openSync('/proc/self/ns/net', 'r')

/** Does something with a place's network; sockets are made in the turn after the one in which they are asked for. */
async function within<T>(place: Place, act: () => T): Promise<T> {
  const namespace = place === host ? home : openSync(`${namespacesFolder}/${place}`, 'r')
  setns(namespace)
  try {
    const result = act()
    await nextTurn()
    return result
  } finally {
    setns(home)
    if (namespace !== home) closeSync(namespace)
  }
}

/** Listens on a port that nobody has, and tells each client its address. */
async function listen(place: Place): Promise<{ server: Server; port: number }> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.end(plainAddress(socket.remoteAddress))
  })
  const listening = new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
  await within(place, () => server.listen({ port: 0, backlog: 4096 }))
  await listening
  const address = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

type Connected = Omit<Pair, 'ping'>

function ask(from: Place, to: Place, address: string, port: number, timeout: number): Promise<Connected> {
  return new Promise(resolve => {
    let seen = ''
    let own = ''
    const socket = connect({ host: address, port })
    const end = (error?: string) => {
      clearTimeout(late)
      socket.destroy()
      const client = plainAddress(seen)
      resolve(error === undefined ? { from, to, port, own, client } : { from, to, port, error })
    }
    const late = setTimeout(() => end('timeout'), timeout * 1000)
    socket.once('connect', () => {
      own = plainAddress(socket.localAddress)
    })
    socket.on('data', chunk => {
      seen += String(chunk)
      // Somebody else answers, and may go on for ever.
      if (seen.length > longestAddress) end('EPROTO')
    })
    socket.once('end', () => end(seen === '' ? 'ECONNRESET' : undefined))
    socket.once('error', error => end((error as NodeJS.ErrnoException).code ?? 'EIO'))
  })
}

const order = JSON.parse(await text(process.stdin)) as PairsOrder
const servers = new Map<Place, { server: Server; port: number }>()
for (const { name } of order.places) servers.set(name, await listen(name))

/** The neighbours that the kernel has asked for, not those that it was told for good (`ATF_PERM` in if_arp.h). */
function learned(): ArpEntry[] {
  const [, ...lines] = readFileSync('/proc/thread-self/net/arp', 'utf8').trim().split('\n')
  return lines.flatMap(line => {
    const [address = '', , flags, , , device = ''] = line.split(/\s+/)
    return (Number(flags) & 0x4) === 0 ? [{ address, device }] : []
  })
}

const usesIPv6 = order.places.some(({ addresses }) => addresses.some(isIPv6))

/** Of IPv6 no ioctl takes a neighbour away. */
function forgetAll(): void {
  forgetNeighbours(learned())
  if (usesIPv6) spawnSync('ip', ['-6', 'neigh', 'flush', 'all'], { stdio: 'ignore' })
}

interface Asked {
  from: Place
  to: Place
  address: string
}

/** Asks what one place has to ask, over TCP and by ping at the same time. */
async function askFrom(source: Place, pairs: readonly Asked[]): Promise<() => Promise<Pair[]>> {
  const addresses = pairs.map(({ address }) => address)
  const { connecting, sockets } = await within(source, () => ({
    sockets: openEcho(addresses),
    connecting: pairs.map(({ from, to, address }) =>
      ask(from, to, address, servers.get(to)!.port, order.timeout),
    ),
  }))
  const pinging = pingAll(sockets, addresses, order.timeout)
  return async () => {
    const [connected, pinged] = await Promise.all([Promise.all(connecting), pinging])
    return connected.map((pair, at) => ({ ...pair, ping: pinged[at] ?? 'timeout' }))
  }
}

async function askAll(pairs: readonly Asked[]): Promise<Pair[]> {
  const answers: Pair[] = []
  const sources = [...new Set(pairs.map(({ from }) => from))]
  for (let at = 0; at < sources.length; at += order.sourcesAtOnce) {
    const asked: (() => Promise<Pair[]>)[] = []
    for (const source of sources.slice(at, at + order.sourcesAtOnce)) {
      const own = pairs.filter(({ from }) => from === source)
      asked.push(await askFrom(source, own))
    }
    const answered = await Promise.all(asked.map(answer => answer()))
    answers.push(...answered.flat())
    // A kernel keeps 1,024 neighbours in all of its namespaces together, and forgets none within five seconds.
    if (order.forget) for (const { name } of order.places) await within(name, forgetAll)
  }
  return answers
}

const byName = new Map(order.places.map(place => [place.name, place]))

function addressFor(from: Place, to: Neighbour): string {
  return askedAddress(byName.get(from) ?? { addresses: [] }, to) ?? ''
}

const targets = order.from.flatMap(from =>
  order.places
    .filter(({ name }) => name !== from)
    .map(place => ({ from, to: place.name, address: addressFor(from, place) })),
)
const first = await askAll(targets)
// On a busy machine an answer may be late, and other labs may have taken the room for neighbours.
const isLost = ({ error, ping }: Pair) => (error ?? 'ECONNREFUSED') !== 'ECONNREFUSED' || ping !== 'ok'
const lost = new Set(first.filter(isLost).map(({ from, to }) => `${from} ${to}`))
const again = await askAll(targets.filter(({ from, to }) => lost.has(`${from} ${to}`)))
const second = new Map(again.map(pair => [`${pair.from} ${pair.to}`, pair]))
const told = first.map(pair => better(pair, second.get(`${pair.from} ${pair.to}`)))
for (const { server } of servers.values()) server.close()
process.stdout.write(JSON.stringify(told))

/** The kernel tells a stranger but now and then why it does not forward: silence says less than what was told at first. */
function better(one: Pair, other: Pair | undefined): Pair {
  if (other === undefined) return one
  const isAsked = one.error !== undefined && one.error !== 'ECONNREFUSED' && other.error !== 'timeout'
  const isPinged = one.ping !== 'ok' && other.ping !== 'timeout'
  return { ...(isAsked ? other : one), ping: isPinged ? other.ping : one.ping }
}
