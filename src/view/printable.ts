import { codePointName, replaceControlCharacters } from '../text/control-character.ts'

/**
 * Makes control characters visible, so that what a lab file, a program or a server wrote cannot move the cursor, hide
 * text or turn it around. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return replaceControlCharacters(text.replaceAll('\r\n', '\n'), character => {
    const code = character.codePointAt(0)!
    if (code < 0x20) return String.fromCodePoint(0x2400 + code)
    return code === 0x7f ? '␡' : `<${codePointName(character)}>`
  })
}

/** Bold, dim and the colours of text, and their ends: the only sequences that netlab itself writes into a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ownColor = /(\u001b\[(?:1|2|22|3[0-79]|9[0-7])m)/

/** Makes all of a coloured text printable but for its colours. */
export function printableInColor(text: string): string {
  return eachUncoloured(text, printable)
}

/** A coloured text of which the pieces between the colours have been changed, in order. */
export function eachUncoloured(text: string, change: (piece: string) => string): string {
  // Every other piece is what `split` keeps of the pattern: a colour.
  return text
    .split(ownColor)
    .map((piece, index) => (index % 2 === 1 ? piece : change(piece)))
    .join('')
}

/** JSON to read and to parse; what a terminal would act upon is escaped, as JSON allows. */
export function printableJson(value: unknown, indent: number | undefined = 2): string {
  const text = JSON.stringify(value, null, indent)
  return `${replaceControlCharacters(text, character => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`)}\n`
}

/** A JSON value in which every text is printable, names of fields too: for a page, which shows it as text. */
export function printableValue(value: unknown): unknown {
  if (typeof value === 'string') return printable(value)
  if (Array.isArray(value)) return value.map(printableValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [printable(name), printableValue(each)]),
  )
}

/** Text as XML has it, between tags and in an attribute. */
export function printableXml(text: string): string {
  return (
    printable(text)
      // No XML may have these, nor half of a surrogate pair.
      .replace(
        /[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
        '\ufffd',
      )
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  )
}
