import { host, type Place } from '../command/command.ts'
import { commandLine } from '../command/command-line.ts'
import { typedLines } from '../command/typed-lines.ts'
import type { Check, CommandCheck, Lab } from '../model/lab.ts'
import type { ObservedLab } from '../observe/tool.ts'
import { fitting } from '../sandbox/patience.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { diagnose } from './diagnose.ts'
import type { Evidence } from './evidence.ts'
import { gather } from './gather.ts'
import { followMachines, isAmongMachines } from './machines/follow.ts'
import {
  type AskedPair,
  type Question,
  questionOfCheck,
  questionOfPair,
  questionOfRequest,
  questionOfSample,
  type SampleAsked,
} from './question.ts'
import { throughSocketLb } from './socket-lb.ts'

/**
 * Milliseconds after which there is no evidence rather than more waiting. A third of a second is what it takes where nobody else works; an
 * emulated processor takes up to twenty times that.
 */
const longest = 10_000

/** One diagnosis at a time, so that no counter rises by another one's try. */
const queues = new WeakMap<Sandbox, Promise<unknown>>()

/** Looks for the hop that makes a check fail; undefined where there is nothing to look at. */
export function explainCheck(context: ObservedLab, check: Check): Promise<Evidence | undefined> {
  if (check.kind === 'command') return Promise.resolve(toType(context.running.lab, sysctlEvidence(check)))
  return explain(context, questionOfCheck(context.running, check))
}

/** Looks for the hop that spoils a sample of a service. */
export function explainSample(
  context: ObservedLab,
  url: string,
  from: Place,
  asked: SampleAsked,
): Promise<Evidence | undefined> {
  return explain(context, questionOfSample(context.running, url, from, asked))
}

/** Looks for the hop that keeps a request from being answered. */
export function explainRequest(
  context: ObservedLab,
  url: string,
  from: Place,
): Promise<Evidence | undefined> {
  return explain(context, questionOfRequest(context.running, url, from))
}

/** What shows why one place does not reach another as it should. */
export function explainPair(context: ObservedLab, asked: AskedPair): Promise<Evidence | undefined> {
  return explain(context, questionOfPair(context.running, asked))
}

function explain(context: ObservedLab, question: Question): Promise<Evidence | undefined> {
  const { sandbox } = context
  const turn = (queues.get(sandbox) ?? Promise.resolve()).then(async () =>
    toType(context.running.lab, await look(context, question)),
  )
  queues.set(
    sandbox,
    turn.catch(() => undefined),
  )
  return turn
}

async function look(context: ObservedLab, asked: Question): Promise<Evidence | undefined> {
  const { sandbox, running } = context
  const late = AbortSignal.timeout(Math.ceil(fitting(longest)))
  const signal = context.signal === undefined ? late : AbortSignal.any([late, context.signal])
  try {
    const source = { sandbox, running, signal }
    const led = await throughSocketLb(source, asked)
    if ('headline' in led) return signal.aborted ? undefined : led
    if (isAmongMachines(running.lab, led)) {
      const evidence = await followMachines(source, led)
      return signal.aborted ? undefined : evidence
    }
    const facts = await gather(source, led)
    // Of a sandbox that has died meanwhile there is nothing to say.
    return signal.aborted || facts.places.host?.links === undefined
      ? undefined
      : diagnose(facts, running, led)
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

/** With what mends it in lines that can be pasted anywhere. */
function toType({ name }: Pick<Lab, 'name'>, evidence: Evidence | undefined): Evidence | undefined {
  return evidence?.mend === undefined ? evidence : { ...evidence, typed: typedLines(name, evidence.mend) }
}

/** A setting that is not as the lab wants it needs no walk. */
function sysctlEvidence({ argv, output, from }: CommandCheck): Evidence | undefined {
  const [program, ...words] = argv
  const key = words.find(word => /^[\w-]+([./][\w-]+)+$/.test(word))
  const wanted = /^\^?([\w.\\s+-]*?)\$?$/.exec(output ?? '')?.[1]?.replaceAll('\\s+', ' ')
  if (program !== 'sysctl' || key === undefined || wanted === undefined || wanted === '') return undefined
  return {
    headline: `${key} is not ${wanted}${from === host ? '' : ` in ${from}`}`,
    mend: commandLine({ argv: ['sysctl', '-w', `${key}=${wanted}`], in: from }),
    lines: [],
  }
}
