import { closeSync, constants, fstatSync, openSync, statfsSync, writeSync, write as writeTo } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { logFile } from './pod-logs.ts'

/** Milliseconds that lines are gathered before they are written: whoever asks thousands of times does not wait for that. */
const gathering = 50
/** Bytes of one server's log, where the lab has room for that. */
const mostBytes = 65_536
/** The part of what a lab may log that all servers' logs may take together: programs have more to say. */
const share = 1 / 4
/** Characters of what was asked for. */
const longestPath = 200
/** A fifo that somebody has put there is not waited for. */
const append = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK

/** Takes note of a request; must return at once. */
export type RequestNote = (client: string, what: string) => void

/** The line of a request: `2026-01-31T09:30:00.125Z 10.0.0.11 GET /`. What a client has made up acts on no terminal and is one line. */
export function requestLine(client: string, what: string, now = new Date()): string {
  const shown = what.length > longestPath ? `${what.slice(0, longestPath)}...` : what
  const printed = shown.replace(/[^ -~]/g, each => `%${each.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return `${now.toISOString()} ${client} ${printed}\n`
}

/** The requests to the servers of pods, each in the log of its container. */
export class RequestLogs {
  readonly #folder: string
  readonly #notes = new Map<string, RequestNote>()

  /** `folder`: a file system of its own, which is as large as all that a lab may log. */
  constructor(folder: string) {
    this.#folder = folder
  }

  of(pod: string, container: string): RequestNote {
    const file = logFile(pod, container, this.#folder)
    const write = gathered(text => appendTo(file, text, this.#limit()))
    const note = this.#notes.get(file) ?? ((client, what) => write(requestLine(client, what)))
    this.#notes.set(file, note)
    return note
  }

  #limit(): number {
    const { blocks, bsize } = statfsSync(this.#folder)
    return Math.min(mostBytes, Math.floor((blocks * bsize * share) / this.#notes.size))
  }
}

/** The same for a server that is a program of its own: on its stdout, where that is a file, which somebody keeps as its log. */
export function notesOnStdout(): RequestNote | undefined {
  if (!fstatSync(1).isFile()) return undefined
  const write = gathered(async text => {
    await promisify(writeTo)(1, Buffer.from(text))
  })
  return (client, what) => write(requestLine(client, what))
}

/** Appends to a file, of which what is too old goes. */
async function appendTo(file: string, text: string, limit: number): Promise<void> {
  // At once: for a server of many pods four turns through Node's threads are dearer than the write.
  const log = openSync(file, append)
  try {
    if (fstatSync(log).size + text.length <= limit) {
      writeSync(log, text)
      return
    }
  } finally {
    closeSync(log)
  }
  const before = await readFile(file, { encoding: 'latin1', flag: constants.O_NONBLOCK }).catch(() => '')
  await writeFile(file, lastLines(before + text, limit / 2), 'latin1')
}

/** Takes lines and writes them a moment later, some together; whoever brings one never waits, and never hears of a full disk. */
function gathered(write: (text: string) => Promise<void>): (line: string) => void {
  let lines = ''
  let isWriting = false
  const goOn = async () => {
    isWriting = true
    while (lines !== '') {
      await sleep(gathering)
      const text = lines
      lines = ''
      await write(text).catch(() => {})
    }
    isWriting = false
  }
  return line => {
    // Should the disk be slower than whoever asks.
    lines = lines.length > mostBytes ? line : lines + line
    if (!isWriting) void goOn()
  }
}

/** As many whole lines from the end as fit into so many bytes of ASCII. */
function lastLines(text: string, bytes: number): string {
  const end = text.slice(Math.max(0, text.length - Math.floor(bytes)))
  return end.length === text.length ? text : end.slice(end.indexOf('\n') + 1)
}
