import type { Refusal } from './address.ts'

/** Reads a regular expression. */
export function readPattern(text: string): { pattern: string } | Refusal {
  try {
    new RegExp(text)
    return { pattern: text }
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : ''
    return {
      refusal: `not a regular expression: ${reason}`,
      fix: 'write a backslash before . ( ) [ ] { } * + ? | ^ $ where they are meant as they stand',
    }
  }
}
