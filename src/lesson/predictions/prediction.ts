import { fnv1a } from '../../model/fnv.ts'
import type { CurlCheck } from '../../model/lab.ts'
import type { LabInCondition } from '../../plan/lab-in-condition.ts'
import { checkToAsk } from './asked-check.ts'
import type { Outcome } from './outcome.ts'
import type { PredictionWords } from './words/en.ts'
import { wordsOf } from './words/words.ts'
import { wrongOutcomes } from './wrong-outcomes.ts'

/** A question of what a step's checks will show, asked before they are tried. */
export interface Prediction {
  ask: string
  /** In the order in which they are shown; two at least, six at most. */
  answers: readonly PredictedAnswer[]
  /** The index of the right one, if all goes as the lab says. */
  right: number
  /** The check that it is about; undefined: it is the step's own question. */
  check?: CurlCheck
  /** Why it came so, in the words of the step's author. */
  because?: string
}

/** An answer that may be chosen. */
export interface PredictedAnswer {
  text: string
  /** Undefined: the step's author has written it. */
  outcome?: Outcome
}

/** Answers that netlab makes, the right one among them. */
const mostAnswers = 4

/** What to ask before the checks of a lab's step; undefined: there is nothing worth asking. */
export function predictionOf(running: LabInCondition, index: number): Prediction | undefined {
  const { lab, plan } = running
  const step = plan.steps[index]
  if (step === undefined) return undefined
  const told = step.because === undefined ? {} : { because: step.because }
  if (step.question !== undefined) {
    const { ask, answers } = step.question
    // The same in each language.
    const seed = `${lab.name}/${index}/own`
    return {
      ask,
      ...placed(
        answers.map(text => ({ text })),
        seed,
      ),
      ...told,
    }
  }
  const asked = checkToAsk(plan.steps, index)
  if (asked === undefined) return undefined
  const { check, right } = asked
  const wrong = wrongOutcomes(running, check, right, mostAnswers - 1)
  if (wrong.length === 0) return undefined
  const words = wordsOf(lab)
  const answers = [right, ...wrong].map(outcome => ({ text: words.outcome(outcome), outcome }))
  if (new Set(answers.map(({ text }) => text)).size < answers.length) return undefined
  const seed = `${lab.name}/${index}/${check.from} ${check.url}`
  return { ask: questionWords(words, check, right), ...placed(answers, seed), check, ...told }
}

function questionWords(words: PredictionWords, { from, url, requests }: CurlCheck, right: Outcome): string {
  return right.kind === 'shares' ? words.askShares(url, from, requests) : words.ask(url, from)
}

/** Answers of which the first is the right one, in an order that is always the same, and looks like chance. */
export function placed(
  answers: readonly PredictedAnswer[],
  seed: string,
): Pick<Prediction, 'answers' | 'right'> {
  const place = (at: number) => mixed(fnv1a(`${seed}#${at}`))
  const order = answers.map((_, at) => at).sort((one, other) => place(one) - place(other) || one - other)
  return { answers: order.map(at => answers[at]!), right: order.indexOf(0) }
}

/** Murmur3's last step: FNV leaves the last characters in the low bits, and texts that differ there only stay neighbours. */
function mixed(hash: number): number {
  let bits = hash
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
