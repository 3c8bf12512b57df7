import { readDocuments, type SourceDocument } from '../../text/document.ts'

/** From this size on, in characters, JSON is what a program wrote: whole clusters, and no key twice. */
const large = 256 * 1024

/**
 * A large JSON file as a document, in a fraction of the time: its positions are looked for only once there is something
 * to tell. Undefined where it has to be read in the ordinary way.
 */
export function largeJsonDocument(text: string, file: string): SourceDocument | undefined {
  if (text.length < large || !/^\s*\{/.test(text)) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  let read: SourceDocument | undefined
  const positions = () => {
    read ??= readDocuments(text, file).documents[0]
    if (read === undefined) throw new Error(`${file} is JSON, but not YAML`)
    return read
  }
  return {
    file,
    text,
    value,
    problemAt: (...problem) => positions().problemAt(...problem),
    lineAt: path => positions().lineAt(path),
  }
}
