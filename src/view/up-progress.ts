import type { Command } from '../command/command.ts'
import { commandLine } from '../command/command-line.ts'
import type { Step } from '../plan/plan.ts'
import type { RunEvent, RunListener } from '../run/events.ts'
import type { StepResult } from '../run/report.ts'
import type { CheckResult } from '../verify/report.ts'
import { describeAttempt } from './describe-check.ts'
import { displayWidth } from './display-width.ts'
import { checkAt, duration, plural } from './format.ts'
import { block, flow, hanging } from './layout.ts'
import { LiveLine } from './live-line.ts'
import { printable } from './printable.ts'
import { StepLines } from './step-line.ts'
import type { Screen, Terminal } from './terminal.ts'

/** Shows the steps of a plan while they run; `stop` gives the screen back and must be called in the end. */
export interface UpProgress {
  readonly hear: RunListener
  stop(): Promise<void>
}

/** Milliseconds after which a step shows what it is at. */
const detailAfter = 1000

/** The progress that fits: nothing, every command, a moving line, or a line per finished step. */
export function openUpProgress(terminal: Terminal, steps: readonly Step[]): UpProgress {
  if (terminal.quiet) return { hear: () => {}, stop: async () => {} }
  if (terminal.verbose) return new VerboseProgress(terminal.err, steps)
  return terminal.err.interactive
    ? new LiveProgress(terminal.err, steps)
    : new PlainProgress(terminal.err, steps)
}

/** What the lab has to say of what came true, where several things might have. */
function meanings({ checks }: StepResult): string[] {
  return checks.flatMap(({ means }) => (means === undefined ? [] : printable(means)))
}

class LiveProgress implements UpProgress {
  readonly #screen: Screen
  readonly #steps: readonly Step[]
  readonly #lines: StepLines
  readonly #live: LiveLine
  #running: number | undefined
  #at = ''
  #detailTimer: NodeJS.Timeout | undefined
  #showsDetail = false

  constructor(screen: Screen, steps: readonly Step[]) {
    this.#screen = screen
    this.#steps = steps
    this.#lines = new StepLines(steps)
    this.#live = new LiveLine(screen)
  }

  readonly hear: RunListener = event => {
    switch (event.kind) {
      case 'step-started':
        this.#stepStarted(event.index)
        break
      case 'commands-started': {
        const [line] = commandLine(event.commands[0]!).split('\n')
        const count = this.#steps[event.index]!.actions.length
        this.#isAt(event.index, `command ${event.first + 1} of ${count}: ${line}`)
        break
      }
      case 'checks-started':
        this.#isAt(event.index, checkAt(0, event.count))
        break
      case 'check-done':
        this.#isAt(event.index, checkAt(event.done, event.count))
        break
      case 'step-done':
        this.#stepDone(event.result, event.index)
    }
  }

  #stepStarted(index: number): void {
    this.#running = index
    this.#at = ''
    this.#showsDetail = false
    this.#live.start(this.#text(index))
    this.#detailTimer = setTimeout(() => {
      this.#showsDetail = true
      this.#live.update(this.#text(index))
    }, detailAfter)
  }

  #isAt(index: number, text: string): void {
    this.#at = text
    if (this.#showsDetail) this.#live.update(this.#text(index))
  }

  #stepDone(result: StepResult, index: number): void {
    this.#running = undefined
    clearTimeout(this.#detailTimer)
    const told = meanings(result).flatMap(means =>
      hanging('  ', this.#screen.color.dim(means), this.#screen.width),
    )
    this.#live.end(
      block([this.#lines.finished(index, result.ok, duration(result.ms), this.#screen), ...told]),
    )
  }

  async stop(): Promise<void> {
    clearTimeout(this.#detailTimer)
    if (this.#running !== undefined) {
      this.#live.end(`${this.#lines.finished(this.#running, false, 'stopped', this.#screen)}\n`)
      this.#running = undefined
    }
    await this.#live.stop()
  }

  #text(index: number): string {
    return this.#lines.running(index, this.#showsDetail ? this.#at : '', this.#screen, this.#live.width)
  }
}

class PlainProgress implements UpProgress {
  protected readonly screen: Screen
  protected readonly lines: StepLines
  /** What every line begins with. */
  protected readonly prefix: string = ''
  #running: number | undefined

  constructor(screen: Screen, steps: readonly Step[]) {
    this.screen = screen
    this.lines = new StepLines(steps)
  }

  readonly hear: RunListener = event => {
    this.heard(event)
  }

  protected heard(event: RunEvent): void {
    if (event.kind === 'step-started') this.#running = event.index
    if (event.kind === 'step-done') this.#stepDone(event.result, event.index)
  }

  #stepDone(result: StepResult, index: number): void {
    this.#running = undefined
    const { color } = this.screen
    const word = result.ok ? color.green('ok') : color.red('failed')
    this.say(this.lines.plain(index, word, duration(result.ms)))
    for (const means of meanings(result)) this.say(`so  ${means}`)
  }

  /** A line that, on a terminal, is broken where it ends. */
  protected say(words: string): void {
    const { width, interactive } = this.screen
    // What others wrote does not begin a line of its own: it would stand before the prefix.
    const text = words.replaceAll(/\s*\n\s*/g, ' ')
    const room = width - displayWidth(this.prefix)
    // Not between a number and its unit.
    const pieces = text.split(/ +(?!(?:ms|s)\b)/)
    const lines = interactive && displayWidth(text) > room ? flow(pieces, room, 2, ' ') : [text]
    this.screen.write(block(lines.map(line => this.prefix + line)))
  }

  async stop(): Promise<void> {
    if (this.#running === undefined) return
    this.say(this.lines.plain(this.#running, 'stopped', ''))
    this.#running = undefined
  }
}

/** Commands as they can be pasted: all else is a comment. */
class VerboseProgress extends PlainProgress {
  protected override readonly prefix = '# '
  readonly #count: number

  constructor(screen: Screen, steps: readonly Step[]) {
    super(screen, steps)
    this.#count = steps.length
  }

  protected override heard(event: RunEvent): void {
    super.heard(event)
    if (event.kind === 'step-started')
      this.say(this.screen.color.bold(`${event.index + 1}/${this.#count} ${printable(event.step.title)}`))
    if (event.kind === 'commands-ran') this.#commandsRan(event.commands, event.ms, event.output)
    if (event.kind === 'check-done') this.#checkDone(event.result)
  }

  #commandsRan(commands: readonly Command[], ms: number, output: string): void {
    const { color } = this.screen
    const batch = commands.length === 1 ? '' : ` for ${plural(commands.length, 'command')} in one batch`
    const lines = commands.map(command => printable(commandLine(command)))
    const time = color.dim(`# ${duration(ms)}${batch}`)
    const last = lines.length - 1
    // After a here-document's end word nothing may stand.
    if (last >= 0 && !lines[last]!.includes('\n')) lines[last] += `  ${time}`
    else lines.push(time)
    if (output.trim() !== '')
      lines.push(
        ...printable(output)
          .trimEnd()
          .split('\n')
          .map(line => color.dim(`#   ${line}`)),
      )
    this.screen.write(block(lines))
  }

  #checkDone(result: CheckResult): void {
    const { color } = this.screen
    const mark = result.ok ? color.green('✔') : color.red('✘')
    const words = `${describeAttempt(result.check)}: ${result.observed}`
    this.say(`${mark} ${printable(words)}  ${color.dim(duration(result.ms))}`)
  }
}
