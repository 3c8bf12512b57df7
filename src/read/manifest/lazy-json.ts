import { readDocuments, type SourceDocument } from '../../text/document.ts'

/**
 * JSON as a document, in a fraction of the time: its positions are looked for only once there is something to tell.
 * `start`: where it begins in the file's `whole` text. Undefined where it is not JSON.
 */
export function lazyJsonDocument(
  text: string,
  file: string,
  start: number,
  whole = text,
): SourceDocument | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  let read: SourceDocument | undefined
  const positions = () => {
    // Blank lines in place of all that stands before it: so its own lines have their numbers.
    read ??= readDocuments(whole.slice(0, start).replace(/[^\n]/g, '') + text, file).documents[0]
    if (read === undefined) throw new Error(`${file} is JSON, but not YAML`)
    return read
  }
  return {
    file,
    text: whole,
    value,
    problemAt: (...problem) => positions().problemAt(...problem),
    lineAt: path => positions().lineAt(path),
  }
}
