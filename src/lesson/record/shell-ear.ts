import { randomBytes } from 'node:crypto'
import { StringDecoder } from 'node:string_decoder'
import type { TypedLine } from '../events.ts'

/** What is heard of a shell. */
export interface ShellHeard {
  /** A line that is about to run. */
  typed(typed: TypedLine): void
  printed(text: string): void
}

/** Bytes of a mark, at most: a line that is longer is not told. */
const longestMark = 64 * 1024
const bell = 0x07

/**
 * Listens to a shell of a person: bash tells each line before it runs it, in a mark among what it prints (an OSC sequence with a secret), and so does
 * each bash that is started in it. The mark never comes to the terminal. Whoever unsets PS0 is not heard, and whoever forges marks fools themselves.
 */
export class ShellEar {
  /** What the shell must find in its environment. */
  readonly env: Readonly<Record<string, string>>
  readonly #heard: ShellHeard
  readonly #start: Buffer
  readonly #decoder = new StringDecoder('utf8')
  #held: Buffer = Buffer.alloc(0)

  constructor(heard: ShellHeard) {
    this.#heard = heard
    const secret = randomBytes(12).toString('hex')
    this.#start = Buffer.from(`\u001b]7337;${secret};`)
    const told = [
      `printf "%s " "$$" "$(ip netns identify $$ | base64 -w0)." "$(printf "%s" "$PWD" | base64 -w0)."`,
      `HISTTIMEFORMAT= builtin history 1 | base64 -w0`,
    ]
    this.env = { PS0: `\\e]7337;${secret};$({ ${told.join('; ')}; } 2>/dev/null)\\a` }
  }

  /** Takes what the shell prints; returns what of it is for the terminal. */
  readonly through = (chunk: Buffer): Buffer => {
    let held = Buffer.concat([this.#held, chunk])
    const shown: Buffer[] = []
    const show = (bytes: Buffer) => {
      shown.push(bytes)
      const text = this.#decoder.write(bytes)
      if (text !== '') this.#heard.printed(text)
    }
    for (;;) {
      const at = held.indexOf(this.#start)
      const end = at === -1 ? -1 : held.indexOf(bell, at)
      if (end === -1) {
        const begun = at === -1 ? begunAtEnd(held, this.#start) : held.length - at
        const kept = begun > longestMark ? 0 : begun
        show(held.subarray(0, held.length - kept))
        this.#held = held.subarray(held.length - kept)
        return Buffer.concat(shown)
      }
      show(held.subarray(0, at))
      const typed = readMark(held.subarray(at + this.#start.length, end).toString('latin1'))
      if (typed !== undefined) this.#heard.typed(typed)
      held = held.subarray(end + 1)
    }
  }
}

/** How many of the last bytes may be the beginning of a mark. */
function begunAtEnd(bytes: Buffer, start: Buffer): number {
  for (let count = Math.min(bytes.length, start.length - 1); count > 0; count -= 1)
    if (bytes.subarray(bytes.length - count).equals(start.subarray(0, count))) return count
  return 0
}

function readMark(mark: string): TypedLine | undefined {
  const [, shell = '', place = '', folder = '', entry = ''] =
    /^(\d{1,10}) ([\w+/=]*)\. ([\w+/=]*)\. ([\w+/=]+)$/.exec(mark) ?? []
  // In front of each line of its history bash writes the number, and a star where it was edited.
  const [, line] = /^\s*\d+[ *] (.*)$/s.exec(decoded(entry)) ?? []
  if (line === undefined) return undefined
  const typed = { line: line.trimEnd(), in: decoded(place).trim(), folder: decoded(folder) }
  return { ...typed, shell: Number(shell) }
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8')
}
