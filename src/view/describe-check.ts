import { host } from '../command/command.ts'
import { shellLine } from '../command/command-line.ts'
import type { Check, Expectation, FailureKind } from '../model/lab.ts'
import { listing, plural, roundPercentage } from './format.ts'

/** What a check tries: `curl 10.0.0.11:8080 from host`. */
export function describeAttempt(check: Check): string {
  if (check.kind === 'command')
    return `${shellLine(check.argv)} ${check.from === host ? 'on' : 'in'} ${check.from}`
  const times = check.requests === undefined ? '' : `, ${plural(check.requests, 'time')}`
  return `curl ${check.url} from ${check.from}${times}`
}

/** A check as a sentence: `curl 10.0.0.11:8080 from host: netns_011 answers`. */
export function describeCheck(check: Check): string {
  return `${describeAttempt(check)}: ${describeExpectation(check)}`
}

/** What a check asks for, in words: `netns_011 answers`, `is refused`, `exits with 0`. */
export function describeExpectation(check: Check): string {
  if (check.kind === 'curl') return check.expect.map(curlExpectation).join(', or ')
  const exit = check.exit === undefined ? 'fails' : `exits with ${check.exit}`
  return check.output === undefined ? exit : `${exit} and prints ${patternWords(check.output)}`
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

const failureWords: Record<FailureKind, string> = {
  refused: 'is refused',
  unreachable: 'is unreachable',
  timeout: 'times out',
}

function curlExpectation(expectation: Expectation): string {
  switch (expectation.kind) {
    case 'fails':
      if (expectation.how.length === 0 || expectation.how.length === Object.keys(failureWords).length)
        return 'fails'
      return listing(
        expectation.how.map(how => failureWords[how]),
        'or',
      )
    case 'shares': {
      const shares = Object.entries(expectation.shares).map(
        ([pod, share]) => `${pod} ${roundPercentage(share)}`,
      )
      if (expectation.failed > 0) shares.push(`${roundPercentage(expectation.failed)} fail`)
      return shares.join(', ')
    }
    case 'answers': {
      const who =
        expectation.backends.length === 0
          ? 'gets an answer'
          : `${listing(expectation.backends, 'or')} answers`
      const how = [
        ...(expectation.status === undefined ? [] : [`with status ${expectation.status}`]),
        ...(expectation.body === undefined ? [] : [`with a body like /${expectation.body}/`]),
        ...(expectation.client === undefined ? [] : [`and sees the client as ${expectation.client}`]),
      ]
      return [who, ...how].join(' ')
    }
  }
}
