import { setTimeout as sleep } from 'node:timers/promises'
import { shellLine } from '../command/command-line.ts'
import type { Evidence } from '../diagnose/evidence.ts'
import type { Check, CommandCheck, CurlCheck, Expectation, FailureKind, Lab } from '../model/lab.ts'
import { machinesOf } from '../model/places.ts'
import { patienceInVain } from '../observe/connections.ts'
import { type Answer, ask } from '../observe/curl.ts'
import type { ObservedLab } from '../observe/tool.ts'
import { runAtAnyway } from '../sandbox/enter.ts'
import { killed, mustLive, mustStillLive } from '../sandbox/lab-gone.ts'
import { fitting, patiently } from '../sandbox/patience.ts'
import { EndlessError, type Finished } from '../sandbox/process.ts'
import { type Observation, observationWords } from './observation.ts'
import { matchInTime, PatternError } from './pattern.ts'
import type { CheckResult } from './report.ts'

/** How many checks are tried at once: enough to hide the waiting of those that time out. */
export const checksAtOnce = 8

/** Seconds that a connection gets which is expected to fail. */
const negativeTimeout = 0.3
/** Seconds that an answer gets where it is asked for once: it can be asked for again. */
const soon = 2
/** Milliseconds between two tries of a positive check. */
const pause = 50

/** What one try saw. */
interface Seen {
  ok: boolean
  seen: Observation
  /** What the one of several expectations tells that came true. */
  means?: string | undefined
  /** Another try would come to the same. */
  final?: true
  /** Every request was answered, so that there is no way to follow. */
  allAnswered?: boolean
}

/** How checks are tried, where it is not as always. */
export interface Manner {
  /** Once, whatever is expected: what does not hold now is worth knowing now. */
  once?: boolean
  /** Nobody is told why one does not hold: to find out is the task. */
  unexplained?: boolean
}

/** Tries a check: a positive one until it holds or its time is over, one that expects only failure once. */
export async function tryCheck(
  context: ObservedLab,
  check: Check,
  step: string,
  { once = false, unexplained = false }: Manner = {},
): Promise<CheckResult> {
  const start = performance.now()
  const passed = () => performance.now() - start
  const left = () => check.within * 1000 - passed()
  let seen = await tryOnce(context, check, left(), once)
  // What fits is asked anew each time, since the machine may get busier meanwhile.
  while (!once && !seen.ok && !seen.final && isPatient(check) && passed() < fitting(check.within * 1000)) {
    await sleep(pause)
    context.signal?.throwIfAborted()
    seen = await tryOnce(context, check, left())
  }
  // In a lab that has ended everything fails, also what is to fail.
  mustLive(context.sandbox, 'trying a check')
  const ms = passed()
  const evidence = seen.ok || seen.allAnswered || unexplained ? undefined : await explain(context, check)
  return {
    check,
    step,
    from: check.from,
    target: targetOf(check),
    observed: observationWords(seen.seen),
    seen: seen.seen,
    ok: seen.ok,
    ms,
    ...(seen.means === undefined ? {} : { means: seen.means }),
    ...(evidence === undefined ? {} : { evidence }),
  }
}

/** What a check asks: its address, or its command. */
export function targetOf(check: Check): string {
  return check.kind === 'curl' ? check.url : shellLine(check.argv)
}

/** Read when a check fails: a lab that comes up well is not kept waiting for it. */
async function explain(context: ObservedLab, check: Check): Promise<Evidence | undefined> {
  const { explainCheck } = await import('../diagnose/explain.ts')
  return explainCheck(context, check)
}

/** Waiting helps where something that comes up late is expected; a distribution or a failure is what it is. */
function isPatient(check: Check): boolean {
  return check.kind === 'command'
    ? check.exit !== undefined
    : check.expect.every(one => one.kind === 'answers')
}

/** `left` in milliseconds. */
async function tryOnce(context: ObservedLab, check: Check, left: number, once = false): Promise<Seen> {
  try {
    if (check.kind === 'command') return await tryCommand(context, check, left)
    const stays = check.expect.find(one => one.kind === 'stays')
    if (stays !== undefined) {
      const { sampleStaying } = await import('./staying.ts')
      return await sampleStaying(context, check, stays)
    }
    const shares = check.expect.find(one => one.kind === 'shares')
    if (shares === undefined) return await tryCurl(context, check, once)
    const { sampleShares } = await import('./shares.ts')
    return await sampleShares(context, check, shares)
  } catch (error) {
    if (error instanceof PatternError)
      return { ok: false, seen: { kind: 'unmatched', message: error.message }, final: true }
    throw error
  }
}

/** Milliseconds that a command gets at least, in its last try too. */
const shortestDeadline = 1000

async function tryCommand(
  { sandbox, signal }: ObservedLab,
  check: CommandCheck,
  left: number,
): Promise<Seen> {
  const why = 'a check of the lab'
  let finished: Finished
  try {
    finished = await runAtAnyway(sandbox, check.argv, {
      place: check.from,
      why,
      tooMuch: 'abridge',
      deadline: Math.max(left, shortestDeadline),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (error) {
    if (!(error instanceof EndlessError)) throw error
    return { ok: false, seen: { kind: 'ended', did: error.did }, final: true }
  }
  if (finished.exitCode === killed) await mustStillLive(sandbox, why)
  const exitOk = check.exit === undefined ? finished.exitCode !== 0 : finished.exitCode === check.exit
  // As a shell takes what a command prints; else a pattern's $ would fit behind the last line break, whatever stands before it.
  const stdout = finished.stdout.replace(/\n$/, '')
  const found = check.output === undefined ? undefined : matchInTime(check.output, stdout)
  const outputOk = check.output === undefined || found !== undefined
  const printed = stdout.trim() === '' ? shortened(finished.stderr.trim()) : around(stdout, found)
  return { ok: exitOk && outputOk, seen: { kind: 'exited', code: finished.exitCode, printed } }
}

async function tryCurl(context: ObservedLab, check: CurlCheck, once: boolean): Promise<Seen> {
  const positive = check.expect.every(one => one.kind === 'answers')
  let timeout = 0
  const answer = await patiently(
    slowness => {
      // A try ends well before the check's time is over, so that there is a second one.
      const inVain = patienceInVain(check.url, negativeTimeout)
      timeout = (positive ? Math.max(1, check.within / 2) : inVain) * slowness
      if (once && positive) timeout = Math.min(timeout, soon)
      return ask(context.sandbox, check.url, check.from, timeout, { ...context, inVain: !positive })
    },
    ({ failure }) => failure === 'timeout' && !positive,
  )
  const backend = backendOf(context.running.lab, answer.body)
  const came = check.expect.find(one => fits(one, answer, backend))
  return {
    ok: came !== undefined,
    seen: observationOf(answer, backend, timeout),
    means: came?.means,
  }
}

interface Backend {
  name: string
  client: string
}

/** netlab's own servers say who they are; other programs are known by nothing but their body. */
function backendOf(lab: Lab, body: string): Backend | undefined {
  const said = /^you are talking to (\S+) \(\S*\), you are (\S+)$/m.exec(body)
  const server = machinesOf(lab).find(({ name }) => name === said?.[1])
  return said === null || server === undefined ? undefined : { name: server.name, client: said[2] ?? '' }
}

function fits(expectation: Expectation, answer: Answer, backend: Backend | undefined): boolean {
  switch (expectation.kind) {
    case 'fails':
      return (
        answer.failure !== undefined &&
        answer.unfinished === undefined &&
        (expectation.how.length === 0 || expectation.how.includes(answer.failure as FailureKind))
      )
    case 'answers': {
      const { backends, status = 200, body, client } = expectation
      return (
        answer.failure === undefined &&
        answer.status === status &&
        (backends.length === 0 || (backend !== undefined && backends.includes(backend.name))) &&
        (body === undefined || matchInTime(body, answer.body) !== undefined) &&
        (client === undefined || backend?.client === client)
      )
    }
    case 'shares':
    case 'stays':
      return false
  }
}

/** `timeout` in seconds. */
function observationOf(answer: Answer, backend: Backend | undefined, timeout: number): Observation {
  const { failure, message, status } = answer
  if (failure === 'timeout') return { kind: 'timeout', seconds: timeout }
  if (answer.unfinished) return { kind: 'unfinished', message, body: shortened(answer.body.trim()) }
  if (failure === 'other') return { kind: 'failed', message }
  if (failure !== undefined) return { kind: failure }
  if (backend !== undefined)
    return { kind: 'answered', status, backend: backend.name, client: backend.client }
  return { kind: 'answered', status, body: shortened(answer.body.trim()) }
}

/** Characters that are shown of what a command or a server says. */
const mostShown = 240

/** What was printed; of much of it, the lines in which was found what was looked for. */
function around(text: string, found: readonly [number, number] | undefined): string {
  if (found === undefined || text.length <= mostShown) return shortened(text.trim())
  const start = text.lastIndexOf('\n', found[0] - 1) + 1
  const lineEnd = text.indexOf('\n', found[1])
  const end = lineEnd === -1 ? text.length : lineEnd
  const shown = shortened(text.slice(start, end).trim())
  return `${start > 0 ? '… · ' : ''}${shown}${end < text.length ? ' · …' : ''}`
}

function shortened(text: string): string {
  // A line break takes three columns; no more than that is worth a look.
  const line = text.slice(0, 4 * mostShown).replaceAll(/\s*\n\s*/g, ' · ')
  return line.length > mostShown ? `${line.slice(0, mostShown - 1)}…` : line
}
