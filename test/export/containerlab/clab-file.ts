import { parse } from 'yaml'
import { type ClabTopology, clabTopology } from './clab-schema.ts'

/**
 * A topology file as containerlab reads it: first as a Go template, then with the environment's variables put in (core/file.go), then as
 * YAML. Of both only what escapes is known here; all else that they would act upon is refused.
 */
export function readClab(text: string): ClabTopology {
  const literal = text.split('{{`{{`}}')
  if (literal.some(part => part.includes('{{'))) throw new Error('a template would be rendered')
  const rendered = literal.join('{{').replaceAll(/\$(.?)/g, (_, next: string) => {
    if (next !== '$') throw new Error(`a variable would be put in: $${next}`)
    return '$'
  })
  // It is read by Go's yaml.v2, which is YAML 1.1.
  return clabTopology.parse(parse(rendered, { version: '1.1' }))
}

/** A line of `exec` as words: google/shlex, by which containerlab splits it (exec/exec.go). */
export function execWords(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at)
    if (char === "'") {
      const end = line.indexOf("'", at + 1)
      if (end < 0) throw new Error(`a quote is not closed: ${line}`)
      word = (word ?? '') + line.slice(at + 1, end)
      at = end
    } else if (char === '"') {
      word ??= ''
      for (at++; line.charAt(at) !== '"'; at++) {
        if (at >= line.length) throw new Error(`a quote is not closed: ${line}`)
        if (line.charAt(at) === '\\') at++
        word += line.charAt(at)
      }
    } else if (char === '\\') word = (word ?? '') + line.charAt(++at)
    else if (/[ \t\r\n]/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (char === '#' && word === undefined) at = line.length
    else word = (word ?? '') + char
  }
  return word === undefined ? words : [...words, word]
}
