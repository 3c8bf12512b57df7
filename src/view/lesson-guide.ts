import type { WriteStream } from 'node:tty'
import type { Graph } from '../graph/graph.ts'
import type { LessonListener, WalkEvent } from '../lesson/events.ts'
import type { AskPrediction } from '../lesson/lesson.ts'
import type { WalkedStep } from '../lesson/lesson-record.ts'
import type { LessonTask } from '../lesson/lesson-task.ts'
import type { Prediction } from '../lesson/predictions/prediction.ts'
import type { LessonPlace } from '../lesson/progress.ts'
import type { Beginning, Guide, Move, Parting } from '../lesson/walk.ts'
import type { Check } from '../model/lab.ts'
import type { ObservedLab } from '../observe/tool.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { Step } from '../plan/plan.ts'
import { isReached } from '../run/goal.ts'
import type { CheckResult } from '../verify/report.ts'
import { chooseByKey } from './choose-by-key.ts'
import { renderLabTree } from './graph/lab-tree.ts'
import type { Keys } from './keys.ts'
import { block, hanging } from './layout.ts'
import {
  lessonAhead,
  lessonCheck,
  lessonCommand,
  lessonFailure,
  lessonFolds,
  lessonOutput,
  lessonPreview,
  lessonSummary,
  lessonTitle,
  rowsOf,
  stepBecause,
  stepHeading,
  stepWhy,
} from './lesson.ts'
import { builtAgain, lessonNotTraced, lessonTrace, resumedAt, stepFailed } from './lesson-asides.ts'
import {
  type Choice,
  givingWay,
  isBare,
  movesAfter,
  movesBefore,
  nextQuestion,
  partingsIn,
  unfolding,
} from './lesson-moves.ts'
import { beginnings, placeLeft } from './lesson-place.ts'
import { goalReachedInShell, lessonTaskEvent, movesAtTask } from './lesson-tasks.ts'
import { LiveLine } from './live-line.ts'
import {
  Predicted,
  predictedSummary,
  predictionAsked,
  predictionJudged,
  predictionKeys,
  predictionSaid,
} from './predictions.ts'
import { StepFolds } from './step-folds.ts'
import type { Screen } from './terminal.ts'

export interface LessonGuideOptions {
  screen: Screen
  lesson: LabInCondition
  /** The lab as it was typed: a path, or the name of one that ships. */
  source: string
  signal: AbortSignal
  /** Undefined: nobody is asked, and the lesson runs to its end. */
  keys?: Keys
  /** Before a step's checks the person is asked what they will show. */
  quiz: boolean
  /** Without keys: a request of each step is followed, for the record. */
  traces: boolean
  /** Around a shell: Ctrl-C is the shell's then. */
  whileShell: (shell: () => Promise<void>) => Promise<void>
  /** What becomes of the lab, where that is known beforehand. */
  parting?: Exclude<Parting, 'stay'>
}

/** Rows at most that the keys take, with what is free around them. */
const rowsOfKeys = 5

/** Leads through a lesson on a terminal, by single keys; without keys it shows every step and goes on. */
export class LessonGuide implements Guide {
  readonly #options: LessonGuideOptions
  readonly #screen: Screen
  #live: LiveLine | undefined
  readonly #folds: StepFolds
  readonly #predicted = new Predicted()
  /** A step of which a trace was asked for without a person. */
  #untraced: WalkedStep | undefined
  readonly #graphs = new Map<number, Graph>()
  /** Whether the goal of the task at hand has been shown, the task at which the lesson waits, and whether a shell has been told of its end. */
  #taskShown = false
  #lends: LessonTask | undefined
  #reached = false
  /** The step that runs, and whether something was asked of it: what came of that says why. */
  #running: { step?: Step; asked: boolean } = { asked: false }
  /** The check that was asked about last, and whether the person wants to leave after its step. */
  #asked: Check | undefined
  #leaves = false
  /** Output of commands that came since the last empty line: what follows is set off. */
  #ran = false

  constructor(options: LessonGuideOptions) {
    this.#options = options
    this.#screen = options.screen
    this.#folds = new StepFolds(options.screen, options.keys === undefined ? options.source : undefined)
  }

  /** What the lesson is about. */
  begin(): void {
    this.#screen.write(lessonTitle(this.#screen, this.#options.lesson))
  }

  begins(place: LessonPlace): Promise<Beginning> {
    this.#screen.write(placeLeft(this.#screen, place))
    return chooseByKey(this.#options, beginnings(place, this.#screen.words))
  }

  /** Whether a lab of the lesson's name, which is up, is taken down for it. */
  mayReplace(): Promise<boolean> {
    const { color, width, words } = this.#screen
    const { name } = this.#options.lesson.lab
    this.#screen.write(block(['', ...hanging('', color.cyan(words.isUpAlready(name)), width)]))
    return chooseByKey(this.#options, givingWay(words))
  }

  async before(step: Step, index: number): Promise<Move> {
    const { lesson, keys } = this.#options
    const heading = [
      stepHeading(this.#screen, index, lesson.plan.steps.length, step.title),
      stepWhy(this.#screen, step.why),
    ].join('')
    this.#screen.write(`\n${heading}`)
    this.#folds.ahead(step)
    if (keys === undefined) {
      this.#screen.write('\n')
      return 'on'
    }
    const above = rowsOf(heading.split('\n'), this.#screen.width)
    const move = await this.#chooseMove(step, movesBefore(step, index, this.#screen.words), room =>
      lessonPreview(this.#screen, step, room - above),
    )
    if (move === 'on') {
      this.#screen.write('\n')
      this.#live = new LiveLine(this.#screen)
    }
    return move
  }

  /** Shows what happens in a step that runs, and that the lab was built again. */
  readonly hear: LessonListener = event => {
    const { color, words } = this.#screen
    switch (event.kind) {
      case 'step-started':
        this.#running = { step: event.step, asked: false }
        this.#folds.started(event.step)
        break
      case 'commands-started':
        this.#ran = true
        this.#write(this.#folds.commandsShown(event.first, event.commands.length))
        this.#live?.start(color.dim(words.running))
        break
      case 'commands-ran':
        this.#end(
          this.#folds.isFolded(event.commands[0])
            ? ''
            : lessonOutput(this.#screen, event.output, event.commands),
        )
        break
      case 'command-failed':
        if (this.#folds.isFolded(event.failure.command))
          this.#end(lessonCommand(this.#screen, event.failure.command))
        this.#end(lessonOutput(this.#screen, event.output))
        this.#end(lessonFailure(this.#screen, event.failure, event.left))
        break
      case 'checks-started':
        if (this.#ran) this.#write('\n')
        this.#live?.start(color.dim(words.trying(0, event.count)))
        break
      case 'check-done':
        this.#live?.update(color.dim(words.trying(event.done, event.count)))
        break
      case 'predicted':
        this.#running.asked = true
        break
      case 'step-done': {
        const { ok, checks } = event.result
        const { step, asked } = this.#running
        const told = checks.map(result => lessonCheck(this.#screen, result)).join('')
        const ran = ok && checks.length === 0 && this.#ran ? `\n${color.dim(words.ran)}\n` : ''
        const why = ok && !asked ? stepBecause(this.#screen, step?.because) : ''
        if (told + ran + why !== '') this.#end(told + ran + why)
        break
      }
      case 'prediction-judged':
        this.#predicted.hear(event.index, event.judged)
        this.#end(predictionJudged(this.#screen, event.judged))
        break
      case 'task-started':
      case 'task-checked':
      case 'hint-given':
      case 'solution-shown':
        this.#end(this.#taskTold(event))
        if (event.kind === 'task-started') this.#live?.start(color.dim(this.#screen.words.tryingGoal))
        break
      case 'resumed':
        this.#screen.write(resumedAt(this.#screen, event))
        break
      case 'traced':
        this.#screen.write(lessonTrace(this.#screen, event, this.#options.keys === undefined))
        break
      case 'not-traced':
        this.#screen.write(lessonNotTraced(this.#screen, event))
        break
      case 'rebuild-started':
        this.#taskShown = false
        for (const steps of this.#graphs.keys()) if (steps > event.steps) this.#graphs.delete(steps)
        break
      case 'rebuilt':
        this.#screen.write(builtAgain(this.#screen, event))
    }
  }

  #taskTold(event: WalkEvent): string {
    const text = lessonTaskEvent(this.#screen, event, this.#taskShown)
    this.#taskShown = event.kind === 'task-checked'
    const isSetOff = event.kind === 'task-started' && isBare(event.step)
    return isSetOff ? text.replace(/^\n/, '') : text
  }

  get predict(): AskPrediction | undefined {
    const { keys, quiz } = this.#options
    if (keys === undefined || !quiz) return undefined
    return (prediction, index) => this.#ask(prediction, index)
  }

  async #ask(prediction: Prediction, index: number): Promise<number | undefined> {
    await this.#still()
    if (this.#ran) this.#screen.write('\n')
    this.#ran = false
    this.#asked = prediction.check
    const chosen = await this.#answer(prediction, index)
    // The step is gone through all the same: what the lab has come to is to be known.
    this.#leaves = chosen === 'quit'
    const said = chosen === 'quit' ? undefined : chosen
    this.#screen.write(predictionSaid(this.#screen, prediction, said))
    this.#live = new LiveLine(this.#screen)
    return said
  }

  async #answer(prediction: Prediction, index: number): Promise<number | undefined | 'quit'> {
    const { words } = this.#screen
    for (;;) {
      const chosen = await chooseByKey<number | undefined | 'unfold' | 'quit'>(
        this.#options,
        [
          ...predictionKeys(prediction, words),
          ...(this.#folds.canUnfold ? [unfolding(words)] : []),
          { key: 'q', does: words.does.quit, leadsTo: 'quit' },
        ],
        () => predictionAsked(this.#screen, prediction, this.#predicted.earlier(index)),
      )
      if (chosen !== 'unfold') return chosen
      this.#unfold(this.#options.lesson.plan.steps[index]!)
    }
  }

  async after(walked: WalkedStep, index: number): Promise<Move> {
    await this.#still()
    this.#ran = false
    const { lesson, keys, traces } = this.#options
    if (this.#wantsToLeave()) return 'quit'
    const question = nextQuestion(walked, lesson.lab.pods, this.#asked)
    if (keys === undefined) {
      const isFollowed = walked.traces.length > 0 || this.#untraced === walked
      if (!traces || question === undefined || isFollowed) return 'on'
      this.#untraced = walked
      return { trace: question }
    }
    if (!walked.ok) this.#screen.write(stepFailed(this.#screen, index, question !== undefined))
    const isLast = index === lesson.plan.steps.length - 1
    return this.#chooseMove(walked.step, movesAfter(question, index, isLast, this.#screen.words))
  }

  async atTask(task: LessonTask, walked: WalkedStep): Promise<Move> {
    await this.#still()
    this.#ran = false
    const { keys } = this.#options
    if (this.#wantsToLeave()) return 'quit'
    if (keys === undefined) return task.state.solved ? 'on' : 'solve'
    this.#lends = task
    const move = await this.#chooseMove(walked.step, movesAtTask(task, this.#screen.words))
    if (move === 'check' || move === 'solve') {
      this.#live = new LiveLine(this.#screen)
      this.#live.start(this.#screen.color.dim(this.#screen.words.tryingGoal))
    }
    return move
  }

  /** Whether the question of the step was left with q; it is asked once. */
  #wantsToLeave(): boolean {
    const leaves = this.#leaves
    this.#leaves = false
    return leaves
  }

  watched(results: readonly CheckResult[]): void {
    if (this.#reached || !isReached(results)) return
    this.#reached = true
    this.#screen.write(goalReachedInShell(this.#screen))
  }

  /** The lab as it runs, as a tree; it is kept for the record as well. */
  async draw(lab: ObservedLab): Promise<void> {
    const { graphOfRunning } = await import('../graph/running-graph.ts')
    const graph = await graphOfRunning(lab)
    this.#graphs.set(lab.running.plan.steps.length, graph)
    this.#screen.write(`\n${renderLabTree(this.#screen, graph)}`)
  }

  /** What was drawn, by how many steps had run. */
  get graphs(): ReadonlyMap<number, Graph> {
    return this.#graphs
  }

  async lend(shell: () => Promise<void>): Promise<void> {
    const { lesson, keys, whileShell } = this.#options
    const { color, width, words } = this.#screen
    const { name } = lesson.lab
    const isTask = this.#lends?.state.reached === false
    this.#reached = false
    const told = isTask ? words.taskShell(name) : words.shell(name, lesson.lab.nodes.at(0)?.name)
    this.#screen.write(block(['', ...hanging('', color.cyan(told), width)]))
    await keys?.lend(() => whileShell(shell))
  }

  async parting(walked: readonly WalkedStep[]): Promise<Parting> {
    const { lesson, keys, parting } = this.#options
    const summary = lessonSummary(this.#screen, lesson.plan, walked)
    this.#screen.write(`\n${summary}${predictedSummary(this.#screen, this.#predicted)}`)
    if (parting !== undefined) return parting
    if (keys === undefined) return 'down'
    return chooseByKey(this.#options, partingsIn(this.#screen.words))
  }

  /** Gives the screen back; must be called in the end. */
  async stop(): Promise<void> {
    await this.#still()
    this.#options.keys?.close()
  }

  /** What to do next; before that the person may look at what is folded. */
  async #chooseMove(
    step: Step,
    moves: readonly Choice<Move>[],
    preview?: (rows: number) => string,
  ): Promise<Move> {
    const { rows } = this.#screen.stream as WriteStream
    let ahead = preview
    for (;;) {
      const [first, ...rest] = moves
      const isCut = ahead !== undefined && ahead(rows - rowsOfKeys) !== ahead(Number.POSITIVE_INFINITY)
      const choices =
        isCut || this.#folds.canUnfold ? [first!, unfolding(this.#screen.words), ...rest] : moves
      const chosen = await chooseByKey<Move | 'unfold'>(this.#options, choices, ahead)
      if (chosen !== 'unfold') return chosen
      if (isCut) this.#screen.write(`\n${lessonAhead(this.#screen, step)}`)
      if (isCut) ahead = undefined
      if (this.#folds.canUnfold) this.#unfold(step)
    }
  }

  #unfold(step: Step): void {
    this.#folds.unfolded()
    this.#screen.write(lessonFolds(this.#screen, step))
  }

  #write(text: string): void {
    if (text === '') return
    if (this.#live === undefined) this.#screen.write(text)
    else this.#live.write(text)
  }

  #end(text: string): void {
    if (this.#live === undefined) this.#write(text)
    else this.#live.end(text)
  }

  async #still(): Promise<void> {
    await this.#live?.stop()
    this.#live = undefined
  }
}
