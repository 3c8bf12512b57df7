import type { ObservedLab } from '../observe/tool.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { Step } from '../plan/plan.ts'
import type { DownReport } from '../run/report.ts'
import type { TracedQuestion } from '../trace/request-of-check.ts'
import type { CheckResult } from '../verify/report.ts'
import { type AskPrediction, Lesson, type LessonOptions } from './lesson.ts'
import type { WalkedStep } from './lesson-record.ts'
import type { LessonTask } from './lesson-task.ts'
import type { LessonPlace } from './progress.ts'

/** Where a lesson goes from where it stands; or what is looked at before it goes on. */
export type Move = 'on' | 'back' | 'again' | 'shell' | 'graph' | 'quit' | TaskMove | { trace: TracedQuestion }

/** Where a lesson begins that was left half-way: where it was left, with the first step, or not at all. */
export type Beginning = 'there' | 'anew' | 'quit'

/** What is done about an open task: its goal is tried, a hint given, the solution shown and carried out. */
export type TaskMove = 'check' | 'hint' | 'solve'

/** What becomes of a lab when its lesson ends. `stay`: the lesson goes on after all. */
export type Parting = 'keep' | 'down' | 'stay'

/** Leads through a lesson: knows what the person wants next. A rejection ends the lesson. */
export interface Guide {
  /** The lesson was left half-way, another time; no step has run. Left out by a guide that never says where it was left. */
  begins?(left: LessonPlace, lab: ObservedLab): Promise<Beginning>
  /** A step that has not run yet, in the lab as it runs. `on` runs it. */
  before(step: Step, index: number, lab: ObservedLab): Promise<Move>
  /** A step that has run. `on` goes to the next one, or to the end. */
  after(walked: WalkedStep, index: number, lab: ObservedLab): Promise<Move>
  /** A step that has run, and whose task is open. `on` leads on once it is done. */
  atTask(task: LessonTask, walked: WalkedStep, lab: ObservedLab): Promise<Move>
  /** What came of the goal of an open task while the person works in a shell. Left out by a guide that lends none. */
  watched?(results: readonly CheckResult[]): void
  /** What the checks of a step will show, once its commands have run: the index of an answer, or undefined. Left out by a guide that asks nothing. */
  readonly predict?: AskPrediction | undefined
  /** Gives the terminal to a shell until that has ended. Left out by a guide that wants none. */
  lend?(shell: () => Promise<void>): Promise<void>
  /** Draws the lab as it runs. Left out by a guide that never asks for it. */
  draw?(lab: ObservedLab): Promise<void>
  /** The person wants to leave, or has seen the last step. */
  parting(walked: readonly WalkedStep[]): Promise<Parting>
}

/** What came of a lesson. */
export interface WalkReport {
  walked: readonly WalkedStep[]
  /** Every step that was walked is fine. */
  ok: boolean
  /** What went with the lab; undefined where it stands. */
  down?: DownReport
  /** The lesson was broken off by the signal, and the lab taken down. */
  interrupted: boolean
}

/** Where a lesson begins. */
export interface WalkOptions extends LessonOptions {
  /** So many steps are carried out before it begins, without being shown; left out: none. */
  after?: number
  /** Where it was left half-way: the guide is asked. */
  left?: LessonPlace
  /** Hears how many steps are behind the person, whenever that changes. */
  place?: (steps: number) => void
}

/** Walks through a lab's steps as the guide leads. The lab is down afterwards unless the guide wants it kept. */
export async function walk(lab: LabInCondition, guide: Guide, options: WalkOptions): Promise<WalkReport> {
  const lesson = await Lesson.open(lab, options)
  const report = () => ({ walked: lesson.walked, ok: lesson.walked.every(step => step.ok) })
  try {
    const before = await stepsBefore(lesson, guide, options)
    if (before === undefined) return { ...report(), interrupted: false, down: await lesson.takeDown() }
    if (before > 0) await lesson.resume(before)
    if ((await lead(lesson, guide, options)) === 'keep') {
      lesson.keep()
      return { ...report(), interrupted: false }
    }
    return { ...report(), interrupted: false, down: await lesson.takeDown() }
  } catch (error) {
    await lesson.abandon()
    if (!options.signal.aborted) throw error
    return { ...report(), interrupted: true }
  }
}

/** How many steps come before the lesson begins; undefined: the person leaves. */
async function stepsBefore(
  lesson: Lesson,
  guide: Guide,
  { left, after = 0 }: WalkOptions,
): Promise<number | undefined> {
  if (left === undefined || guide.begins === undefined) return after
  const beginning = await guide.begins(left, lesson.observed)
  if (beginning === 'quit') return undefined
  return beginning === 'there' ? left.steps : 0
}

async function lead(
  lesson: Lesson,
  guide: Guide,
  { signal, place }: WalkOptions,
): Promise<Exclude<Parting, 'stay'>> {
  let hasRun = false
  let told: number | undefined
  for (;;) {
    signal.throwIfAborted()
    const behind = lesson.walked.length - (lesson.openTask === undefined ? 0 : 1)
    if (behind !== told) place?.(behind)
    told = behind
    const { ahead, walked } = lesson
    const index = hasRun ? walked.length - 1 : walked.length
    const move = await nextMove(lesson, guide, hasRun)
    // Until its task is done; one whose own solution does not do it keeps nobody.
    const isKept = hasRun && lesson.openTask?.state.solved === false
    if (typeof move === 'object') await lesson.trace(move.trace)
    else if (move === 'shell') await guide.lend?.(() => lesson.shell(results => guide.watched?.(results)))
    else if (move === 'graph') await guide.draw?.(lesson.observed)
    else if (move === 'check' || move === 'hint' || move === 'solve') await lesson.work(move)
    else if (move === 'back' || move === 'again') {
      await lesson.rebuild(Math.max(0, move === 'back' ? index - 1 : index))
      hasRun = false
    } else if (move === 'quit' || (ahead === undefined && !isKept)) {
      const parting = await guide.parting(walked)
      if (parting !== 'stay') return parting
    } else if (!isKept) {
      if (!hasRun) await lesson.runNext(guide.predict)
      hasRun = !hasRun
    }
  }
}

async function nextMove(lesson: Lesson, guide: Guide, hasRun: boolean): Promise<Move> {
  const { ahead, walked, observed } = lesson
  const last = walked.at(-1)
  const task = lesson.openTask
  if (hasRun && last !== undefined && task !== undefined) return guide.atTask(task, last, observed)
  if (hasRun && last !== undefined) return guide.after(last, walked.length - 1, observed)
  return ahead === undefined ? 'quit' : guide.before(ahead, walked.length, observed)
}
