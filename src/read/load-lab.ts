import { existsSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { NetlabError } from '../errors.ts'
import type { Lab, SourceFile } from '../model/lab.ts'
import type { Language } from '../model/language.ts'
import { nearest } from '../text/did-you-mean.ts'
import { problemOfFile, type ReadDocuments } from '../text/document.ts'
import { LabError, type Problem, type Refusal } from '../text/problem.ts'
import { readPlainly } from '../text/unplaced.ts'
import { filesIn } from './load-folder.ts'
import { understandLab } from './parse-lab.ts'
import type { ReadManifest } from './service-sources.ts'
import { labOfTexts, textsPath, textsPaths } from './texts-path.ts'

/** Bytes: no lab that a person wrote comes near. */
export const largestLab = 1024 * 1024

/** A lab that has been read. */
export interface LoadedLab {
  lab: Lab
  /** Where texts stay English; undefined: no text is in the language that is wanted. */
  untranslated: readonly Problem[] | undefined
}

/** Reads the lab at `path` with its manifests, and its texts in a language; throws a `LabError` with all that is wrong. */
export function loadLab(path: string, language: Language = 'en'): Lab {
  return loadTranslated(path, language).lab
}

/** The same, and what of its texts is not in that language. */
export function loadTranslated(path: string, language: Language): LoadedLab {
  const read = readText(path)
  if ('refusal' in read) throw new LabError([problemOfFile(path, '', read.refusal, read.fix)])
  const texts = labOfTexts(path)
  if (texts !== undefined && existsSync(texts.lab)) {
    const message = `these are the texts of ${basename(texts.lab)} in another language`
    const fix = `give ${texts.lab}; --lang ${texts.language} shows it with these`
    throw new LabError([problemOfFile(path, read.text, message, fix)])
  }
  return understandIn(language, readPlainly(read.text, path), { path, text: read.text })
}

/** The lab of a file that has been read, with its manifests; throws a `LabError` with all that is wrong. */
export function labOfDocuments(
  documents: ReadDocuments,
  text: string,
  path: string,
  language: Language = 'en',
): Lab {
  return understandIn(language, documents, { path, text }).lab
}

function understandIn(language: Language, documents: ReadDocuments, source: SourceFile): LoadedLab {
  const readIts = (manifest: string) => readManifest(source.path, manifest)
  const file = textsOf(source.path, language)
  const wanted = { language, ...(file === undefined ? {} : { file }) }
  const { lab, problems, untranslated } = understandLab(documents, source, readIts, wanted)
  if (!lab) throw new LabError(problems)
  return { lab, untranslated }
}

/** The file beside a lab that has its texts in a language, if there is one. Throws a `LabError` where it cannot be read. */
export function textsOf(lab: string, language: Language): SourceFile | undefined {
  const path = textsPath(lab, language)
  if (path === undefined || !existsSync(path)) return undefined
  const read = readManifest(lab, basename(path))
  if ('refusal' in read) throw new LabError([problemOfFile(path, '', read.refusal, read.fix)])
  return 'text' in read ? { path, text: read.text } : undefined
}

/** Reads a manifest of a lab, or finds those in a folder of it. A link may lead anywhere; what a lab reads stays in its folder. */
function readManifest(lab: string, path: string): ReturnType<ReadManifest> {
  const folder = dirname(lab)
  const there = join(folder, path)
  const read = isFolder(there) ? manifestsIn(folder, path, basename(lab)) : readText(there)
  if ('refusal' in read) return read
  const root = realpathSync(folder)
  if (`${realpathSync(there)}/`.startsWith(join(root, '/'))) return read
  return { refusal: `${path} leads out of the lab's folder`, fix: 'copy the file into it' }
}

/** No lab has more in a folder; each is read whole. */
const mostManifests = 200

/** The manifests in a folder, but for the lab's own files, by their paths as the lab has them. */
function manifestsIn(folder: string, path: string, lab: string): { files: string[] } | Refusal {
  try {
    const files = filesIn(join(folder, path))
      .map(file => join(path, basename(file)))
      .filter(file => ![lab, ...textsPaths(lab)].includes(file))
    if (files.length > mostManifests)
      return {
        refusal: `${path} has ${files.length} manifests`,
        fix: `name a folder with ${mostManifests} at most`,
      }
    if (files.length === 0)
      return { refusal: `${path} has no manifest beside the lab file`, fix: 'name another folder' }
    return { files }
  } catch (error) {
    if (!(error instanceof NetlabError)) throw error
    return { refusal: error.message, ...(error.fix === undefined ? {} : { fix: error.fix }) }
  }
}

/** Reads a text file, or says why that cannot be. */
export function readText(path: string): { text: string } | Refusal {
  let stats: Stats
  try {
    stats = statSync(path)
  } catch (error) {
    return refusedBy(error, path)
  }
  if (stats.isDirectory()) {
    const inside = namesIn(path).find(name => /\.ya?ml$/.test(name) && labOfTexts(name) === undefined)
    const fix = inside === undefined ? undefined : `did you mean ${join(path, inside)}?`
    return { refusal: `${path} is a folder`, ...(fix !== undefined && { fix }) }
  }
  // A pipe or a device could block, or go on for ever.
  if (!stats.isFile()) return { refusal: `${path} is not a file` }
  if (stats.size > largestLab)
    return { refusal: `${path} is larger than 1 MiB`, fix: 'is it the right file?' }
  try {
    return { text: readFileSync(path, 'utf8') }
  } catch (error) {
    return refusedBy(error, path)
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    // Why it cannot be read is told where it is.
    return false
  }
}

function refusedBy(error: unknown, path: string): Refusal {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const folder = dirname(path)
    const near = nearest(basename(path), namesIn(folder))
    const fix = near === undefined ? undefined : `did you mean ${folder === '.' ? near : join(folder, near)}?`
    return { refusal: `there is no file ${path}`, ...(fix !== undefined && { fix }) }
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return { refusal: `${path} may not be read`, fix: `chmod +r ${path}, or ask its owner` }
  }
  return { refusal: `${path.slice(0, 200)} cannot be read (${code || String(error)})` }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(name => !name.startsWith('.'))
      .sort()
  } catch {
    return []
  }
}
