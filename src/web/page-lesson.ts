import { exitCode, NetlabError } from '../errors.ts'
import { graphOfRunning } from '../graph/running-graph.ts'
import type { Course } from '../lesson/course.ts'
import type { LessonListener } from '../lesson/events.ts'
import { type AskPrediction, lessonDied } from '../lesson/lesson.ts'
import type { WalkedStep } from '../lesson/lesson-record.ts'
import type { LessonTask } from '../lesson/lesson-task.ts'
import type { LessonPlace } from '../lesson/progress.ts'
import {
  type Beginning,
  type Guide,
  type Move,
  type Parting,
  type WalkOptions,
  type WalkReport,
  walk,
} from '../lesson/walk.ts'
import type { ObservedLab } from '../observe/tool.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { Step } from '../plan/plan.ts'
import { unlessAborted } from '../run/unless-aborted.ts'
import type { TraceReport } from '../trace/report.ts'
import { onDrawing } from '../view/graph/on-drawing.ts'
import { type Choice, movesAfter, movesBefore, nextQuestion, partingsIn } from '../view/lesson-moves.ts'
import { beginnings } from '../view/lesson-place.ts'
import { movesAtTask } from '../view/lesson-tasks.ts'
import { type LessonPart, LessonPicture, lessonAhead } from '../view/live/lesson-part.ts'
import type { Followed, Pressed } from '../view/live/orders.ts'
import { stopsOf } from '../view/live/stops.ts'
import { predictionKeys } from '../view/predictions.ts'
import { whyNot } from '../view/task-lines.ts'
import { type Words, wordsIn } from '../view/words/words.ts'

/** Milliseconds in which all that a step tells is told as one: a page need not be drawn more often. */
const pause = 100

/** What a lesson on the page begins with. */
export interface BeginOptions extends Pick<WalkOptions, 'file' | 'start' | 'after'> {
  /** Where the person is in it; without `after` it goes on where it was left half-way, if the page wants that. */
  course: Course
  /** What becomes of the lab, where that is known beforehand. */
  parting?: Exclude<Parting, 'stay'> | undefined
  /** Before the checks of a step it is asked what they will show; left out: as in the lesson before, and in the first one it is. */
  quiz?: boolean
}

/** A question that the page is asked, and what its answer does. */
interface Asked {
  turn: number
  choices: readonly Choice<unknown>[]
  answer(leadsTo: unknown): void
  refuse(error: unknown): void
}

/** A lesson that the page leads through, by the same keys as a terminal; none is under way before it has begun, and after its end. */
export class PageLesson implements Guide {
  readonly #tell: (part: LessonPart) => void
  readonly #signal: AbortSignal
  #lesson: LabInCondition | undefined
  #file = ''
  #parting: BeginOptions['parting']
  #quiz = true
  #picture: LessonPicture | undefined
  #stands: ObservedLab | undefined
  #walked: Promise<WalkReport> | undefined
  #asked: Asked | undefined
  #turn = 0
  #whenAsked = () => {}
  #traced: TraceReport | NetlabError | undefined
  #timer: NodeJS.Timeout | undefined

  /** `tell` hears what the page is to show of it. */
  constructor(tell: (part: LessonPart) => void, signal: AbortSignal) {
    this.#tell = tell
    this.#signal = signal
  }

  /** The lab as the steps that have run leave it; undefined: no lesson is under way. */
  get stands(): ObservedLab | undefined {
    return this.#stands
  }

  /** What has come of the lesson that was begun last, once it is over; undefined where none was. Rejects with what has broken it off. */
  get walked(): Promise<WalkReport> | undefined {
    return this.#walked
  }

  /** Begins, and waits until the page is asked for the first time. Throws NetlabError where the lab cannot be opened. */
  async begin(lesson: LabInCondition, { course, parting, quiz, ...options }: BeginOptions): Promise<Pressed> {
    this.#lesson = lesson
    this.#file = options.file
    this.#parting = parting
    this.#quiz = quiz ?? this.#quiz
    this.#picture = new LessonPicture(lesson)
    const { place: left, words } = options.after === undefined ? course.left : {}
    if (words !== undefined) this.#picture.troubled(words)
    this.#walked = walk(lesson, this, {
      ...{ ...options, tell: this.#hear, signal: this.#signal, place: course.keep },
      ...(left === undefined ? {} : { left }),
    }).finally(() => this.#over())
    return this.#untilAsked(this.#walked)
  }

  /**
   * Takes a key as the answer to the question that it was pressed for, and waits until the next one is asked or the lesson is over.
   * Throws NetlabError where that question has been answered, and what has broken the lesson off.
   */
  async press(key: string, turn: number): Promise<Pressed> {
    const asked = this.#asked
    if (asked === undefined || asked.turn !== turn || this.#walked === undefined)
      throw new NetlabError({
        what: asked === undefined ? 'no lesson waits for a key' : 'that has been answered already',
        fix: 'look at the page again: the lesson may be open in another window, too',
      })
    const choice = asked.choices.find(each => each.key === key)
    if (choice === undefined)
      throw new NetlabError({
        what: `${key} is no key of the lesson here`,
        fix: `there are: ${asked.choices.map(each => each.key).join(', ')}`,
        exitCode: exitCode.wrongInput,
      })
    const next = this.#untilAsked(this.#walked)
    asked.answer(choice.leadsTo)
    return next
  }

  /** Breaks off what waits for a key, and settles when nothing goes on any more. To be called when its lab has ended. */
  async end(): Promise<void> {
    this.#asked?.refuse(lessonDied(this.#lesson?.lab.name ?? '', this.#file))
    await this.#walked?.catch(() => {})
  }

  async begins(left: LessonPlace, lab: ObservedLab): Promise<Beginning> {
    this.#stands = lab
    this.#picture?.left(left)
    return this.#choose(beginnings(left, this.#words))
  }

  async before(step: Step, index: number, lab: ObservedLab): Promise<Move> {
    this.#stands = lab
    this.#picture?.ahead(step, index)
    return this.#choose(withoutGraph(movesBefore(step, index, this.#words)))
  }

  get predict(): AskPrediction | undefined {
    if (!this.#quiz) return undefined
    return async (prediction, index, lab) => {
      this.#stands = lab
      this.#picture?.predicts(prediction, index)
      return this.#choose(predictionKeys(prediction, this.#words))
    }
  }

  async after(walked: WalkedStep, index: number, lab: ObservedLab): Promise<Move> {
    this.#stands = lab
    const { plan, lab: whole } = this.#lesson!
    const question = nextQuestion(walked, whole.pods)
    if (!walked.ok) this.#picture?.failed(index, question !== undefined)
    return this.#choose(
      withoutGraph(movesAfter(question, index, index === plan.steps.length - 1, this.#words)),
    )
  }

  async atTask(task: LessonTask, _: WalkedStep, lab: ObservedLab): Promise<Move> {
    this.#stands = lab
    this.#picture?.atTask()
    return this.#choose(withoutGraph(movesAtTask(task, this.#words)))
  }

  async parting(walked: readonly WalkedStep[]): Promise<Parting> {
    if (this.#parting !== undefined) return this.#parting
    this.#picture?.parting(walked)
    return this.#choose(partingsIn(this.#words))
  }

  get #words(): Words {
    return wordsIn[this.#lesson?.lab.language ?? 'en']
  }

  readonly #hear: LessonListener = event => {
    this.#picture?.hear(event)
    if (event.kind === 'traced') this.#traced = event.report
    if (event.kind === 'not-traced') this.#traced = event.error
    this.#timer ??= setTimeout(() => this.#show(), pause)
  }

  async #choose<Chosen>(choices: readonly Choice<Chosen>[]): Promise<Chosen> {
    this.#turn += 1
    const turn = this.#turn
    this.#picture?.asks(choices, turn)
    this.#show()
    try {
      const answered = new Promise<unknown>((answer, refuse) => {
        this.#asked = { turn, choices, answer, refuse }
      })
      this.#whenAsked()
      return (await unlessAborted(this.#signal, answered)) as Chosen
    } finally {
      this.#asked = undefined
      this.#picture?.answered()
      this.#show()
    }
  }

  async #untilAsked(walked: Promise<WalkReport>): Promise<Pressed> {
    this.#takeTraced()
    const asked = new Promise<void>(resolve => {
      this.#whenAsked = resolve
    })
    await Promise.race([asked, walked])
    const traced = this.#takeTraced()
    const lab = this.#stands
    if (traced === undefined || lab === undefined) return {}
    if (traced instanceof NetlabError) throw traced
    return { trace: await followed(traced, lab) }
  }

  #takeTraced(): TraceReport | NetlabError | undefined {
    const traced = this.#traced
    this.#traced = undefined
    return traced
  }

  #over(): void {
    this.#stands = undefined
    this.#picture = undefined
    this.#show()
  }

  #show(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#lesson !== undefined) this.#tell(this.#picture?.part ?? lessonAhead(this.#lesson))
  }
}

/** The drawing is there all the time. */
function withoutGraph(choices: readonly Choice<Move>[]): Choice<Move>[] {
  return choices.filter(({ leadsTo }) => leadsTo !== 'graph')
}

/** A request that was followed, on the drawing of the lab that it went through. */
export async function followed(report: TraceReport, lab: ObservedLab): Promise<Followed> {
  const stops = stopsOf(report, onDrawing(await graphOfRunning(lab)))
  const { evidence, unexplained } = report
  const notes = [...report.notes, ...(unexplained === true ? [whyNot] : [])]
  return { stops, notes, ...(evidence === undefined ? {} : { evidence }) }
}
