import { Address4 } from 'ip-address'
import { errorName, failed, libc } from './libc.ts'

const inet = 2
const stream = 1
const cloexec = 0o2000000
/** Linux, socket.h. */
const solSocket = 1
const option = { reuse: 2, linger: 13, receiveTimeout: 20, sendTimeout: 21 }
/** `struct linger`, on for 0 s: close(2) sends a RST, so that no port of the client's is left waiting. */
const resetOnClose = Buffer.from(new Int32Array([1, 0]).buffer)

/** A struct sockaddr_in (ip(7)). */
export function socketAddress(address: string, port: number): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt16LE(inet, 0)
  bytes.writeUInt16BE(port, 2)
  bytes.set(new Address4(address).toArray(), 4)
  return bytes
}

/** A TCP socket in the network namespace that this process is in; whoever called closes it. Its calls wait for so many seconds at most. */
export function openTcp(timeout: number): number {
  const fd = libc().socket(inet, stream | cloexec, 0)
  if (fd === -1) throw failed('socket', why, errorName())
  const seconds = Buffer.from(new BigInt64Array([BigInt(Math.ceil(timeout)), 0n]).buffer)
  for (const each of [option.receiveTimeout, option.sendTimeout]) setOption(fd, each, seconds)
  return fd
}

/** Listens on a port of all addresses; `timeout` is that of accept(2), in seconds. */
export function listenTcp(port: number, timeout: number): number {
  const fd = openTcp(timeout)
  setOption(fd, option.reuse, Buffer.from(new Int32Array([1]).buffer))
  if (libc().bind(fd, socketAddress('0.0.0.0', port), 16) === -1) throw failed('bind', why, errorName())
  if (libc().listen(fd, 128) === -1) throw failed('listen', why, errorName())
  return fd
}

/** Lets the socket end its connection at once. */
export function resetAtClose(fd: number): void {
  setOption(fd, option.linger, resetOnClose)
}

/** The connection that has waited longest. Throws NetlabError where none comes in time. */
export function acceptTcp(listener: number): number {
  const fd = libc().accept4(listener, null, null, cloexec)
  if (fd === -1) throw failed('accept', why, errorName())
  return fd
}

const why = 'new connections are measured'

function setOption(fd: number, name: number, value: Buffer): void {
  if (libc().setsockopt(fd, solSocket, name, value, value.length) === -1)
    throw failed('setsockopt', why, errorName())
}
