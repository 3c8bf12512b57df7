import type { Path, SourceDocument } from './document.ts'
import { mostMistakes, type Problem } from './problem.ts'

/**
 * What acts on a terminal or turns text around instead of being seen: C0 without tab and line feed, DEL, C1, the other line breaks of
 * Unicode and its marks that change the direction of text.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const pattern = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

/** The first control character of a text, as Unicode names it: `U+001B`. */
export function firstControlCharacter(text: string): string | undefined {
  const found = pattern.exec(text)
  return found === null ? undefined : codePointName(found[0])
}

/** Puts something else in the place of each control character. */
export function replaceControlCharacters(text: string, replacement: (character: string) => string): string {
  return text.replace(new RegExp(pattern, 'g'), replacement)
}

/** `U+001B` */
export function codePointName(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
}

/** A text or a key with a control character, which YAML can write as an escape, is no part of a lab: people read all of it. */
export function controlCharacterProblems(document: SourceDocument): Problem[] {
  const problems: Problem[] = []
  const refuse = (text: string, path: Path, on: 'key' | 'value') => {
    const name = firstControlCharacter(text)
    if (name === undefined || problems.length >= mostMistakes) return
    const message = `a control character (${name}) stands in this text`
    problems.push(document.problemAt(path, message, { fix: 'remove it', on }))
  }
  const look = (value: unknown, path: Path): void => {
    if (typeof value === 'string') refuse(value, path, 'value')
    else if (Array.isArray(value)) for (const [index, item] of value.entries()) look(item, [...path, index])
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        refuse(key, [...path, key], 'key')
        look(inner, [...path, key])
      }
    }
  }
  look(document.value, [])
  return problems
}
