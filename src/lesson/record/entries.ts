import {
  either,
  fields,
  flag,
  list,
  matching,
  number,
  oneOf,
  optional,
  type Shape,
  text,
  whole,
} from '../../run/shape.ts'
import type { JudgedPrediction } from '../predictions/explanation.ts'

/** The version of the form of records that this netlab writes. */
export const recordVersion = 1

/** What happened in a lesson. Steps are indexes that count from 0. */
export type Happening =
  | {
      kind: 'begin'
      version: number
      lab: string
      title: string
      /** The SHA-256 of the texts that the lab was read from. */
      text: string
      netlab: string
      student: string
      /** The titles of all its steps. */
      steps: readonly string[]
      /** The indexes of those that are tasks. */
      tasks: readonly number[]
    }
  | { kind: 'step'; step: number }
  /** `said`: the index of the answer; null: none was given. */
  | {
      kind: 'asked'
      step: number
      ask: string
      answers: readonly string[]
      right: number
      said: number | null
    }
  | { kind: 'judged'; step: number; verdict: JudgedPrediction['verdict']; came: string }
  /** A step is done; `failed`: the command that ended it. */
  | { kind: 'done'; step: number; ok: boolean; checks: readonly TriedCheck[]; failed?: string }
  | { kind: 'traced'; step: number; what: string }
  /** A shell was opened after a step. */
  | { kind: 'shell'; step: number }
  /** A line that was typed in a shell, before it ran; `in`: the place of the lab; `shell`: the process that read it. */
  | { kind: 'typed'; line: string; in: string; folder: string; shell: number }
  | { kind: 'printed'; text: string }
  /** So much was printed that the rest is left out. */
  | { kind: 'left-out' }
  | { kind: 'shell-left' }
  /** The lab was built again with so many of its steps. */
  | { kind: 'back'; steps: number }
  /** Of a task: its `number`th hint. */
  | { kind: 'hint'; step: number; number: number }
  /** Its goal was tried. */
  | { kind: 'goal'; step: number; reached: boolean; checks: readonly TriedCheck[] }
  /** Its solution was shown, and carried out. */
  | { kind: 'solution'; step: number }
  | { kind: 'end'; how: 'finished' | 'quit' | 'interrupted'; steps: number; kept: boolean }

/** A check, and what came of it. */
export interface TriedCheck {
  what: string
  ok: boolean
  observed: string
}

/** An entry of a record. */
export type Entry = Happening & {
  /** Its place, from 0. */
  n: number
  /** Milliseconds since the lesson began, by a clock that nobody sets. */
  at: number
  /** ISO 8601, by the machine's clock. */
  time: string
}

const index = whole(0, 10_000)
const tried = list(fields({ what: text, ok: flag, observed: text }))

const happenings: Readonly<Record<Happening['kind'], Readonly<Record<string, Shape>>>> = {
  begin: {
    version: oneOf(recordVersion),
    lab: text,
    title: text,
    text,
    netlab: text,
    student: text,
    steps: list(text),
    tasks: list(index),
  },
  step: { step: index },
  asked: {
    step: index,
    ask: text,
    answers: list(text),
    right: whole(0, 5),
    said: either(oneOf(null), whole(0, 5)),
  },
  judged: { step: index, verdict: oneOf('right', 'wrong', 'skipped', 'void'), came: text },
  done: { step: index, ok: flag, checks: tried, failed: optional(text) },
  traced: { step: index, what: text },
  shell: { step: index },
  typed: { line: text, in: text, folder: text, shell: whole(0, Number.MAX_SAFE_INTEGER) },
  printed: { text },
  'left-out': {},
  'shell-left': {},
  back: { steps: index },
  hint: { step: index, number: index },
  goal: { step: index, reached: flag, checks: tried },
  solution: { step: index },
  end: { how: oneOf('finished', 'quit', 'interrupted'), steps: index, kept: flag },
}

const stamp = {
  n: whole(0, Number.MAX_SAFE_INTEGER),
  at: number,
  time: matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
}

/** Whether a value that was read is an entry of a record. */
export function isEntry(value: unknown): value is Entry {
  const { kind } = (value ?? {}) as { kind?: unknown }
  if (typeof kind !== 'string' || !Object.hasOwn(happenings, kind)) return false
  return fields({ ...stamp, ...happenings[kind as Happening['kind']] })(value)
}
