import { host } from '../../command/command.ts'
import type { Evidence } from '../../diagnose/evidence.ts'
import { addressOf } from '../../diagnose/question.ts'
import type { CurlCheck, FailureKind, Lab } from '../../model/lab.ts'
import { machineAt, machinesOf } from '../../model/places.ts'
import type { LabInCondition } from '../../plan/lab-in-condition.ts'
import { readTarget } from '../../read/target.ts'
import type { CheckResult } from '../../verify/report.ts'
import type { Outcome } from './outcome.ts'
import type { Prediction } from './prediction.ts'

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
}

/** Judges an answer, or none, when the checks have been tried. */
export function judged(
  prediction: Prediction,
  said: number | undefined,
  { running, result, stepOk, evidence }: Judging,
): JudgedPrediction {
  const { answers, right } = prediction
  const holds = result?.ok ?? stepOk
  const came = result?.observed ?? answers[right]?.text ?? ''
  const verdict = !holds ? 'void' : said === undefined ? 'skipped' : said === right ? 'right' : 'wrong'
  const because = holds
    ? (prediction.because ?? result?.means ?? fromFacts(prediction, running, result, evidence))
    : 'The step did not do what it should, so this counts neither way.'
  return { prediction, ...(said === undefined ? {} : { said }), verdict, came, because }
}

/** Whether it is worth looking for what keeps a request from being answered. */
export function wantsEvidence({ check, because, answers, right }: Prediction, result?: CheckResult): boolean {
  const isFailure = answers[right]?.outcome?.kind === 'fails'
  return check !== undefined && isFailure && because === undefined && result?.ok === true
}

function fromFacts(
  { check, answers, right }: Prediction,
  running: LabInCondition,
  result: CheckResult | undefined,
  evidence: Evidence | undefined,
): string {
  const outcome = answers[right]?.outcome
  if (check === undefined || outcome === undefined) return ''
  if (outcome.kind === 'shares') return sharesFact(outcome)
  if (outcome.kind === 'answers') return answerFact(outcome, check, running)
  const fact = failureFacts[howItFailed(outcome, result)]
  return evidence === undefined || evidence.inOrder ? fact : `Here, ${evidence.headline}. ${fact}`
}

const failureFacts: Readonly<Record<FailureKind | 'any', string>> = {
  refused:
    'A refusal is an answer too, and comes at once: nobody listens on that port there, or a rule with REJECT says no.',
  timeout:
    'Silence: a packet was thrown away, or its answer found no way back. Nobody tells the client, so it waits until its patience is over.',
  unreachable:
    'A machine that knows no way to an address says so at once (or a rule with REJECT says it in its place), so nobody waits.',
  any: 'In whichever way it fails, no answer came.',
}

function howItFailed(
  { how }: Extract<Outcome, { kind: 'fails' }>,
  result: CheckResult | undefined,
): FailureKind | 'any' {
  if (how.length === 1) return how[0]!
  const { observed = '' } = result ?? {}
  if (observed.startsWith('timed out')) return 'timeout'
  if (observed === 'was refused') return 'refused'
  return observed === 'was unreachable' ? 'unreachable' : 'any'
}

function answerFact(
  { backends, client }: Extract<Outcome, { kind: 'answers' }>,
  { url, from }: CurlCheck,
  running: LabInCondition,
): string {
  const { lab } = running
  const target = readTarget(url)
  const address = 'refusal' in target ? undefined : addressOf(running, target.host, from)
  const owner = address === undefined ? undefined : machineAt(lab, address)
  const isItsOwn = owner !== undefined && backends.includes(owner.name)
  const who =
    address === undefined || backends.length === 0
      ? ''
      : isItsOwn
        ? 'The way there is open, and the way back as well.'
        : `${owner === undefined ? `No machine has ${address} for itself` : `${address} is ${owner.name}'s`}: on the way another destination was put in its place (DNAT), and that machine answers.`
  return [who, client === undefined ? '' : clientFact(lab, from, client)]
    .filter(text => text !== '')
    .join(' ')
}

function clientFact(lab: Lab, from: string, client: string): string {
  if (from === host)
    return `The host has several addresses; ${client} is the one that its route, or a rule in POSTROUTING, took for the sender.`
  const own = machinesOf(lab).find(({ name }) => name === from)?.addresses ?? []
  if (own.includes(client))
    return `Nobody on the way wrote another sender over it, so ${client} is ${from} itself.`
  return `${client} is not ${from}: on the way it was written over the sender (MASQUERADE or SNAT), so that the answer comes back by there.`
}

function sharesFact({ shares, failed }: Extract<Outcome, { kind: 'shares' }>): string {
  const taken = Object.values(shares).filter(share => share > 0)
  const lost = `${Math.round(failed * 100)} % of the connections met no rule that takes them, and nobody was told.`
  if (taken.length === 0) return lost
  const isEven = taken.every(share => Math.abs(share - taken[0]!) < 0.005)
  const fact =
    taken.length === 1
      ? 'Every connection was led to the same one.'
      : isEven
        ? 'An endpoint is chosen anew for each connection, and none is preferred; many of them show it.'
        : 'An endpoint is chosen anew for each connection, and rules are asked in order: one that comes later only gets what is left.'
  return failed > 0 ? `${fact} ${lost}` : fact
}
