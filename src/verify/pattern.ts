import { type Context, createContext, Script } from 'node:vm'
import { NetlabError } from '../errors.ts'

/** Milliseconds; a pattern that is not of the kind that tries everything in every way takes less than one. */
const patience = 1000

const script = new Script(
  '{ const found = new RegExp(pattern, "mud").exec(text); found && found.indices[0].join() }',
)
/** Made once, and only where there is a pattern: it takes longer than all else. */
let context: Context | undefined

/** A pattern that is not through with a text. */
export class PatternError extends NetlabError {
  override readonly name = 'PatternError'
}

/**
 * Where a lab's regular expression fits a text, from the first character to behind the last; undefined: nowhere. Throws PatternError where that takes too long: nothing but a time limit of
 * V8's own ends an expression such as `^(a+)+$`, and Ctrl-C waits for it.
 */
export function matchInTime(pattern: string, text: string): readonly [number, number] | undefined {
  context ??= createContext()
  Object.assign(context, { pattern, text })
  try {
    const found = script.runInContext(context, { timeout: patience }) as string | null
    if (found === null) return undefined
    const [from = 0, to = 0] = found.split(',').map(Number)
    return [from, to]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    throw new PatternError({
      what: `the pattern ${pattern} is not through with ${text.length} characters after ${patience / 1000} s; write it without a repetition within a repetition`,
    })
  }
}
