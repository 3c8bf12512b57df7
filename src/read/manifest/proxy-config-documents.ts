import type { Path, ReadDocuments, SourceDocument } from '../../text/document.ts'
import { manifestDocuments } from './manifest-text.ts'
import { proxyConfigKey } from './proxy-config-map.ts'

/** The documents of the text with kube-proxy's settings, at the ConfigMap's path. Where it stands there line by line, each has the numbers of its lines in the file. */
export function proxyConfigDocuments(document: SourceDocument, path: Path, text: string): ReadDocuments {
  const before = document.lineAt([...path, 'data', proxyConfigKey])
  const isBlock = firstLines(document.text, before, 2).at(-1)?.trim() === firstLines(text, 0, 1)[0]?.trim()
  return isBlock
    ? manifestDocuments('\n'.repeat(before) + text, document.file)
    : manifestDocuments(text, `${proxyConfigKey} in ${document.file}`)
}

/** Some lines of a text from a 1-based one on; a dump of a cluster has a million. */
function firstLines(text: string, from: number, count: number): string[] {
  let start = 0
  for (let line = 1; line < from; line++) start = text.indexOf('\n', start) + 1
  return text.slice(start, start + 4096).split('\n', count)
}
