import { host } from '../../command/command.ts'
import type { Evidence } from '../../diagnose/evidence.ts'
import { addressOf } from '../../diagnose/question.ts'
import type { CurlCheck, FailureKind, Lab } from '../../model/lab.ts'
import { machineAt, machinesOf } from '../../model/places.ts'
import type { LabInCondition } from '../../plan/lab-in-condition.ts'
import { readTarget } from '../../read/target.ts'
import type { CheckResult } from '../../verify/report.ts'
import type { Outcome, SharesOutcome } from './outcome.ts'
import type { Prediction } from './prediction.ts'
import type { SenderReason } from './sender.ts'
import type { PredictionWords } from './words/en.ts'
import { observationIn, wordsOf } from './words/words.ts'

/** What became of a prediction. */
export interface JudgedPrediction {
  prediction: Prediction
  /** The index of the answer that was given; undefined: none was. */
  said?: number
  /** `void`: what came is not what the lab foretells, so that no answer was the right one. */
  verdict: 'right' | 'wrong' | 'skipped' | 'void'
  /** What was observed. */
  came: string
  /** Why it came so, in a sentence or two. */
  because: string
}

/** What it is judged by. */
export interface Judging {
  running: LabInCondition
  /** Of the check that it is about; undefined: the question is the step's own. */
  result?: CheckResult | undefined
  /** Whether the step that it was asked in has come to a good end. */
  stepOk: boolean
  /** What keeps a request from being answered that was to fail. */
  evidence?: Evidence | undefined
  /** Why the server sees the client as it does. */
  sender?: SenderReason | undefined
}

/** Judges an answer, or none, when the checks have been tried. */
export function judged(prediction: Prediction, said: number | undefined, judging: Judging): JudgedPrediction {
  const { answers, right } = prediction
  const { running, result, stepOk } = judging
  const holds = result?.ok ?? stepOk
  const words = wordsOf(running.lab)
  const came = result === undefined ? (answers[right]?.text ?? '') : observationIn(running.lab, result)
  const verdict = !holds ? 'void' : said === undefined ? 'skipped' : said === right ? 'right' : 'wrong'
  // What the author says is true of the step as a whole, so only where all of it came as it should.
  const own = stepOk ? prediction.because : undefined
  const because = holds ? (own ?? result?.means ?? fromFacts(prediction, judging)) : words.countsNeitherWay
  return { prediction, ...(said === undefined ? {} : { said }), verdict, came, because }
}

/** Whether it is worth looking for what keeps a request from being answered. */
export function wantsEvidence({ check, because, answers, right }: Prediction, result?: CheckResult): boolean {
  const isFailure = answers[right]?.outcome?.kind === 'fails'
  return check !== undefined && isFailure && because === undefined && result?.ok === true
}

/** Whether it is worth following a request to see why the server sees this client. */
export function wantsSender({ check, because, answers, right }: Prediction, result?: CheckResult): boolean {
  const outcome = answers[right]?.outcome
  const isAsked = outcome?.kind === 'answers' && outcome.client !== undefined
  return (
    check !== undefined &&
    isAsked &&
    because === undefined &&
    result?.ok === true &&
    result.means === undefined
  )
}

function fromFacts(
  { check, answers, right }: Prediction,
  { running, result, evidence, sender }: Judging,
): string {
  const outcome = answers[right]?.outcome
  if (check === undefined || outcome === undefined) return ''
  const words = wordsOf(running.lab)
  if (outcome.kind === 'shares') return sharesFact(outcome, words)
  if (outcome.kind === 'answers') return answerFact(outcome, check, running, sender)
  const fact = words.failures[howItFailed(outcome, result)]
  return evidence === undefined || evidence.inOrder ? fact : words.here(evidence.headline, fact)
}

function howItFailed(
  { how }: Extract<Outcome, { kind: 'fails' }>,
  result: CheckResult | undefined,
): FailureKind | 'any' {
  if (how.length === 1) return how[0]!
  const kind = result?.seen?.kind
  return kind === 'timeout' || kind === 'refused' || kind === 'unreachable' ? kind : 'any'
}

function answerFact(
  { backends, client }: Extract<Outcome, { kind: 'answers' }>,
  { url, from }: CurlCheck,
  running: LabInCondition,
  sender: SenderReason | undefined,
): string {
  const { lab } = running
  const words = wordsOf(lab)
  const target = readTarget(url)
  const address = 'refusal' in target ? undefined : addressOf(running, target.host, from)
  const owner = address === undefined ? undefined : machineAt(lab, address)
  const isItsOwn = owner !== undefined && backends.includes(owner.name)
  const who =
    address === undefined || backends.length === 0
      ? ''
      : isItsOwn
        ? words.wayIsOpen
        : words.translated(address, owner?.name)
  return words.together([who, client === undefined ? '' : clientFact(lab, from, client, sender)])
}

function clientFact(lab: Lab, from: string, client: string, sender: SenderReason | undefined): string {
  const words = wordsOf(lab)
  if (sender?.kind === 'route') return words.clientByRoute(client, from, sender.route)
  if (sender?.kind === 'rule') return words.clientByRule(client, sender)
  if (from === host) return words.clientOfHost(client)
  const own = machinesOf(lab).find(({ name }) => name === from)?.addresses ?? []
  return own.includes(client) ? words.clientKept(client, from) : words.clientWritten(client, from)
}

function sharesFact({ shares, failed }: SharesOutcome, words: PredictionWords): string {
  const taken = Object.values(shares).filter(share => share > 0)
  const lost = words.lost(Math.round(failed * 100))
  if (taken.length === 0) return lost
  const isEven = taken.every(share => Math.abs(share - taken[0]!) < 0.005)
  const fact = taken.length === 1 ? words.allToOne : isEven ? words.even : words.uneven
  return words.together([fact, failed > 0 ? lost : ''])
}
