import { closeSync, openSync, writeSync } from 'node:fs'
import { exitCode, NetlabError } from '../../errors.ts'
import { nothingBefore, seal } from './chain.ts'
import type { Entry, Happening } from './entries.ts'

/** A record on its way into a file: each entry is written as it happens, so that one whose lesson is killed can be read as well. */
export class RecordFile {
  readonly #fd: number
  readonly #path: string
  readonly #begin = performance.now()
  #before = nothingBefore
  #count = 0
  #error: NetlabError | undefined

  /** Throws NetlabError where the file is there already, or cannot be written. */
  constructor(path: string, force: boolean) {
    this.#path = path
    try {
      this.#fd = openSync(path, force ? 'w' : 'wx', 0o644)
    } catch (cause) {
      const isThere = (cause as NodeJS.ErrnoException).code === 'EEXIST'
      throw new NetlabError({
        what: isThere ? `${path} is there already` : `${path} cannot be written`,
        ...(isThere ? { fix: 'give another file, or --force to overwrite it' } : { cause }),
        exitCode: exitCode.wrongInput,
      })
    }
  }

  /** What cannot be written is told when it is closed: a lesson goes on without its record. */
  append(happening: Happening): void {
    if (this.#error !== undefined) return
    const at = Math.round(performance.now() - this.#begin)
    const entry: Entry = { n: this.#count, at, time: new Date().toISOString(), ...happening }
    const { line, sha256 } = seal(entry, this.#before)
    try {
      writeSync(this.#fd, `${line}\n`)
    } catch (cause) {
      this.#error = new NetlabError({ what: `${this.#path} ends too early: it cannot be written`, cause })
    }
    this.#count += 1
    this.#before = sha256
  }

  /** Throws NetlabError where not all could be written. */
  close(): void {
    closeSync(this.#fd)
    if (this.#error !== undefined) throw this.#error
  }
}
