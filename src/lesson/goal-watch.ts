import { setTimeout as sleep } from 'node:timers/promises'
import { host } from '../command/command.ts'
import { NetlabError } from '../errors.ts'
import type { ObservedLab } from '../observe/tool.ts'
import type { Step } from '../plan/plan.ts'
import { tryGoal } from '../run/goal.ts'
import { runAt } from '../sandbox/enter.ts'
import type { CheckResult } from '../verify/report.ts'

/** A goal that is watched while somebody works in a shell; `index`: its step's. */
export interface WatchedGoal {
  index: number
  step: Step
  hear: (results: readonly CheckResult[]) => void
  /** What the prompt says once it is reached, in ASCII: a shell counts the columns of its prompt. */
  reached: string
}

/** Where a shell's prompt finds, in the lab, how far the goal is: a file for each task, since what is left of another one's is not true of this. */
function goalFile({ index }: WatchedGoal): string {
  return `/run/netlab-goal-${index}`
}

/** What a shell's prompt says of the goal: text for the prompt of a shell in the lab. */
export function goalPrompt(goal: WatchedGoal): string {
  return `$(cat ${goalFile(goal)} 2>/dev/null)`
}

/** Milliseconds between two rounds. */
const pause = 1000

/**
 * Does something while the goal of a step's task is tried, again and again, and kept where the prompt of a shell finds it. It is told what
 * came of each round. No round is left when it returns.
 */
export async function whileGoalIsWatched<T>(
  lab: ObservedLab,
  goal: WatchedGoal,
  work: () => Promise<T>,
): Promise<T> {
  const ended = new AbortController()
  const signals = lab.signal === undefined ? [ended.signal] : [lab.signal, ended.signal]
  const watching = watchGoal({ ...lab, signal: AbortSignal.any(signals) }, goal)
  try {
    return await work()
  } finally {
    ended.abort()
    await watching
  }
}

async function watchGoal(lab: ObservedLab & { signal: AbortSignal }, goal: WatchedGoal): Promise<void> {
  try {
    for (;;) {
      const results = await tryGoal(lab, goal.step)
      lab.signal.throwIfAborted()
      await runAt(lab.sandbox, ['tee', goalFile(goal)], {
        ...{ place: host, input: goalText(goal, results), signal: lab.signal },
        why: 'the prompt of the shell says how far the goal is',
      })
      goal.hear(results)
      await sleep(pause, undefined, { signal: lab.signal })
    }
  } catch (error) {
    // What keeps it from looking, such as the end of the lab, the person is told by what they do themselves.
    if (!lab.signal.aborted && !(error instanceof NetlabError)) throw error
  }
}

function goalText({ reached }: WatchedGoal, results: readonly CheckResult[]): string {
  const held = results.filter(({ ok }) => ok).length
  return held === results.length ? `, ${reached}` : `, goal ${held}/${results.length}`
}
