import type { Step } from '../plan/plan.ts'
import { plural } from './format.ts'
import { padEnd, padStart, shorten, widest } from './layout.ts'
import { printable } from './printable.ts'
import type { Style } from './terminal.ts'

/** Lays the lines of a plan's steps out in columns: mark, title, how much there is to do, time. */
export class StepLines {
  readonly #steps: readonly Step[]
  readonly #amounts: readonly string[]
  readonly #titleWidth: number
  readonly #amountWidth: number

  constructor(steps: readonly Step[]) {
    this.#steps = steps
    const digits = String(Math.max(0, ...steps.map(step => firstAmount(step)))).length
    this.#amounts = steps.map(step => amount(step, digits))
    this.#titleWidth = widest(steps.map(step => printable(step.title)))
    this.#amountWidth = widest(this.#amounts)
  }

  /** A finished step: `✔ Two pods on a bridge   14 commands   12 ms`. */
  finished(index: number, ok: boolean, time: string, style: Style): string {
    const { color } = style
    const mark = ok ? color.green('✔') : color.red('✘')
    const timeWidth = Math.max(6, widest([time]))
    const room = style.width - 2 - 2 - timeWidth
    const withAmount = room - 2 - this.#amountWidth
    // A title cut short says less than the missing count.
    const hasAmount = this.#amountWidth > 0 && withAmount >= Math.min(this.#titleWidth, 30)
    const title = this.#title(index, hasAmount ? withAmount : room)
    const middle = hasAmount ? `  ${padEnd(this.#amounts[index] ?? '', this.#amountWidth)}` : ''
    return `${mark} ${ok ? title : color.red(title)}${middle}  ${color.dim(padStart(time, timeWidth))}`
  }

  /** A running step, with what it is at: one line without its mark. */
  running(index: number, at: string, style: Style, width: number): string {
    if (at === '') return this.#title(index, width).trimEnd()
    const room = width - 2 - Math.min(widest([at]), Math.floor(width / 2))
    const title = this.#title(index, Math.min(this.#titleWidth, room))
    return `${title}  ${style.color.dim(shorten(printable(at), width - widest([title]) - 2))}`
  }

  /** A finished step where no columns are wanted: `ok  1/9 Forwarding  2 commands  12 ms`. */
  plain(index: number, word: string, time: string): string {
    const step = this.#steps[index]!
    const parts = [
      `${word}  ${index + 1}/${this.#steps.length} ${printable(step.title)}`,
      amount(step, 0),
      time,
    ]
    return parts.filter(part => part !== '').join('  ')
  }

  /** Titles share a column as far as `room` goes. */
  #title(index: number, room: number): string {
    const columns = Math.min(this.#titleWidth, room)
    return padEnd(shorten(printable(this.#steps[index]?.title ?? ''), columns), columns)
  }
}

function firstAmount(step: Step): number {
  return step.actions.length > 0 ? step.actions.length : step.checks.length
}

function amount(step: Step, digits: number): string {
  const parts = [
    ...(step.actions.length > 0 ? [plural(step.actions.length, 'command')] : []),
    ...(step.checks.length > 0 ? [plural(step.checks.length, 'check')] : []),
  ]
  return parts.length === 0 ? '' : ' '.repeat(Math.max(0, digits - parts[0]!.indexOf(' '))) + parts.join(', ')
}
