import type { Refusal } from './problem.ts'

/**
 * Splits a command line into words as a POSIX shell does (quotes, backslashes), and does nothing else that a shell does:
 * `$`, `*` and `~` stay as they are. What surely asks for a shell, a pipe say, is refused.
 */
export function splitWords(line: string): { words: string[] } | Refusal {
  const words: string[] = []
  let word: string | undefined
  const text = line.trim()
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === "'") {
      const end = text.indexOf("'", at + 1)
      if (end === -1) return unclosed("'")
      word = (word ?? '') + text.slice(at + 1, end)
      at = end
    } else if (char === '"') {
      const quoted = doubleQuoted(text, at)
      if (!quoted) return unclosed('"')
      if ('refusal' in quoted) return quoted
      word = (word ?? '') + quoted.value
      at = quoted.end
    } else if (char === '\\') {
      const next = text.charAt(++at)
      if (next === '')
        return { refusal: 'the command ends with a backslash', fix: 'write \\\\ for a backslash' }
      if (next !== '\n') word = (word ?? '') + next
    } else if (char === '\n') {
      return {
        refusal: 'several lines in one command',
        fix: 'write each command as an item of its own ("- …"), or end the line with a backslash',
      }
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else {
      const shell = shellSyntax(text, at)
      if (shell) return refuseShell(shell, text)
      word = (word ?? '') + char
    }
  }
  if (word !== undefined) words.push(word)
  if (words.length === 0) return { refusal: 'an empty command', fix: 'write a command, or remove it' }
  return { words }
}

function doubleQuoted(text: string, start: number): { value: string; end: number } | Refusal | undefined {
  let value = ''
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '"') return { value, end: at }
    const next = text.charAt(at + 1)
    if (char === '\\' && '"\\$`\n'.includes(next) && next !== '') {
      if (next !== '\n') value += next
      at++
    } else {
      const shell = char === '$' || char === '`' ? shellSyntax(text, at) : undefined
      if (shell) return refuseShell(shell, text)
      value += char
    }
  }
  return undefined
}

/** What a shell would act upon at this place, outside quotes. */
function shellSyntax(text: string, at: number): string | undefined {
  return text.slice(at).match(/^(?:\$\(|`|\|\|?|&&?|;|<<?|>>?)/)?.[0]
}

function refuseShell(syntax: string, text: string): Refusal {
  const closing = syntax === '$(' ? ')' : ''
  return {
    refusal: `${syntax}${closing} is for a shell, and no shell runs this command`,
    fix: `write sh -c ${quoted(text)}; put ${syntax} in single quotes where it is meant as it stands`,
  }
}

function quoted(text: string): string {
  const short = text.length > 60 ? '…' : text
  return short.includes("'") ? "'…'" : `'${short}'`
}

function unclosed(quote: string): Refusal {
  return {
    refusal: `a ${quote} is never closed`,
    fix: `close it, or write \\${quote} for the character itself`,
  }
}
