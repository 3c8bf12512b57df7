/** What netlab and the agent in a virtual machine say to each other. */
export type FrameKind =
  /** To the agent: run a command. A `GuestCommand`, as JSON. */
  | 'run'
  /** Bytes for its stdin; none: that is all. */
  | 'stdin'
  /** The window has another size: `[rows, columns]`, as JSON. */
  | 'size'
  /** A signal for it, by its name. */
  | 'signal'
  /** From the agent: it has been started. */
  | 'started'
  /** What it printed. */
  | 'stdout'
  | 'stderr'
  /** Its exit code, one byte. */
  | 'ended'

const kinds: readonly FrameKind[] = ['run', 'stdin', 'size', 'signal', 'started', 'stdout', 'stderr', 'ended']

export interface Frame {
  kind: FrameKind
  /** Which command it belongs to: what an earlier one still has to say must not be taken for a later one's. */
  session: number
  bytes: Buffer
}

/** What the agent is to run. */
export interface GuestCommand {
  argv: readonly string[]
  /** Made where it is missing. */
  cwd: string
  /** All of its environment. */
  env: Readonly<Record<string, string>>
  /** Text files that it needs, by their absolute paths: written before it starts. */
  files: Readonly<Record<string, string>>
  /** Which of stdin, stdout and stderr are a terminal. */
  terminals: readonly [boolean, boolean, boolean]
  /** Rows and columns of that. */
  size: readonly [number, number]
  /** What comes in `stdin` frames goes to it; else its stdin is empty. */
  reads: boolean
}

const headerBytes = 9
/** Bytes of one frame: more is a mistake, not a frame. */
const mostBytes = 16 * 2 ** 20

/** A frame as it goes over the line: its kind, its session, how many bytes follow, those. */
export function encodeFrame({ kind, session, bytes }: Frame): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt8(kinds.indexOf(kind), 0)
  header.writeUInt32LE(session, 1)
  header.writeUInt32LE(bytes.length, 5)
  return Buffer.concat([header, bytes])
}

/** Takes frames out of a stream of bytes, which may come in pieces far smaller than a frame. */
export class FrameReader {
  #pieces: Buffer[] = []
  #length = 0
  /** Bytes until which there is no whole frame. */
  #enough = headerBytes

  /** Forgets half a frame: whoever sent it has gone. */
  reset(): void {
    this.#keep(Buffer.alloc(0), headerBytes)
  }

  /** The frames that are whole with these bytes. Throws where they are no frames. */
  *take(bytes: Buffer): Generator<Frame> {
    this.#pieces.push(bytes)
    this.#length += bytes.length
    if (this.#length < this.#enough) return
    let held = Buffer.concat(this.#pieces)
    let enough = headerBytes
    while (held.length >= headerBytes) {
      const kind = kinds[held.readUInt8(0)]
      const length = held.readUInt32LE(5)
      if (kind === undefined || length > mostBytes) throw new Error('what came over the line is no frame')
      enough = headerBytes + length
      if (held.length < enough) break
      const frame = { kind, session: held.readUInt32LE(1), bytes: held.subarray(headerBytes, enough) }
      held = held.subarray(enough)
      enough = headerBytes
      yield frame
    }
    this.#keep(held, enough)
  }

  #keep(held: Buffer, enough: number): void {
    this.#pieces = held.length === 0 ? [] : [held]
    this.#length = held.length
    this.#enough = enough
  }
}
