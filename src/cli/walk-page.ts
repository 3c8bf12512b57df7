import { exitCode } from '../errors.ts'
import type { Parting } from '../lesson/walk.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { runningLabs } from '../run/lab-state.ts'
import { renderDown } from '../view/down-line.ts'
import { renderKept } from '../view/lesson.ts'
import { openTerminal } from '../view/terminal.ts'
import { viewLab } from '../web/view-lab.ts'
import type { LabUnderWay } from './early-start.ts'
import { nothingLeft, tellAddress } from './page.ts'

interface PageOptions {
  /** The path that the lab was read from. */
  file: string
  /** 0: a free one. */
  port: number
  quiz: boolean
  parting?: Exclude<Parting, 'stay'>
}

/** `netlab walk --view`: the lesson on a page; sets the exit code. A lab that is kept stays on the page until Ctrl-C. */
export async function walkOnPage(
  { interrupt, start }: LabUnderWay,
  lesson: LabInCondition,
  { file, port, quiz, parting }: PageOptions,
): Promise<void> {
  const terminal = openTerminal()
  const { out, err } = terminal
  const { name } = lesson.lab
  const first = { lesson, file, quiz, start: await start, ...(parting === undefined ? {} : { parting }) }
  const view = await viewLab(name, port, interrupt.signal, first)
  tellAddress(terminal, view.address, name)
  const ended = await view.ended
  const report = await view.lesson.walked
  if (report === undefined || report.interrupted) throw interrupt.signal.reason
  const running = runningLabs()
  if (report.down !== undefined) out.write(renderDown(out, [report.down]))
  else if (running.includes(name)) out.write(renderKept(out, lesson, report.walked, running.length > 1))
  // It was kept, and has been ended since.
  else err.write(nothingLeft(name))
  if (ended === 'stopped') process.exitCode = exitCode.interrupted
  else if (!report.ok) process.exitCode = exitCode.failed
}
