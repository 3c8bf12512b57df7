import { shellLine } from '../command/command-line.ts'
import type { Check } from '../model/lab.ts'
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
  return words.exits(check.exit, check.output === undefined ? undefined : patternWords(check.output))
}

/** A pattern that is words, with gaps between them, as these words: `"1"`, `"…nameserver 8.8.8.8…"`, `"10.0.0.1 … dev eth0…"`. */
function patternWords(pattern: string): string {
  const [, start = '', body = '', end = ''] = /^(\^?)(.*?)((?:(?:\\n\??)?\$)?)$/s.exec(pattern) ?? []
  const words = wordsWithGaps(body)
  if (words === undefined) return `/${pattern}/`
  return `"${start === '' ? '…' : ''}${words}${end === '' ? '…' : ''}"`.replaceAll(/…+/g, '…')
}

/** What a pattern is made of: a gap, blanks, a line break, a character that stands for itself, and whatever else there is. */
const patternParts =
  /(?<gap>\.\*|(?:\\[dwS]|\[0-9\])\+)|(?<blanks>(?: |\\s)\+)|(?<line>\\n)|\\(?<escaped>[^\w\s])|(?<plain>[^\\^$*+?()[\]{}|](?![*+?{]))|(?<other>.)/gs

/** Undefined: it asks for more than words. Line breaks are as in what was observed. */
function wordsWithGaps(pattern: string): string | undefined {
  let words = ''
  for (const { groups = {} } of pattern.matchAll(patternParts)) {
    if (groups.other !== undefined) return undefined
    if (groups.gap !== undefined) words += '…'
    else if (groups.blanks !== undefined) words += ' '
    else words += groups.line === undefined ? (groups.escaped ?? groups.plain) : ' · '
  }
  return words
}
