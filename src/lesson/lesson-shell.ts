import { host } from '../command/command.ts'
import type { ObservedLab } from '../observe/tool.ts'
import { type ListensToShell, openShell } from '../run/inside.ts'
import type { openLab } from '../run/lab-state.ts'
import { unlessAborted } from '../run/unless-aborted.ts'
import { goalPrompt, type WatchedGoal, whileGoalIsWatched } from './goal-watch.ts'

/** Opens the shell of a lesson, on the lab's host and the person's terminal; ends with it, or with an abort. `goal` undefined: no task is open. `ear`: who hears what is typed there. */
export async function openLessonShell(
  lab: ObservedLab & { signal: AbortSignal },
  goal: WatchedGoal | undefined,
  ear: ListensToShell | undefined,
): Promise<void> {
  const { sandbox, running, signal } = lab
  const open = (promptEnd = '') =>
    unlessAborted(signal, openShell({ sandbox, lab: running.lab }, { place: host, promptEnd }, ear))
  if (goal === undefined) await open()
  else await whileGoalIsWatched(lab, goal, () => open(goalPrompt(goal)))
}

/** Opens a shell on the host of a running lab whose task is open, on the person's terminal, and returns its exit code. */
export function openTaskShell(open: ReturnType<typeof openLab>, goal: WatchedGoal): Promise<number> {
  const inside = { place: host, promptEnd: goalPrompt(goal) }
  return whileGoalIsWatched(open, goal, () => openShell(open, inside))
}
