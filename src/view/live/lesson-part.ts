import type { Evidence } from '../../diagnose/evidence.ts'
import type { NetlabError } from '../../errors.ts'
import type { LessonListener } from '../../lesson/events.ts'
import type { WalkedStep } from '../../lesson/lesson-record.ts'
import type { JudgedPrediction } from '../../lesson/predictions/explanation.ts'
import type { Prediction } from '../../lesson/predictions/prediction.ts'
import type { LessonPlace } from '../../lesson/progress.ts'
import type { Language } from '../../model/language.ts'
import type { LabInCondition } from '../../plan/lab-in-condition.ts'
import type { Plan, Step } from '../../plan/plan.ts'
import type { CommandFailure } from '../../run/report.ts'
import type { CheckResult } from '../../verify/report.ts'
import { describeAttempt, describeExpectation } from '../describe-check.ts'
import { renderError } from '../error.ts'
import { endingWords, observedWords, onceEach } from '../failure.ts'
import { foldWords, shownCommands } from '../folded-commands.ts'
import { commandLines, type LessonKey, leftOutWords, lessonSummary, outputLines } from '../lesson.ts'
import { builtAgain, resumedAt, stepFailed } from '../lesson-asides.ts'
import { placeLeft } from '../lesson-place.ts'
import { lessonTaskEvent } from '../lesson-tasks.ts'
import {
  type Answered,
  answerSaid,
  Predicted,
  predictedSummary,
  predictionKeys,
  type SaidLine,
  standsAlone,
  verdictLines,
} from '../predictions.ts'
import { plainStyle, type Style } from '../terminal.ts'
import type { Words } from '../words/words.ts'

/** A command of a step, as it runs and as it has run. */
export interface LessonCommand {
  /** As it can be pasted, with the text that it reads. */
  text: string
  /** What it is for, in a sentence without its full stop. */
  explain?: string
  state: 'ahead' | 'running' | 'done' | 'failed'
  /** What it printed, without its middle where that is long. */
  output?: string
  /** How it ended where it failed, and what it said of that. */
  ending?: string
  stderr?: string
}

/** Commands that a lesson shows as one line, until they are unfolded. */
export interface LessonFold {
  words: string
  commands: readonly LessonCommand[]
}

/** A check of a step, and what came of it. */
export interface LessonCheck {
  what: string
  expected: string
  state: 'ahead' | 'running' | 'done' | 'failed'
  observed?: string
  /** What it tells that this came true, where the lab says so. */
  means?: string
  evidence?: Evidence
}

/** A question of what the checks of a step will show. */
export interface LessonQuestion {
  ask: string
  /** Each with the key that gives it; `earlier`: it was given when this was asked before. None once somebody has answered. */
  answers: readonly { key: string; text: string; earlier: boolean }[]
  /** What was answered; left out: nobody has yet. */
  said?: Answered
  /** Left out: the checks are not done. */
  judged?: { verdict: JudgedPrediction['verdict']; lines: readonly SaidLine[] }
}

/** A step that is about to run, runs, or has run. */
export interface LessonStep {
  /** Counts from 0. */
  index: number
  title: string
  why: string
  /** What its checks have shown and why; left out: nobody says so, or they have not. */
  because?: string
  commands: readonly (LessonCommand | LessonFold)[]
  checks: readonly LessonCheck[]
  /** Asked once its commands have run. */
  question?: LessonQuestion
  state: 'ahead' | 'running' | 'done' | 'failed'
  /** What a command that failed has left out of it. */
  leftOut?: string
}

/** What the page knows of a lab's lesson. */
export interface LessonPart {
  /** What it is told in. */
  language: Language
  steps: readonly { title: string; state: LessonStep['state'] }[]
  /** The step at hand; undefined: no lesson is under way. */
  step?: LessonStep
  /** What is said beside it: how to go on after a failure, that the lab was built again, what the steps have come to. */
  words: readonly string[]
  /** What can be pressed at this moment; none where nobody is asked. */
  keys: readonly LessonKey[]
  /** Which question the keys answer: a key for one that somebody has answered already is not taken for the next. */
  turn: number
}

/** A lesson as nobody has begun it. */
export function lessonAhead({ lab, outlines }: Pick<LabInCondition, 'lab' | 'outlines'>): LessonPart {
  const steps = outlines.map(({ title }) => ({ title, state: 'ahead' as const }))
  return { language: lab.language ?? 'en', steps, words: [], keys: [], turn: 0 }
}

/** Makes of a lesson's events what the page shows of it. */
export class LessonPicture {
  readonly #plan: Plan
  readonly #language: Language
  readonly #style: Style
  #states: LessonStep['state'][]
  #at: StepPicture | undefined
  #words: readonly string[] = []
  #keys: readonly LessonKey[] = []
  #turn = 0
  readonly #predicted = new Predicted()
  #task: readonly string[] = []
  #goal: readonly string[] = []

  constructor({ lab, plan }: LabInCondition) {
    this.#plan = plan
    this.#language = lab.language ?? 'en'
    // Lines of a page are broken by the browser.
    this.#style = plainStyle(Number.POSITIVE_INFINITY, this.#language)
    this.#states = plan.steps.map(() => 'ahead')
  }

  get part(): LessonPart {
    const at = this.#at
    const steps = this.#plan.steps.map(({ title }, index) => ({ title, state: this.#states[index]! }))
    return {
      ...{ language: this.#language, steps },
      ...(at === undefined ? {} : { step: { ...at.step, state: this.#states[at.step.index]! } }),
      ...{ words: this.#words, keys: this.#keys, turn: this.#turn },
    }
  }

  /** The lesson was left half-way: the step at which it would go on. */
  left(place: LessonPlace): void {
    const step = this.#plan.steps[place.steps]
    if (step !== undefined) this.ahead(step, place.steps)
    this.#words = linesOf(placeLeft(this.#style, place))
  }

  /** What is known of earlier times is of no use. */
  troubled(trouble: NetlabError): void {
    this.#words = linesOf(renderError(this.#style, trouble))
  }

  /** A step that comes next. */
  ahead(step: Step, index: number): void {
    this.#at = new StepPicture(step, index, this.#style.words)
  }

  /** A step that did not do what it should; `canTrace`: something that its checks ask can be followed. */
  failed(index: number, canTrace: boolean): void {
    this.#words = linesOf(stepFailed(this.#style, index, canTrace))
  }

  /** The lesson waits at a task: what is to be reached, hints and solution that were shown, how far the goal is. */
  atTask(): void {
    this.#words = [...this.#task, ...this.#goal]
  }

  /** What the checks of the step that runs will show is asked. */
  predicts(prediction: Prediction, index: number): void {
    this.#at?.asks(prediction, this.#predicted.earlier(index))
  }

  /** What the steps have come to, and what was foretold. */
  parting(walked: readonly WalkedStep[]): void {
    const summary = lessonSummary(this.#style, this.#plan, walked)
    this.#words = linesOf(`${summary}${predictedSummary(this.#style, this.#predicted)}`)
  }

  /** Somebody is asked, and which question it is. */
  asks(keys: readonly LessonKey[], turn: number): void {
    this.#keys = keys.map(({ key, does }) => ({ key, does }))
    this.#turn = turn
  }

  /** Somebody has answered: what was said until then has been read. */
  answered(): void {
    this.#keys = []
    this.#words = []
  }

  readonly hear: LessonListener = event => {
    switch (event.kind) {
      case 'step-started':
        this.#at = new StepPicture(event.step, event.index, this.#style.words)
        this.#states[event.index] = 'running'
        break
      case 'commands-started':
        this.#at?.start(event.first, event.commands.length)
        break
      case 'commands-ran':
        this.#at?.ran(event.first, event.commands.length, outputLines(event.output, event.commands))
        break
      case 'command-failed':
        this.#at?.failed(event.failure, event.left, outputLines(event.output))
        break
      case 'checks-started':
        this.#at?.try()
        break
      case 'check-done':
        this.#at?.tried([event.result])
        break
      case 'step-done':
        this.#at?.tried(event.result.checks)
        if (event.result.ok && this.#at?.step.question === undefined) this.#at?.explain()
        this.#states[event.index] = event.result.ok ? 'done' : 'failed'
        break
      case 'predicted':
        this.#at?.answered(event.prediction, event.said)
        break
      case 'prediction-judged':
        this.#predicted.hear(event.index, event.judged)
        this.#at?.judged(event.judged)
        break
      case 'task-started':
        this.#task = linesOf(lessonTaskEvent(this.#style, event, true))
        this.#goal = []
        break
      case 'task-checked':
        this.#goal = linesOf(lessonTaskEvent(this.#style, event, true))
        // Where it is reached the next question is no longer that of the task.
        if (event.reached) this.#words = [...this.#task, ...this.#goal]
        break
      case 'hint-given':
      case 'solution-shown':
        this.#task = [...this.#task, ...linesOf(lessonTaskEvent(this.#style, event, false))]
        break
      case 'resumed':
        this.#states = this.#states.map((_, index) => (index < event.steps.length ? 'done' : 'ahead'))
        this.#words = linesOf(resumedAt(this.#style, event))
        break
      case 'rebuild-started':
        this.#states = this.#states.map((state, index) => (index < event.steps ? state : 'ahead'))
        break
      case 'rebuilt':
        this.#words = linesOf(builtAgain(this.#style, event))
    }
  }
}

/** A step, of which each command and each check is kept where it is told of. */
class StepPicture {
  readonly #index: number
  readonly #step: Step
  readonly #words: Words
  readonly #commands: readonly Mutable<LessonCommand>[]
  readonly #pieces: LessonStep['commands']
  #checks: readonly LessonCheck[]
  #question: LessonQuestion | undefined
  #leftOut: string | undefined
  #because: string | undefined

  constructor(step: Step, index: number, words: Words) {
    this.#words = words
    this.#index = index
    this.#step = step
    this.#commands = step.actions.map(({ command, explain }) => ({
      ...{ text: commandLines(command, words).join('\n'), state: 'ahead' },
      ...(explain === undefined ? {} : { explain }),
    }))
    const commandOf = new Map(step.actions.map((action, at) => [action, this.#commands[at]!]))
    this.#pieces = shownCommands(step.actions).map(piece =>
      'words' in piece
        ? { words: foldWords(piece, words), commands: piece.actions.map(action => commandOf.get(action)!) }
        : commandOf.get(piece)!,
    )
    this.#checks = step.checks.map(check => ({
      what: describeAttempt(check, words),
      expected: describeExpectation(check, words),
      state: 'ahead',
    }))
  }

  get step(): Omit<LessonStep, 'state'> {
    const { title, why } = this.#step
    return {
      ...{ index: this.#index, title, why, commands: this.#pieces, checks: this.#checks },
      ...(this.#question === undefined ? {} : { question: this.#question }),
      ...(this.#leftOut === undefined ? {} : { leftOut: this.#leftOut }),
      ...(this.#because === undefined ? {} : { because: this.#because }),
    }
  }

  /** All came as it should, and no answer has a reason of its own. */
  explain(): void {
    this.#because = this.#step.because
  }

  start(first: number, count: number): void {
    for (const command of this.#commands.slice(first, first + count)) command.state = 'running'
  }

  /** What several have printed together stands with the last of them. */
  ran(first: number, count: number, output: readonly string[]): void {
    for (const command of this.#commands.slice(first, first + count)) command.state = 'done'
    const last = this.#commands[first + count - 1]
    if (last !== undefined && output.length > 0) last.output = output.join('\n')
  }

  failed(failure: CommandFailure, left: number, output: readonly string[]): void {
    const at = this.#step.actions.findIndex(({ command }) => command === failure.command)
    for (const command of this.#commands) if (command.state === 'running') command.state = 'done'
    const command = this.#commands[at]
    if (command !== undefined) {
      command.state = 'failed'
      if (output.length > 0) command.output = output.join('\n')
      command.ending = endingWords(failure, this.#words)
      command.stderr = failure.stderr
    }
    this.#leftOut = leftOutWords(left, this.#words)
  }

  asks(prediction: Prediction, earlier: number | undefined): void {
    const keys = predictionKeys(prediction, this.#words)
    const answers = prediction.answers.map(({ text }, at) => {
      const { key } = keys.find(({ leadsTo }) => leadsTo === at)!
      return { key, text, earlier: at === earlier }
    })
    this.#question = { ask: prediction.ask, answers }
  }

  answered(prediction: Prediction, said: number | undefined): void {
    this.#question = { ask: prediction.ask, answers: [], said: answerSaid(prediction, said, this.#words) }
  }

  judged(judged: JudgedPrediction): void {
    if (this.#question === undefined) return
    const { verdict } = judged
    if (standsAlone(judged)) this.explain()
    this.#question = { ...this.#question, judged: { verdict, lines: verdictLines(judged) } }
  }

  try(): void {
    this.#checks = this.#checks.map(check => ({ ...check, state: 'running' }))
  }

  tried(results: readonly CheckResult[]): void {
    for (const result of onceEach(results)) {
      const at = this.#step.checks.indexOf(result.check)
      this.#checks = this.#checks.map((check, index) =>
        index === at ? withResult(check, result, this.#words) : check,
      )
    }
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

function withResult({ what, expected }: LessonCheck, result: CheckResult, words: Words): LessonCheck {
  const { ok, means, evidence } = result
  return {
    ...{ what, expected, observed: observedWords(result, words), state: ok ? 'done' : 'failed' },
    ...(means === undefined ? {} : { means }),
    ...(evidence === undefined ? {} : { evidence }),
  }
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(line => line.trim() !== '')
}
