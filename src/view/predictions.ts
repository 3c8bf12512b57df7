import type { JudgedPrediction } from '../lesson/predictions/explanation.ts'
import type { Prediction } from '../lesson/predictions/prediction.ts'
import { block, hanging, padEnd, widest } from './layout.ts'
import { stepBecause } from './lesson.ts'
import type { Choice } from './lesson-moves.ts'
import { printable } from './printable.ts'
import type { Style } from './terminal.ts'
import { en, type Words } from './words/en.ts'

/** Columns that a sentence gets at most. */
const proseWidth = 100

/** The keys of a question: one for each answer, and one to answer nothing. */
export function predictionKeys(
  { answers }: Prediction,
  { prediction: words }: Words = en,
): Choice<number | undefined>[] {
  const [first, last] = ['1', `${answers.length}`]
  const keys = answers.map((_, at) => ({ key: `${at + 1}`, does: '', leadsTo: at }))
  return [
    { ...keys[0]!, key: first!, does: words.answers(last!) },
    ...keys.slice(1),
    { key: 'Enter', does: words.skip, leadsTo: undefined },
  ]
}

/** A question with its answers; `earlier`: the index of what was said when it was asked before. */
export function predictionAsked(style: Style, prediction: Prediction, earlier: number | undefined): string {
  const { color, width, words } = style
  return block([
    ...hanging(
      `${color.cyan.bold('?')} `,
      color.bold(printable(prediction.ask)),
      Math.min(width, proseWidth),
    ),
    ...prediction.answers.flatMap(({ text }, at) =>
      hanging(
        `  ${color.bold(`${at + 1}`)}  `,
        `${printable(text)}${at === earlier ? color.dim(words.aside(words.prediction.earlier)) : ''}`,
        width,
      ),
    ),
  ])
}

/** What was said to a question, behind its label. */
export interface SaidLine {
  label: 'youSay' | 'youSaid' | 'itCame' | 'because'
  text: string
}

/** The answer that somebody has given; that there was none has no label. */
export type Answered = SaidLine | { label?: never; text: string }

/** The answer that somebody has given; `said` undefined: none. */
export function answerSaid(
  { answers }: Prediction,
  said: number | undefined,
  { prediction: words }: Words = en,
): Answered {
  return said === undefined ? { text: words.youSkip } : { label: 'youSay', text: answers[said]!.text }
}

/** Whether the reason is no answer's, but what the step's author says of its checks: nothing was foretold. */
export function standsAlone({ prediction, verdict, because }: JudgedPrediction): boolean {
  return verdict === 'skipped' && because === prediction.because
}

/** What came of it, as far as that has not been said: what was foretold, what came, and why, where that does not stand alone. */
export function verdictLines(judged: JudgedPrediction): SaidLine[] {
  const { prediction, said, verdict, came, because } = judged
  return [
    ...(verdict !== 'wrong' || said === undefined
      ? []
      : [{ label: 'youSaid' as const, text: prediction.answers[said]!.text }]),
    ...(verdict === 'right' ? [] : [{ label: 'itCame' as const, text: came }]),
    ...(because === '' || standsAlone(judged) ? [] : [{ label: 'because' as const, text: because }]),
  ]
}

/** What stays on the screen of a question that was answered. */
export function predictionSaid(style: Style, prediction: Prediction, said: number | undefined): string {
  const { color, width, words } = style
  const { ask } = prediction
  const { label, text } = answerSaid(prediction, said, words)
  return block([
    ...hanging(`${color.cyan.bold('?')} `, printable(ask), Math.min(width, proseWidth)),
    ...(label === undefined
      ? [`    ${color.dim(text)}`]
      : hanging(labels(words)[label], printable(text), width)),
    '',
  ])
}

/** What came of it: whether that was right, and why it is so. */
export function predictionJudged(style: Style, judged: JudgedPrediction): string {
  const { color, width, words: all } = style
  const words = {
    right: color.green(all.prediction.right),
    wrong: color.yellow(all.prediction.wrong),
    skipped: color.dim(all.prediction.skipped),
    void: color.yellow(all.prediction.void),
  }
  const before = labels(all)
  const lines = block([
    '',
    `${color.cyan.bold('?')} ${words[judged.verdict]}`,
    ...verdictLines(judged).flatMap(({ label, text }) =>
      hanging(before[label], printable(text), label === 'because' ? Math.min(width, proseWidth) : width),
    ),
  ])
  return standsAlone(judged) ? `${lines}${stepBecause(style, judged.because)}` : lines
}

/** What stands before an answer and what came of it, in a column. */
function labels({ prediction }: Words): Record<SaidLine['label'], string> {
  const { youSay, youSaid, itCame, because } = prediction
  const column = widest([youSay, youSaid, itCame, because]) + 2
  const label = (text: string) => `    ${padEnd(text, column)}`
  return {
    youSay: label(youSay),
    youSaid: label(youSaid),
    itCame: label(itCame),
    because: label(because),
  }
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
  return block(hanging('', style.words.prediction.sum(right, wrong, skipped), style.width, 2))
}
