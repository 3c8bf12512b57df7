import type { JudgedPrediction } from '../lesson/predictions/explanation.ts'
import type { Prediction } from '../lesson/predictions/prediction.ts'
import { plural } from './format.ts'
import { block, hanging } from './layout.ts'
import type { Choice } from './lesson-moves.ts'
import { printable } from './printable.ts'
import type { Style } from './terminal.ts'

/** Columns that a sentence gets at most. */
const proseWidth = 100

/** The keys of a question: one for each answer, and one to answer nothing. */
export function predictionKeys({ answers }: Prediction): Choice<number | undefined>[] {
  const [first, last] = ['1', `${answers.length}`]
  const keys = answers.map((_, at) => ({ key: `${at + 1}`, does: '', leadsTo: at }))
  return [
    { ...keys[0]!, key: first!, does: `to ${last} answers` },
    ...keys.slice(1),
    { key: 'Enter', does: 'skip', leadsTo: undefined },
  ]
}

/** A question with its answers; `earlier`: the index of what was said when it was asked before. */
export function predictionAsked(style: Style, prediction: Prediction, earlier: number | undefined): string {
  const { color, width } = style
  return block([
    ...hanging(
      `${color.cyan.bold('?')} `,
      color.bold(printable(prediction.ask)),
      Math.min(width, proseWidth),
    ),
    ...prediction.answers.flatMap(({ text }, at) =>
      hanging(
        `  ${color.bold(`${at + 1}`)}  `,
        `${printable(text)}${at === earlier ? color.dim(' (your answer before)') : ''}`,
        width,
      ),
    ),
  ])
}

/** What stays on the screen of a question that was answered. */
export function predictionSaid(style: Style, { ask, answers }: Prediction, said: number | undefined): string {
  const { color, width } = style
  const answer = said === undefined ? color.dim('not answered') : printable(answers[said]!.text)
  return block([
    ...hanging(`${color.cyan.bold('?')} `, printable(ask), Math.min(width, proseWidth)),
    ...hanging('    you say   ', answer, width),
    '',
  ])
}

/** What came of it: whether that was right, and why it is so. */
export function predictionJudged(style: Style, judged: JudgedPrediction): string {
  const { color, width } = style
  const { prediction, said, verdict, came, because } = judged
  const words = {
    right: color.green('Rightly foretold.'),
    wrong: color.yellow('It came otherwise.'),
    skipped: color.dim('Not foretold.'),
    void: color.yellow('This one does not count.'),
  }
  return block([
    '',
    `${color.cyan.bold('?')} ${words[verdict]}`,
    ...(verdict !== 'wrong' || said === undefined
      ? []
      : hanging('    you said  ', printable(prediction.answers[said]!.text), width)),
    ...(verdict === 'right' ? [] : hanging('    it came   ', printable(came), width)),
    ...(because === '' ? [] : hanging('    because   ', printable(because), Math.min(width, proseWidth))),
  ])
}

/** What was said in a lesson: the first answer to each question counts, also of one that was asked once more. */
export class Predicted {
  readonly #first = new Map<number, JudgedPrediction>()
  readonly #last = new Map<number, number>()

  hear(index: number, judged: JudgedPrediction): void {
    if (judged.said !== undefined) this.#last.set(index, judged.said)
    const earlier = this.#first.get(index)?.verdict
    if (earlier === undefined || earlier === 'skipped' || earlier === 'void') this.#first.set(index, judged)
  }

  /** What was said last time to the question of a step. */
  earlier(index: number): number | undefined {
    return this.#last.get(index)
  }

  /** How many of the questions came to this. */
  count(verdict: JudgedPrediction['verdict']): number {
    return [...this.#first.values()].filter(each => each.verdict === verdict).length
  }
}

/** How many were right; empty where nothing was answered. */
export function predictedSummary(style: Style, predicted: Predicted): string {
  const right = predicted.count('right')
  const wrong = predicted.count('wrong')
  const skipped = predicted.count('skipped')
  if (right + wrong === 0) return ''
  const rest = skipped === 0 ? '' : `, ${skipped} not answered`
  const words = `Of ${plural(right + wrong, 'thing')} that you foretold ${right} came so${rest}.`
  return block(hanging('', words, style.width, 2))
}
