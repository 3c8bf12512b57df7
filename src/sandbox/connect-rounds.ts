import { closeSync, openSync } from 'node:fs'
import { namespacesFolder, type Place } from '../command/command.ts'
import { askWithAb } from './ab.ts'
import { errorName, libc } from './libc.ts'
import type { ConnectOrder, ConnectWay, WayRounds } from './measure-order.ts'
import { setns } from './native-network.ts'
import { acceptTcp, listenTcp, openTcp, resetAtClose, socketAddress } from './native-tcp.ts'
import { inTurn } from './round-order.ts'

/** A way whose server listens. */
interface OpenWay extends ConnectWay {
  listener: number
  /** The client's network namespace, held open. */
  namespace: number
  told: WayRounds
}

const home = openSync('/proc/self/ns/net', 'r')

/** Does something in a network namespace; sockets that it makes stay there. */
function inNamespace<T>(namespace: number, act: () => T): T {
  setns(namespace)
  try {
    return act()
  } finally {
    setns(home)
  }
}

function namespaceOf(place: Place): number {
  return openSync(`${namespacesFolder}/${place}`, 'r')
}

function openWay(way: ConnectWay, timeout: number): OpenWay {
  const server = namespaceOf(way.server)
  const listener = inNamespace(server, () => listenTcp(way.serverPort, timeout))
  closeSync(server)
  const told: WayRounds = { connects: [], ab: [], opened: 0, accepted: 0 }
  return { ...way, listener, namespace: namespaceOf(way.client), told }
}

/** Measures each way in each round. Throws NetlabError where a connection does not come about or comes elsewhere. */
export async function connectRounds(
  order: ConnectOrder,
  done: (round: number) => void,
): Promise<WayRounds[]> {
  const ways = order.ways.map(way => openWay(way, order.timeout))
  for (let round = 1; round <= order.rounds; round += 1) {
    for (const way of inTurn(ways, round)) {
      way.told.connects.push(inNamespace(way.namespace, () => connectOften(way, order)))
      if (order.abRequests > 0) await roundOfAb(way, order)
    }
    done(round)
  }
  return ways.map(({ told }) => told)
}

/** Nothing but connect(2) is timed: the client's and the server's ends are taken apart after each. */
function connectOften(way: OpenWay, { connects, warmUp, timeout }: ConnectOrder): number[] {
  const address = socketAddress(way.address, way.port)
  const times = new Float64Array(connects)
  const { connect, close } = libc()
  for (let at = -warmUp; at < connects; at += 1) {
    const client = openTcp(timeout)
    resetAtClose(client)
    const start = performance.now()
    const result = connect(client, address, address.length)
    const end = performance.now()
    if (result === -1) throw new Error(failure(way, errorName()))
    way.told.opened += 1
    const server = acceptTcp(way.listener)
    way.told.accepted += 1
    close(client)
    close(server)
    if (at >= 0) times[at] = (end - start) * 1000
  }
  return [...times].map(microseconds)
}

async function roundOfAb(way: OpenWay, { abRequests: requests, timeout }: ConnectOrder): Promise<void> {
  const { listener, namespace, address, port, told } = way
  const inClient = <T>(act: () => T) => inNamespace(namespace, act)
  const { median, p99 } = await askWithAb({ address, port, listener, requests, timeout }, inClient)
  told.ab.push({ median: microseconds(median), p99: microseconds(p99) })
  told.opened += requests
  told.accepted += requests
}

function failure({ client, address, port }: ConnectWay, name: string): string {
  return `${client} could not connect to ${address}:${port}: ${name}`
}

/** A hundredth is more than a clock is worth. */
function microseconds(time: number): number {
  return Math.round(time * 100) / 100
}
