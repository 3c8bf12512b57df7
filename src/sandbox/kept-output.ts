/** Bytes in a buffer that grows as they come. */
class Bytes {
  #buffer = Buffer.alloc(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  add(chunk: Buffer): void {
    const needed = this.#length + chunk.length
    if (needed > this.#buffer.length) {
      const bigger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2, 4096))
      this.#buffer.copy(bigger, 0, 0, this.#length)
      this.#buffer = bigger
    }
    chunk.copy(this.#buffer, this.#length)
    this.#length = needed
  }

  keepLast(count: number): void {
    if (this.#length <= count) return
    this.#buffer.copyWithin(0, this.#length - count, this.#length)
    this.#length = count
  }

  text(): string {
    return this.#buffer.toString('utf8', 0, this.#length)
  }
}

/** What a stream brought, as much of it as a limit allows; whatever comes, it takes no more memory than a few times the limit. */
export class KeptOutput {
  /** Bytes that came, those that were not kept among them. */
  total = 0
  readonly #limit: number
  readonly #headSize: number
  readonly #tailSize: number
  readonly #head = new Bytes()
  readonly #tail = new Bytes()

  /** `limit` in bytes; with `keepsEnd` half of it is for the end of what comes, otherwise all of it for the beginning. */
  constructor(limit: number, keepsEnd: boolean) {
    this.#limit = limit
    this.#tailSize = keepsEnd ? Math.floor(limit / 2) : 0
    this.#headSize = limit - this.#tailSize
  }

  /** Whether something had to be left out. */
  get cut(): boolean {
    return this.total > this.#limit
  }

  add(chunk: Buffer): void {
    this.total += chunk.length
    const room = this.#headSize - this.#head.length
    if (room > 0) this.#head.add(chunk.subarray(0, room))
    if (this.#tailSize === 0 || chunk.length <= room) return
    this.#tail.add(chunk.subarray(Math.max(0, room)))
    if (this.#tail.length > 2 * this.#tailSize) this.#tail.keepLast(this.#tailSize)
  }

  /** The text; where something was left out of its middle, a line says how much. */
  text(): string {
    if (this.#tailSize === 0) return this.#head.text()
    if (!this.cut) return this.#head.text() + this.#tail.text()
    this.#tail.keepLast(this.#tailSize)
    const left = (this.total - this.#limit).toLocaleString('en')
    return `${this.#head.text()}\n… ${left} bytes are left out here …\n${this.#tail.text()}`
  }
}
