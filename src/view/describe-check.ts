import { shellLine } from '../command/command-line.ts'
import type { Check } from '../model/lab.ts'
import { patternWords } from './pattern-words.ts'
import { en, type Words } from './words/en.ts'

/** What a check tries: `curl 10.0.0.11:8080 from host`. */
export function describeAttempt(check: Check, words: Words = en): string {
  if (check.kind === 'command') return words.attempt(shellLine(check.argv), check)
  return words.attempt(`curl ${check.url}`, check, check.requests)
}

/** A check as a sentence: `curl 10.0.0.11:8080 from host: netns_011 answers`. */
export function describeCheck(check: Check): string {
  return `${describeAttempt(check)}: ${describeExpectation(check)}`
}

/** What a check asks for, in words: `netns_011 answers`, `is refused`, `exits with 0`. */
export function describeExpectation(check: Check, words: Words = en): string {
  if (check.kind === 'curl') return words.expectations(check.expect)
  return words.exits(
    check.exit,
    check.output === undefined ? undefined : (check.says ?? patternWords(check.output)),
  )
}
