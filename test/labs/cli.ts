import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { execa } from 'execa'
import { expect, inject, onTestFinished } from 'vitest'
import { removeFolder } from './package-copy.ts'
import { killAll, markOf, processesOf } from './processes.ts'

/** Who runs netlab: whoever runs the tests, or, where that is root, an ordinary user. */
export type User = 'this user' | 'an ordinary user'

const isRoot = process.getuid?.() === 0
/** nobody's, whom no file and no right belongs to. */
const ordinaryUid = 65534

export const users: readonly User[] = isRoot ? ['this user', 'an ordinary user'] : ['this user']

export interface Ended {
  stdout: string
  stderr: string
  code: number
}

export interface RunOptions {
  /** A stream where it is not known beforehand what is typed. */
  input?: string | Readable
  env?: Readonly<Record<string, string>>
  /** Milliseconds; a command that takes longer is ended and fails the test. */
  patience?: number
}

/** An emulated processor takes ten to twenty times as long. */
const slowness = process.env.NETLAB_IN_VM === undefined ? 1 : 10

const packageFolder = inject('packageFolder')

/** netlab's built program. */
export const bin = join(packageFolder, 'dist/bin.js')
/** The folder of the labs that ship. */
export const labsFolder = join(packageFolder, 'labs')
/** The names of the labs that ship. */
export const shippedLabs = readdirSync(labsFolder)
  .filter(file => /^[a-z0-9-]+\.yaml$/.test(file))
  .map(file => file.slice(0, -'.yaml'.length))

/** netlab as one user runs it, with a state folder that nobody else uses. */
export class Session {
  readonly folder: string
  readonly stateDir: string
  readonly #prefix: readonly string[]

  constructor(user: User = 'this user') {
    this.folder = mkdtempSync(join(tmpdir(), 'netlab-test-'))
    this.stateDir = join(this.folder, 'state')
    mkdirSync(this.stateDir, { mode: 0o700 })
    const other = isRoot && user === 'an ordinary user'
    this.#prefix = [
      'prlimit',
      markOf(this.stateDir),
      '--',
      ...(other
        ? ['setpriv', `--reuid=${ordinaryUid}`, `--regid=${ordinaryUid}`, '--clear-groups', '--']
        : []),
    ]
    if (!other) return
    chmodSync(this.folder, 0o755)
    for (const path of [this.folder, this.stateDir]) chownSync(path, ordinaryUid, ordinaryUid)
  }

  /** Writes a lab file, or a file beside one, and returns its path. */
  file(name: string, text: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, text)
    return path
  }

  /** The arguments of node that run netlab. */
  command(argv: readonly string[]): string[] {
    return [bin, ...argv]
  }

  /** Starts netlab and does not wait.  */
  start(argv: readonly string[], options: RunOptions = {}) {
    return this.startProgram([process.execPath, bin, ...argv], options)
  }

  /** Starts any program as this session's user, in its environment. */
  startProgram(argv: readonly string[], options: RunOptions = {}) {
    const [file = '', ...args] = [...this.#prefix, ...argv]
    return execa(file, args, {
      cwd: this.folder,
      reject: false,
      stripFinalNewline: false,
      extendEnv: false,
      env: { ...this.environment(), ...options.env },
      timeout: (options.patience ?? 280_000) * slowness,
      killSignal: 'SIGKILL',
      input: options.input ?? '',
    })
  }

  environment(): Record<string, string> {
    return {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: this.folder,
      NETLAB_STATE_DIR: this.stateDir,
      COLUMNS: '200',
    }
  }

  /** Runs netlab to its end. */
  async netlab(...argv: string[]): Promise<Ended> {
    return ended(await this.start(argv))
  }

  async netlabWith(options: RunOptions, ...argv: string[]): Promise<Ended> {
    return ended(await this.start(argv, options))
  }

  /** What was written to the state folder and is still there. */
  leftFiles(): string[] {
    return existsSync(this.stateDir) ? readdirSync(this.stateDir) : []
  }

  /** Takes all labs down and ends whatever process still has this session's environment. */
  async end(): Promise<void> {
    // Most tests have taken their lab down, and a start of netlab costs as much as many a test.
    if (this.leftFiles().length > 0) await this.netlab('down', '--all', '--quiet')
    await killAll(processesOf(this.stateDir))
    removeFolder(this.folder)
  }
}

/** What a program that was started prints, on both ways. */
export class Printed {
  text = ''

  constructor({ stdout, stderr }: { stdout: Readable | null; stderr: Readable | null }) {
    for (const stream of [stdout, stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.text += chunk.toString()
      })
  }

  /** Waits until it has printed a text. */
  async shows(text: string): Promise<void> {
    await expect.poll(() => this.text, { timeout: 60_000, interval: 20 }).toContain(text)
  }
}

interface Result {
  stdout: string
  stderr: string
  exitCode?: number | undefined
  timedOut: boolean
  escapedCommand: string
}

function ended(result: Result): Ended {
  if (result.timedOut) throw new Error(`${result.escapedCommand} took too long\n${result.stderr}`)
  return { stdout: result.stdout, stderr: result.stderr, code: result.exitCode ?? 128 }
}

/** Opens a session that ends, with all that runs in it, after the test. */
export function openSession(user?: User): Session {
  const session = new Session(user)
  onTestFinished(() => session.end())
  return session
}
