import { stripVTControlCharacters } from 'node:util'
import { eastAsianWidth } from 'get-east-asian-width'

const ascii = /^[ -~]*$/
const takesNoColumn = /[\p{Mark}\p{Format}\p{Control}]/u

/**
 * Columns that a text takes on a terminal, colours aside. string-width knows more (emoji that are joined from several), but costs
 * each start of netlab 11 ms for a grapheme segmenter.
 */
export function displayWidth(text: string): number {
  const shown = stripVTControlCharacters(text)
  if (ascii.test(shown)) return shown.length
  let width = 0
  for (const character of shown)
    if (!takesNoColumn.test(character)) width += eastAsianWidth(character.codePointAt(0)!)
  return width
}
