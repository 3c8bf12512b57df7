import { randomInt } from 'node:crypto'
import { isatty } from 'node:tty'
import { NetlabError } from '../../errors.ts'
import { endAfter } from '../ending.ts'
import { encodeFrame, type FrameKind, FrameReader, type GuestCommand } from './frames.ts'
import { connectToPort, type HeldPort } from './ports.ts'
import { consoleOf, type Vm } from './vm.ts'

/** Milliseconds in which a virtual machine has started: emulated on a machine that has nothing else to do it takes some 5 s. */
const startPatience = 180_000

/** What is said to whom while a command runs in a virtual machine. */
export interface Talk {
  stdout: NodeJS.WritableStream
  stderr: NodeJS.WritableStream
  /** What the command reads; none: nothing. */
  stdin?: NodeJS.ReadStream
  /** Its abort interrupts the command, which may take its time to end. */
  signal?: AbortSignal
}

/** Runs a command in a virtual machine to its end; returns its exit code. Throws NetlabError where the machine does not answer, or ends. */
export async function runInVm(vm: Vm, command: GuestCommand, talk: Talk): Promise<number> {
  const port = await connectToPort(vm.ports)
  const session = new Session(port)
  try {
    return await session.run(vm, command, talk)
  } finally {
    session.end()
  }
}

/** A command of this process's standard streams: those that are a terminal are one there, too. */
export function ownTerminals(reads: boolean): Pick<GuestCommand, 'terminals' | 'size' | 'reads'> {
  const { rows = 24, columns = 80 } = process.stdout.isTTY ? process.stdout : process.stderr
  return { terminals: [reads && isatty(0), isatty(1), isatty(2)], size: [rows, columns], reads }
}

/** This process's standard streams; its stdin where the command reads it. */
export function ownStreams(reads: boolean): Talk {
  const { stdout, stderr, stdin } = process
  return { stdout, stderr, ...(reads ? { stdin } : {}) }
}

class Session {
  readonly #port: HeldPort
  readonly #session = randomInt(2 ** 32 - 1)
  readonly #ends: (() => void)[] = []

  constructor(port: HeldPort) {
    this.#port = port
  }

  run(vm: Vm, command: GuestCommand, talk: Talk): Promise<number> {
    const { socket } = this.#port
    const reader = new FrameReader()
    return new Promise<number>((resolve, reject) => {
      const giveUp = endAfter(startPatience, waited => gone(vm, waited).then(reject, reject))
      this.#ends.push(giveUp)
      socket.on('error', () => {})
      socket.on('close', () => gone(vm).then(reject, reject))
      socket.on('data', (bytes: Buffer) => {
        try {
          for (const frame of reader.take(bytes)) {
            if (frame.session !== this.#session) continue
            if (frame.kind === 'started') giveUp()
            else if (frame.kind === 'ended') resolve(frame.bytes.length === 1 ? frame.bytes.readUInt8(0) : 1)
            else this.#print(frame.kind === 'stderr' ? talk.stderr : talk.stdout, frame.bytes)
          }
        } catch (error) {
          reject(error)
        }
      })
      this.#send('run', Buffer.from(JSON.stringify(command)))
      this.#listen(command, talk)
    })
  }

  #print(to: NodeJS.WritableStream, bytes: Buffer): void {
    if (to.write(bytes)) return
    this.#port.socket.pause()
    to.once('drain', () => this.#port.socket.resume())
  }

  #send(kind: FrameKind, bytes: Buffer): boolean {
    return this.#port.socket.write(encodeFrame({ kind, session: this.#session, bytes }))
  }

  /** Hears of all that the command is to be told. */
  #listen({ terminals, reads }: GuestCommand, { stdin, signal }: Talk): void {
    const interrupt = () => this.#send('signal', Buffer.from('SIGINT'))
    if (signal?.aborted) interrupt()
    signal?.addEventListener('abort', interrupt)
    this.#ends.push(() => signal?.removeEventListener('abort', interrupt))
    const resize = () => {
      const { rows = 24, columns = 80 } = process.stdout
      this.#send('size', Buffer.from(JSON.stringify([rows, columns])))
    }
    process.on('SIGWINCH', resize)
    this.#ends.push(() => process.off('SIGWINCH', resize))
    if (!reads || stdin === undefined) return
    const take = (bytes: Buffer) => {
      if (this.#send('stdin', bytes)) return
      stdin.pause()
      this.#port.socket.once('drain', () => stdin.resume())
    }
    const end = () => this.#send('stdin', Buffer.alloc(0))
    if (terminals[0]) stdin.setRawMode(true)
    stdin.on('data', take).once('end', end).resume()
    this.#ends.push(() => {
      stdin.off('data', take).off('end', end).pause()
      if (terminals[0]) stdin.setRawMode(false)
    })
  }

  end(): void {
    for (const each of this.#ends) each()
    this.#port.socket.removeAllListeners('close')
    this.#port.release()
  }
}

/** The machine has ended, or does not answer: for `waited` milliseconds. */
async function gone(vm: Vm, waited?: number): Promise<NetlabError> {
  const details = await consoleOf(vm.sandbox)
  return new NetlabError({
    what:
      waited === undefined
        ? 'the virtual machine of the lab has ended'
        : `the virtual machine of the lab did not answer within ${Math.round(waited / 1000)} s`,
    why: 'the lab runs on another kernel than this machine',
    ...(details === '' ? {} : { details }),
    fix: 'netlab down takes away what is left of the lab',
  })
}
