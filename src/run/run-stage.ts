import { randomUUID } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { type Batch, batchScript, blockOfRestoreLine } from '../command/batch.ts'
import { hostArgv } from '../command/command-line.ts'
import { independentStretches } from '../command/independent.ts'
import type { Step } from '../plan/plan.ts'
import { startAt } from '../sandbox/enter.ts'
import { EndlessError, type Finished, type Running } from '../sandbox/process.ts'
import { endless, endlessFailure, failureOf, inside, optionsFor, type Where } from './inside-step.ts'
import type { CommandFailure } from './report.ts'
import type { Outcome } from './run-steps.ts'
import { Sharing } from './sharing.ts'

/** Batches that go into the sandbox together. */
export interface Stage {
  kind: 'batches'
  batches: readonly Batch[]
}

/** Nothing that a lab prints can be taken for a mark. */
const doneMark = `netlab-batch-done ${randomUUID()} `
const doneLine = new RegExp(`${doneMark}(\\d+)\\n`, 'g')
const longestMark = `${doneMark}${Number.MAX_SAFE_INTEGER}\n`.length

/** Independent batches that another shell is worth, which takes some milliseconds to enter the sandbox. */
const leastForShell = 8
/** Links are made under a lock of the kernel: many shells would only wait for each other. */
const mostShells = 4
/** Namespaces from which on `ip -n`, which copies the mount of each, is dearer than nsenter. */
const crowd = 500

/** A batch with which a shell has ended. */
interface FailedBatch {
  at: number
  ended: Finished | EndlessError
  /** What it has said. */
  stderr: string
}

/** What came of a stage's batches. */
interface StageEnd {
  /** What they printed, those of the first shell first. */
  stdout: string
  /** In the order of the batches. */
  failed: readonly FailedBatch[]
  isDone(batch: number): boolean
}

/** `reached` hears up to which of the stage's batches all have begun. */
export async function runStage(
  where: Where,
  stage: Stage,
  step: Step,
  reached: (batch: number) => void,
): Promise<Outcome> {
  const { stdout, failed, isDone } = await new StageRun(where, stage, step, reached).end()
  const [first, ...others] = failed
  if (first === undefined) return { output: stdout }
  const { at } = first
  const failure = await failureIn(where, stage.batches[at]!, first, step)
  if (failure !== undefined) {
    const beside = stage.batches.map((batch, index) => {
      if (index <= at) return 0
      const broken = others.find(other => other.at === index)
      if (broken !== undefined) return failedLine(batch, broken.stderr) + 1
      return isDone(index) ? batch.commands.length : 0
    })
    return { output: '', failure, beside: beside.reduce((sum, count) => sum + count, 0) }
  }
  const rest = stage.batches.slice(at + 1)
  if (rest.length === 0) return { output: stdout }
  reached(at + 1)
  const later = await runStage(where, { kind: 'batches', batches: rest }, step, batch =>
    reached(at + 1 + batch),
  )
  return { ...later, output: stdout + later.output }
}

/**
 * The command of a batch that failed, in the words that it prints when it is typed by itself; undefined where all of them do when they are
 * typed so.
 */
async function failureIn(
  where: Where,
  batch: Batch,
  { ended, stderr }: FailedBatch,
  step: Step,
): Promise<CommandFailure | undefined> {
  const { commands, kind } = batch
  if (ended instanceof EndlessError) return endlessFailure(commands[0]!, ended.did, stderr)
  if (commands.length === 1) return failureOf(commands[0]!, { ...ended, stderr })
  if (kind === 'ip' || kind === 'bridge') {
    const command = commands[failedLine(batch, stderr)]!
    return failureOf(command, { ...ended, stderr: stderr.replaceAll(/^Command failed -:\d+\n?/gm, '') })
  }
  // iptables-restore takes a table's block as a whole or not at all, and says little; typed one by one its commands say more.
  const line = Number(/line:? (\d+)/.exec(stderr)?.[1] ?? 1)
  for (const command of commands.slice(firstToTry(batch, line))) {
    const input = command.input === undefined ? {} : { input: command.input }
    const one = await endless(inside(where, hostArgv(command), step, input))
    if (one instanceof EndlessError) return endlessFailure(command, one.did, one.details)
    if (one.exitCode !== 0) return failureOf(command, one)
  }
  return undefined
}

/** The command at which `ip -batch` has stopped. */
function failedLine({ commands }: Batch, stderr: string): number {
  const line = Number(/Command failed -:(\d+)/.exec(stderr)?.[1] ?? 1)
  return Math.min(line, commands.length) - 1
}

/** Where in a batch to begin, so that nothing is done twice, for a line that its program complains of. */
function firstToTry({ kind, commands }: Batch, line: number): number {
  if (kind === 'iptables' || kind === 'ip6tables') return blockOfRestoreLine(commands, line)
  // ipset has carried out what stands before.
  return kind === 'ipset' ? line - 1 : 0
}

/** A stage's batches on their way through one shell, or where some are independent of each other, through several. */
class StageRun {
  readonly #where: Where
  readonly #batches: readonly Batch[]
  readonly #step: Step
  readonly #reached: (batch: number) => void
  readonly #sharing: Sharing
  readonly #helpers: number
  readonly #crowded: boolean
  /** Those that are given more, by their numbers. */
  readonly #open = new Map<number, Running>()
  readonly #ends: Promise<string>[] = []
  readonly #failed: FailedBatch[] = []

  constructor(where: Where, { batches }: Stage, step: Step, reached: (batch: number) => void) {
    this.#where = where
    this.#batches = batches
    this.#step = step
    this.#reached = reached
    const stretches = independentStretches(batches, 2 * leastForShell)
    const longest = Math.max(0, ...stretches.map(({ from, end }) => end - from))
    const shells = Math.min(availableParallelism(), mostShells, Math.floor(longest / leastForShell))
    this.#helpers = Math.max(0, shells - 1)
    this.#sharing = new Sharing(batches.length, this.#helpers > 0 ? stretches : [])
    this.#crowded = new Set(batches.map(batch => batch.in)).size > crowd
  }

  /** Throws what broke it off, once no shell runs any more. */
  async end(): Promise<StageEnd> {
    await this.#start()
    // Those that are to help come in while the first one works.
    const started = await Promise.allSettled(Array.from({ length: this.#helpers }, () => this.#start()))
    if (started.some(({ status }) => status === 'rejected')) this.#stop()
    const ended = await Promise.allSettled(this.#ends)
    const stdout = ended.map(end => (end.status === 'fulfilled' ? end.value : '')).join('')
    for (const end of [...ended, ...started]) if (end.status === 'rejected') throw end.reason
    const failed = this.#failed.toSorted((one, other) => one.at - other.at)
    return { stdout, failed, isDone: batch => this.#sharing.isDone(batch) }
  }

  async #start(): Promise<void> {
    const options = optionsFor(this.#where, this.#step)
    const heard = marksIn(batch => {
      this.#sharing.did(worker, batch)
      this.#feed()
    })
    const shell = await startAt(this.#where.sandbox, ['sh', '-s'], { ...options, heard })
    const worker = this.#sharing.join()
    this.#open.set(worker, shell)
    this.#ends[worker] = this.#ended(worker, shell)
    this.#feed()
  }

  /** Gives each shell what it may have now; where nothing more will come they end. */
  #feed(): void {
    for (let given = this.#sharing.next(); given !== undefined; given = this.#sharing.next())
      this.#open.get(given.worker)!.add(this.#script(given.item))
    this.#reached(this.#sharing.reached)
    if (!this.#sharing.isOver) return
    for (const shell of this.#open.values()) shell.give('')
    this.#open.clear()
  }

  #script(at: number): string {
    return `{ ${batchScript(this.#batches[at]!, this.#crowded)}\n} || exit; echo "${doneMark}${at}" >&2\n`
  }

  /** Resolves to what a shell has printed. */
  async #ended(worker: number, shell: Running): Promise<string> {
    try {
      const ended = await endless(shell.finished)
      const { stdout, stderr } =
        ended instanceof EndlessError ? { stdout: '', stderr: ended.details ?? '' } : ended
      const hasDone = this.#sharing.isOver && this.#sharing.at(worker) === undefined
      const isFine = !(ended instanceof EndlessError) && ended.exitCode === 0 && hasDone
      if (!isFine) {
        const at = this.#sharing.at(worker) ?? Math.max(0, this.#sharing.reached)
        this.#failed.push({ at, ended, stderr: sinceLastMark(stderr) })
        this.#stop()
      }
      return stdout
    } catch (error) {
      this.#stop()
      throw error
    }
  }

  #stop(): void {
    this.#sharing.stop()
    this.#feed()
  }
}

/** Hears a shell's stderr, piece by piece, and tells of the batches that it says are done. */
function marksIn(done: (batch: number) => void): (text: string) => void {
  let unread = ''
  return text => {
    unread += text
    let end = 0
    for (const mark of unread.matchAll(doneLine)) {
      end = mark.index + mark[0].length
      done(Number(mark[1]))
    }
    unread = unread.slice(Math.max(end, unread.length - longestMark))
  }
}

/** What was said since a shell's last batch was done. */
function sinceLastMark(stderr: string): string {
  return stderr.slice(Math.max(0, stderr.lastIndexOf(doneMark))).replace(doneLine, '')
}
