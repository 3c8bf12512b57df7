import { createSocket } from 'node:dgram'
import { afterEach, expect, it } from 'vitest'
import { datagramServer } from '../../src/sandbox/datagram-server.ts'
import { servedPort } from '../../src/sandbox/served-port.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A server on a port of the loopback address that the kernel chooses. */
async function opened(pod: string): Promise<number> {
  const socket = await datagramServer(pod, { port: 0, address: '127.0.0.1' })
  ends.push(() => socket.close())
  return socket.address().port
}

/** The answers to some datagrams, up to that of the last one. */
async function answers(port: number, messages: Buffer[], last: string): Promise<string[]> {
  const client = createSocket('udp4')
  ends.push(() => client.close())
  const heard: string[] = []
  const done = new Promise<void>(resolve =>
    client.on('message', message => {
      heard.push(message.toString())
      if (heard.at(-1)?.includes(last)) resolve()
    }),
  )
  for (const message of messages)
    await new Promise(sent => client.send(message, port, '127.0.0.1', () => sent(undefined)))
  await done
  return heard
}

it('says who answers, and whom it sees, but never to an answer of its own', async () => {
  const port = await opened('web')
  const words = [Buffer.from('you are talking to b'), Buffer.from('hello')]
  expect(await answers(port, words, 'web')).toEqual(['you are talking to web, you are 127.0.0.1\n'])
})

it('goes on where a datagram names no port to answer to', async () => {
  const socket = await datagramServer('web', { port: 0, address: '127.0.0.1' })
  ends.push(() => socket.close())
  const nowhere = { address: '127.0.0.1', family: 'IPv4', port: 0, size: 5 }
  expect(() => socket.emit('message', Buffer.from('hello'), nowhere)).not.toThrow()
})

it('tells of a port that is taken', async () => {
  const port = await opened('web')
  await expect(datagramServer('other', { port, address: '127.0.0.1' })).rejects.toThrow('EADDRINUSE')
})

it('is asked for with /UDP', () => {
  expect([servedPort('8080'), servedPort('53/UDP')]).toEqual([{ port: 8080 }, { port: 53, protocol: 'UDP' }])
})
