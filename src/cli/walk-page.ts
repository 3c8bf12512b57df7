import { exitCode } from '../errors.ts'
import type { Course } from '../lesson/course.ts'
import type { Parting } from '../lesson/walk.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { runningLabs } from '../run/lab-state.ts'
import { renderDown } from '../view/down-line.ts'
import { renderKept } from '../view/lesson.ts'
import { goesOn } from '../view/lesson-place.ts'
import { openTerminal } from '../view/terminal.ts'
import { viewLab } from '../web/view-lab.ts'
import type { LabUnderWay } from './early-start.ts'
import { nothingLeft, tellAddress } from './page.ts'

interface PageOptions {
  /** The path that the lab was read from. */
  file: string
  /** 0: a free one. */
  port: number
  /** The lab as it was typed: a path, or the name of one that ships. */
  source: string
  course: Course
  /** The lesson begins after so many steps; left out: where it was left, as the page is asked, or with the first one. */
  after?: number
  quiz: boolean
  parting?: Exclude<Parting, 'stay'>
}

/** `netlab walk --view`: the lesson on a page; sets the exit code. A lab that is kept stays on the page until Ctrl-C. */
export async function walkOnPage(
  { interrupt, start }: LabUnderWay,
  lesson: LabInCondition,
  { port, source, ...options }: PageOptions,
): Promise<void> {
  const terminal = openTerminal({ language: lesson.lab.language })
  const { out, err } = terminal
  const { name } = lesson.lab
  const first = { lesson, ...options, start: await start }
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
  out.write(goesOn(out, [source, '--view'], options.course.place))
  if (ended === 'stopped') process.exitCode = exitCode.interrupted
  else if (!report.ok) process.exitCode = exitCode.failed
}
