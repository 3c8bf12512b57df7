import { Command } from 'commander'
import { host } from '../command/command.ts'
import { openTaskShell } from '../lesson/lesson-shell.ts'
import { standingOf, type TaskStanding } from '../lesson/tasks.ts'
import { isReached } from '../run/goal.ts'
import { openShell } from '../run/inside.ts'
import { type LivingLab, labNames, openLab, runningLabs } from '../run/lab-state.ts'
import type { CheckResult } from '../verify/report.ts'
import { goalReachedInShell } from '../view/lesson-tasks.ts'
import { renderTaskShell } from '../view/task-lines.ts'
import { openTerminal } from '../view/terminal.ts'

/** `netlab shell`: a shell inside a lab, where the articles' own commands work word for word. */
export function shellCommand(): Command {
  return new Command('shell')
    .description('a shell inside a lab: ip netns, iptables and curl work there as on a machine of your own')
    .argument('[names...]', '[lab] [pod]: the lab is not needed where one runs')
    .option(
      '-c, --container <container>',
      "in all of a container's namespaces, of a pod with a pause process",
    )
    .action(async (names: string[], { container }: { container?: string }) => {
      const known = labNames()
      const [first, second] = names
      const lab = first !== undefined && (second !== undefined || known.includes(first)) ? first : undefined
      const place = (lab === undefined ? first : second) ?? host
      const open = openLab(lab)
      const task = place === host && container === undefined ? watchableTask(open) : undefined
      process.exitCode =
        task === undefined ? await openShell(open, { place, container }) : await shellAtTask(open, task)
    })
}

/** The open task of a lab, where somebody sits at a terminal who may do it; a lesson has its own shell for that. */
function watchableTask(open: LivingLab): TaskStanding['open'] {
  if (!process.stdin.isTTY || !openTerminal().out.isTerminal) return undefined
  const { open: task, lesson } = standingOf(open)
  return lesson === undefined ? task : undefined
}

/** A shell that says how far the goal of the task is. */
function shellAtTask(
  open: ReturnType<typeof openLab>,
  { index, step }: NonNullable<TaskStanding['open']>,
): Promise<number> {
  const { out } = openTerminal({ language: open.lab.language })
  const name = runningLabs().length > 1 ? ` ${open.lab.name}` : ''
  out.write(renderTaskShell(out, open.lab.name, `netlab task hint${name}`))
  let told = false
  const hear = (results: readonly CheckResult[]) => {
    if (told || !isReached(results)) return
    told = true
    out.write(goalReachedInShell(out, `netlab task check${name}`))
  }
  return openTaskShell(open, { index, step, hear, reached: 'goal reached' })
}
