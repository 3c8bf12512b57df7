/** A pattern that is words, with gaps between them, as these words: `"1"`, `"…nameserver 8.8.8.8…"`, `"10.0.0.1 … dev eth0…"`. */
export function patternWords(pattern: string): string {
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
