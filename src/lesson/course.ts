import { exitCode, NetlabError } from '../errors.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { labKey } from '../read/load-shipped.ts'
import { keepPlace, type LessonPlace, placeIn, printOf, readPlaces } from './progress.ts'

/** A person's way through the lesson of a lab, which is kept from one time to the next. */
export class Course {
  readonly #lesson: LabInCondition
  readonly #key: string
  readonly #print: number
  #steps = 0
  #isKept = false

  /** `file`: the path that the lab was read from. */
  constructor(lesson: LabInCondition, file: string) {
    this.#lesson = lesson
    this.#key = labKey(file)
    this.#print = printOf(lesson)
  }

  /** Where it was left half-way; `words`: why that is not known, or not to be used. */
  get left(): { place?: LessonPlace; words?: NetlabError } {
    const { places, trouble } = readPlaces()
    const place = placeIn(places, this.#key)
    if (place === undefined) return trouble === undefined ? {} : { words: trouble }
    const isHalfWay = place.steps > 0 && place.steps < place.of
    if (!isHalfWay) return {}
    if (place.print === this.#print && place.of === this.#of) return { place }
    return { words: changedSince(this.#lesson.lab.name, place) }
  }

  /** How many steps stand before one, which counts from 1. Throws NetlabError where there is no such step. */
  before(step: number): number {
    if (step <= this.#of) return step - 1
    throw new NetlabError({
      what: `${this.#lesson.lab.name} has no step ${step}`,
      fix: `there are ${this.#of}`,
      exitCode: exitCode.wrongInput,
    })
  }

  /** Keeps how many steps are behind the person. What keeps it from that does not end a lesson. */
  readonly keep = (steps: number): void => {
    this.#steps = steps
    try {
      keepPlace(this.#key, { steps, of: this.#of, print: this.#print, day: today() })
      this.#isKept = true
    } catch (error) {
      if (!(error instanceof NetlabError)) throw error
      this.#isKept = false
    }
  }

  /** Where it is half-way, and goes on another time; undefined at its start and its end, and where that is not kept. */
  get place(): Pick<LessonPlace, 'steps' | 'of'> | undefined {
    const isHalfWay = this.#steps > 0 && this.#steps < this.#of
    return this.#isKept && isHalfWay ? { steps: this.#steps, of: this.#of } : undefined
  }

  get #of(): number {
    return this.#lesson.plan.steps.length
  }
}

/** `2025-03-01`, where the person is. */
export function today(): string {
  const now = new Date()
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()]
  return parts.map(part => String(part).padStart(2, '0')).join('-')
}

function changedSince(lab: string, { steps, of }: LessonPlace): NetlabError {
  return new NetlabError({
    what: `${lab} has changed since you were at step ${Math.min(steps + 1, of)} of ${of}, and begins anew`,
    fix: `netlab walk … --from ${Math.min(steps + 1, of)} goes there all the same`,
  })
}
