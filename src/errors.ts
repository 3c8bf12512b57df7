/** Exit codes of the command line; people and scripts rely on them. */
export const exitCode = { fine: 0, failed: 1, wrongInput: 2, machineLacks: 3, interrupted: 130 } as const

/** What an error tells people, in the order in which it is shown. */
export interface ErrorFacts {
  /** What happened, one line. */
  what: string
  /** Where: a file and line, a lab, a step. */
  where?: string
  /** Why the failed thing was being done. */
  why?: string
  /** Evidence: a command with its stderr, say; may have several lines. */
  details?: string
  /** What to do now: often a command to type. */
  fix?: string
  exitCode?: number
  cause?: unknown
}

/** The one error that netlab throws on purpose; any other is a bug and is shown with its stack. */
export class NetlabError extends Error {
  override readonly name: string = 'NetlabError'
  readonly where: string | undefined
  readonly why: string | undefined
  readonly details: string | undefined
  readonly fix: string | undefined
  readonly exitCode: number

  constructor(facts: ErrorFacts) {
    super(facts.what, { cause: facts.cause })
    this.where = facts.where
    this.why = facts.why
    this.details = facts.details
    this.fix = facts.fix
    this.exitCode = facts.exitCode ?? exitCode.failed
  }
}
