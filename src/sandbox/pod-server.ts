/**
 * One process that serves for every pod of a lab: it steps into each pod's network namespace just for the call that makes
 * the listening socket, which then stays there. A process for each pod would take 40 MB each.
 *
 * Reads on stdin `{"namespaces": FOLDER, "listeners": [{"pod", "port"}]}`, writes `listening` or an error line to stdout.
 */
import { closeSync, openSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import koffi from 'koffi'
import { podServer } from './pod-answer.ts'

const CLONE_NEWNET = 0x40000000

interface Order {
  namespaces: string
  listeners: { pod: string; port: number }[]
}

const setns = koffi.load('libc.so.6').func('int setns(int fd, int nstype)')

function enter(namespace: number): void {
  if (setns(namespace, CLONE_NEWNET) !== 0) throw new Error(`setns: errno ${koffi.errno()}`)
}

async function listen(order: Order): Promise<void> {
  const home = openSync('/proc/self/ns/net', 'r')
  const started: Promise<void>[] = []
  for (const { pod, port } of order.listeners) {
    const namespace = openSync(`${order.namespaces}/${pod}`, 'r')
    enter(namespace)
    const server = podServer(pod)
    started.push(
      new Promise((resolve, reject) => {
        server.once('listening', resolve)
        server.once('error', error => reject(new Error(`${pod}: ${error.message}`)))
      }),
    )
    // Without a host the socket is made inside this very call, that is, in the pod's namespace.
    server.listen({ port, backlog: 4096 })
    enter(home)
    closeSync(namespace)
  }
  await Promise.all(started)
}

try {
  await listen(JSON.parse(await text(process.stdin)))
  process.stdout.write('listening\n')
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
