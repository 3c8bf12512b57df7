/** What is written without blanks between words: Chinese, and Japanese. A line may break between any two characters of it, with exceptions. */

const unspaced =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Bopomofo}\\u3000-\\u303f\\uff01-\\uff60'
const mark = '[\\u3001-\\u303f\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff60]'

// In texts, and not in literals of expressions: of those esbuild leaves the characters as they are, and the program is read as Latin-1.
const closingMarks = '、。，．：；？！）］｝〉》」』】〕〗’”…—～·％!),.:;?}%'
const openingMarks = '（［｛〈《「『【〔〖‘“({'

/** No line begins with one of these. */
const closing = new RegExp(`^[${closingMarks}\\]]`, 'u')
/** No line ends with one of these. */
const opening = new RegExp(`[${openingMarks}\\[]$`, 'u')

const character = new RegExp(`[${unspaced}]`, 'u')
const foldBlank = new RegExp(`(?<=[${unspaced}]) (?=[${unspaced}])|(?<=${mark}) | (?=${mark})`, 'gu')

/** A text whose lines YAML has joined by blanks, without those that stand where such a script has none. */
export function withoutFoldBlanks(text: string): string {
  return character.test(text) ? text.replace(foldBlank, '') : text
}

/** Words and characters of a line without blanks of its own, between any two of which it may break. */
export function breakable(word: string): string[] {
  if (!character.test(word)) return [word]
  const pieces: string[] = []
  let isWord = false
  for (const each of word) {
    const isOwn = character.test(each)
    const last = pieces.at(-1)
    const stays = last !== undefined && ((isWord && !isOwn) || closing.test(each) || opening.test(last))
    if (stays) pieces[pieces.length - 1] = last + each
    else pieces.push(each)
    isWord = !isOwn
  }
  return pieces
}
