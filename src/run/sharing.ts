import type { Stretch } from '../command/independent.ts'

/** Items that a worker has at a time, so that it need not wait for the next one. */
const mostPending = 3

/**
 * Who of several workers does which items of a list. They go out in order, each when all before it are done; but those of one stretch go to
 * whoever is free, beside each other. What stands in no stretch is the first worker's.
 */
export class Sharing {
  readonly #count: number
  readonly #stretches: readonly (Stretch | undefined)[]
  readonly #pending: number[][] = []
  readonly #done = new Set<number>()
  #next = 0
  #reached = -1
  #stopped = false

  constructor(count: number, stretches: readonly Stretch[]) {
    this.#count = count
    const all = Array<Stretch | undefined>(count).fill(undefined)
    for (const stretch of stretches) all.fill(stretch, stretch.from, stretch.end)
    this.#stretches = all
  }

  /** One more worker; returns its number. */
  join(): number {
    return this.#pending.push([]) - 1
  }

  /** Gives the next item to a worker; undefined where none may have it yet. */
  next(): { item: number; worker: number } | undefined {
    const item = this.#next
    if (this.#stopped || item === this.#count) return undefined
    const worker = this.#workerFor(item)
    if (worker === undefined) return undefined
    this.#pending[worker]!.push(item)
    this.#next += 1
    return { item, worker }
  }

  #workerFor(item: number): number | undefined {
    const stretch = this.#stretches[item]
    const clear = (worker: number) =>
      this.#pending.every(
        (pending, other) =>
          other === worker || pending.every(one => stretch !== undefined && this.#stretches[one] === stretch),
      )
    if (stretch === undefined) return clear(0) ? 0 : undefined
    const free = [...this.#pending.keys()].filter(
      worker => this.#pending[worker]!.length < mostPending && clear(worker),
    )
    return free.sort((one, other) => this.#pending[one]!.length - this.#pending[other]!.length)[0]
  }

  /** A worker has done an item, and with it all that it was given before. */
  did(worker: number, item: number): void {
    const pending = this.#pending[worker]!
    const at = pending.indexOf(item)
    for (const one of pending.splice(0, at + 1)) this.#done.add(one)
  }

  /** Nothing more is given to anybody. */
  stop(): void {
    this.#stopped = true
  }

  /** What a worker is at; undefined: nothing. */
  at(worker: number): number | undefined {
    return this.#pending[worker]![0]
  }

  /** The last item that has begun, with all before it; -1 where none has. */
  get reached(): number {
    while (this.#hasBegun(this.#reached + 1)) this.#reached += 1
    return this.#reached
  }

  #hasBegun(item: number): boolean {
    return this.#done.has(item) || this.#pending.some(pending => pending[0] === item)
  }

  /** Whether an item is done. */
  isDone(item: number): boolean {
    return this.#done.has(item)
  }

  /** Whether nobody is given anything more. */
  get isOver(): boolean {
    return this.#stopped || this.#next === this.#count
  }
}
