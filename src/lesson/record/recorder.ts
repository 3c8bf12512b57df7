import { commandLine } from '../../command/command-line.ts'
import type { LabInCondition } from '../../plan/lab-in-condition.ts'
import { labOfTexts } from '../../read/texts-path.ts'
import type { CheckResult } from '../../verify/report.ts'
import type { LessonListener } from '../events.ts'
import type { WalkReport } from '../walk.ts'
import { hashOf } from './chain.ts'
import { recordVersion, type TriedCheck } from './entries.ts'
import { RecordFile } from './record-file.ts'

/** Characters that shells may print in a lesson and have recorded. */
const mostPrinted = 2 * 1024 * 1024
/** Milliseconds in which all that a shell prints is one entry. */
const pause = 100
/** Characters of a line that was typed, and of what was observed. */
const longest = 8192

/** Whose record it is, and what netlab wrote it. */
export interface RecordedBy {
  student: string
  /** Its version. */
  netlab: string
}

/** The SHA-256 of the texts that a lab was read from, the same in whichever language: by it a record of another text is told. */
export function labTextHash({ sources }: LabInCondition['lab']): string {
  const own = sources.filter(({ path }) => labOfTexts(path) === undefined)
  return hashOf(own.map(({ text }) => `${text.length}\n${text}`).join(''))
}

/** Keeps of a lesson's events what a teacher wants to see, in a file. */
export class Recorder {
  readonly #file: RecordFile
  /** The step that runs, or has run last. */
  #step = 0
  #printed = ''
  #room = mostPrinted
  #timer: NodeJS.Timeout | undefined

  /** Throws NetlabError where the file is there already, or cannot be written. */
  constructor(path: string, force: boolean) {
    this.#file = new RecordFile(path, force)
  }

  /** Whose lesson it is. */
  begin({ lab, plan }: LabInCondition, { student, netlab }: RecordedBy): void {
    this.#file.append({
      kind: 'begin',
      version: recordVersion,
      lab: lab.name,
      title: plan.title,
      text: labTextHash(lab),
      ...{ netlab, student },
      steps: plan.steps.map(({ title }) => title),
      tasks: plan.steps.flatMap(({ task }, index) => (task === undefined ? [] : [index])),
    })
  }

  readonly hear: LessonListener = event => {
    if (event.kind === 'shell-printed') {
      this.#print(event.text)
      return
    }
    this.#flush()
    switch (event.kind) {
      case 'step-started':
        this.#step = event.index
        this.#file.append({ kind: 'step', step: event.index })
        break
      case 'predicted': {
        const { index, prediction, said = null } = event
        const { ask, answers, right } = prediction
        const texts = answers.map(({ text }) => text)
        this.#file.append({ kind: 'asked', step: index, ask, answers: texts, right, said })
        break
      }
      case 'step-done': {
        const { ok, checks, failure } = event.result
        const failed = failure === undefined ? {} : { failed: bounded(commandLine(failure.command)) }
        this.#file.append({ kind: 'done', step: event.index, ok, checks: checks.map(tried), ...failed })
        break
      }
      case 'prediction-judged': {
        const { verdict, came } = event.judged
        this.#file.append({ kind: 'judged', step: event.index, verdict, came: bounded(came) })
        break
      }
      case 'traced':
        this.#file.append({
          kind: 'traced',
          step: this.#step,
          what: `${event.question.url} from ${event.question.from}`,
        })
        break
      case 'shell-opened':
        this.#file.append({ kind: 'shell', step: this.#step })
        break
      case 'shell-typed': {
        const { line, folder, shell } = event
        this.#file.append({ kind: 'typed', line: bounded(line), in: event.in, folder, shell })
        break
      }
      case 'task-checked': {
        const { index, reached, results } = event
        this.#file.append({ kind: 'goal', step: index, reached, checks: results.map(tried) })
        break
      }
      case 'hint-given':
        this.#file.append({ kind: 'hint', step: event.index, number: event.given })
        break
      case 'solution-shown':
        this.#file.append({ kind: 'solution', step: event.index })
        break
      case 'shell-left':
        this.#file.append({ kind: 'shell-left' })
        break
      case 'rebuild-started':
        this.#file.append({ kind: 'back', steps: event.steps })
    }
  }

  /** The lesson is over; undefined: it was broken off by an error. */
  end(report: WalkReport | undefined, count: number): void {
    this.#flush()
    if (report !== undefined) {
      const { walked, interrupted, down } = report
      const how = interrupted ? 'interrupted' : walked.length === count ? 'finished' : 'quit'
      this.#file.append({ kind: 'end', how, steps: walked.length, kept: down === undefined && !interrupted })
    }
    this.#file.close()
  }

  #print(text: string): void {
    if (this.#room === 0) return
    const kept = text.slice(0, this.#room)
    this.#room -= kept.length
    this.#printed += kept
    this.#timer ??= setTimeout(() => this.#flush(), pause)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#printed === '') return
    this.#file.append({ kind: 'printed', text: this.#printed })
    this.#printed = ''
    if (this.#room === 0) this.#file.append({ kind: 'left-out' })
  }
}

function tried({ check, target, from, ok, observed }: CheckResult): TriedCheck {
  const what = check.kind === 'curl' ? `curl ${target}` : target
  return { what: bounded(`${what} from ${from}`), ok, observed: bounded(observed) }
}

function bounded(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}
