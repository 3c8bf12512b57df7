import { exitCode, NetlabError } from '../errors.ts'

/** One mistake in a file that a person wrote, with the place to look at. */
export interface Problem {
  file: string
  /** 1-based. */
  line: number
  /** 1-based, in characters. */
  column: number
  /** How many characters the caret underlines; at least 1. */
  length: number
  /** The line of the file as it stands, without its line break; empty where the file has no such line. */
  sourceLine: string
  /** What is wrong. */
  message: string
  /** What to write instead. */
  fix?: string
}

/** Why a text cannot be what it should be, and what to write. */
export interface Refusal {
  refusal: string
  fix?: string
}

/** Of one file no more are told: the rest shows when these are mended. */
export const mostMistakes = 100

/** All mistakes found in a lab file and its manifests; nothing was started. */
export class LabError extends NetlabError {
  override readonly name = 'LabError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
    super({ what: `${problems[0]?.file ?? 'lab'}: ${count}`, exitCode: exitCode.wrongInput })
    this.problems = problems
  }
}
