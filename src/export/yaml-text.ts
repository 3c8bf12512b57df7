/** A text of several lines, or with what YAML takes for its own, as a scalar; `indent`: of the key or dash that it stands behind. */
export function yamlScalar(text: string, indent = ''): string {
  if (isPlain(text)) return text
  // Where a line break is a line break, what is read there is what is run.
  if (isBlock(text)) return `|-\n${text.replaceAll(/^(?=.)/gm, `${indent}  `)}`
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f-\u00a0\u2028\u2029\ufeff]/.test(text)) return escaped(text)
  return `'${text.replaceAll("'", "''")}'`
}

/** Several words, so that no reader of YAML, old or new, takes it for a number, a date or a truth value. */
function isPlain(text: string): boolean {
  return /^[A-Za-z][\u0021-\u007e]*(?: [\u0021-\u007e]+)+$/.test(text) && !/: | #|:$/.test(text)
}

function isBlock(text: string): boolean {
  return /^[\t\n\u0020-\u007e]+$/.test(text) && /^\S.*\n/.test(text) && !text.endsWith('\n')
}

/** JSON is YAML as well, but for what older readers take for line breaks. */
function escaped(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u00a0\u2028\u2029\ufeff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Words for a comment: one line, whatever they hold. */
export function commentWords(text: string): string {
  return text.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').trim()
}
