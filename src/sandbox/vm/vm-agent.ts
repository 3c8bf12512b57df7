import { constants, readdirSync, readFileSync, readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { setWaiting } from '../native.ts'
import { encodeFrame, type Frame, type FrameKind, FrameReader, type GuestCommand } from './frames.ts'
import { GuestProgram } from './guest-program.ts'
import { portCount, portName } from './ports.ts'

/** Milliseconds after which ports at whose other end nobody was are looked at again. */
const idle = 200
/** Milliseconds after which a port is tried again that was full. */
const full = 5
/** Bytes that are read, and sent, at once. */
const chunk = 65_536

let nextLook: Promise<void> | undefined

/** The moment at which all ports where nobody is are looked at: each turn costs, on a processor that is emulated. */
function look(): Promise<void> {
  nextLook ??= sleep(idle).then(() => {
    nextLook = undefined
  })
  return nextLook
}

/** The port's end in here. What is written while nobody is at the other end is lost, which is right. */
class Line {
  readonly #file: FileHandle
  #last: Promise<void> = Promise.resolve()
  #isConnected = false

  constructor(file: FileHandle) {
    this.#file = file
  }

  /** Waits for bytes; 0 where whoever was at the other end has gone. */
  async read(buffer: Buffer): Promise<number> {
    for (;;) {
      const count = this.#readNow(buffer)
      if (count === undefined) return this.#readLater(buffer)
      if (count > 0) {
        this.#isConnected = true
        return count
      }
      if (this.#isConnected) break
      await look()
    }
    this.#isConnected = false
    return 0
  }

  /** Somebody is there and says nothing yet: a thread of Node's waits. Going there and back costs too much for each page that comes. */
  async #readLater(buffer: Buffer): Promise<number> {
    this.#isConnected = true
    setWaiting(this.#file.fd, true)
    try {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length)
      this.#isConnected = bytesRead > 0
      return bytesRead
    } finally {
      setWaiting(this.#file.fd, false)
    }
  }

  /** 0 where nobody is at the other end, undefined where they say nothing: virtio_console.c, `port_fops_read`. */
  #readNow(buffer: Buffer): number | undefined {
    try {
      return readSync(this.#file.fd, buffer)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined
      throw error
    }
  }

  send(kind: FrameKind, session: number, bytes: Buffer = Buffer.alloc(0)): Promise<void> {
    this.#last = this.#last.then(() => this.#write(encodeFrame({ kind, session, bytes }))).catch(() => {})
    return this.#last
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      try {
        at += (await this.#file.write(bytes, at)).bytesWritten
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
        await sleep(full)
      }
    }
  }

  /** Where a program prints. */
  output(kind: 'stdout' | 'stderr', session: number): Writable {
    return new Writable({
      write: (bytes: Buffer, _, done) => {
        const parts = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, at) =>
          bytes.subarray(at * chunk, (at + 1) * chunk),
        )
        Promise.all(parts.map(part => this.send(kind, session, part))).then(() => done(), done)
      },
    })
  }
}

/** Milliseconds after which a port that is not there yet is looked for again, and how often. */
const search = { every: 50, times: 600 }

/** Which device is the port of a name: the kernel finds them one after the other, and there is no udev that would name them. */
async function device(name: string): Promise<string> {
  const known = '/sys/class/virtio-ports'
  for (let left = search.times; left > 0; left -= 1) {
    const found = readdirSync(known).find(port => textOf(join(known, port, 'name')).trim() === name)
    if (found !== undefined) return join('/dev', found)
    await sleep(search.every)
  }
  throw new Error(`there is no port ${name}`)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // It has no name yet.
    return ''
  }
}

interface UnderWay {
  session: number
  program: GuestProgram
}

/** Runs, one after the other, what is asked for at one port. Ends only with the machine. */
async function serve(port: number): Promise<void> {
  const file = await open(await device(portName(port)), constants.O_RDWR | constants.O_NONBLOCK)
  const line = new Line(file)
  const reader = new FrameReader()
  const buffer = Buffer.alloc(chunk)
  let underWay: UnderWay | undefined
  for (;;) {
    const bytesRead = await line.read(buffer)
    if (bytesRead === 0) {
      // As where a terminal is closed.
      underWay?.program.signal('SIGHUP')
      underWay = undefined
      reader.reset()
    }
    for (const frame of reader.take(Buffer.from(buffer.subarray(0, bytesRead)))) {
      if (frame.kind === 'run') {
        underWay?.program.signal('SIGHUP')
        underWay = begin(line, frame)
      } else if (underWay?.session === frame.session) await hand(underWay.program, frame)
    }
  }
}

function begin(line: Line, { session, bytes }: Frame): UnderWay | undefined {
  const told = (error: unknown) => {
    const words = error instanceof Error ? error.message : String(error)
    return line.send('stderr', session, Buffer.from(`${words}\n`)).then(() => 127)
  }
  const end = (exitCode: number) => line.send('ended', session, Buffer.of(exitCode & 0xff))
  line.send('started', session)
  try {
    const command = JSON.parse(bytes.toString()) as GuestCommand
    const outputs = { stdout: line.output('stdout', session), stderr: line.output('stderr', session) }
    const program = new GuestProgram(command, outputs)
    program.done.catch(told).then(end)
    return { session, program }
  } catch (error) {
    told(error).then(end)
    return undefined
  }
}

async function hand(program: GuestProgram, { kind, bytes }: Frame): Promise<void> {
  if (kind === 'stdin') await program.give(Buffer.from(bytes))
  else if (kind === 'signal') program.signal(bytes.toString() as NodeJS.Signals)
  else if (kind === 'size') program.resize(JSON.parse(bytes.toString()))
}

await Promise.all(Array.from({ length: portCount }, (_, port) => serve(port)))
