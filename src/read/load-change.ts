import type { Lab } from '../model/lab.ts'
import { problemOfFile } from '../text/document.ts'
import { LabError } from '../text/problem.ts'
import { isManifest, type LabWithManifest, withManifest } from './apply-manifest.ts'
import { labOfDocuments, readText } from './load-lab.ts'
import { manifestDocuments } from './manifest/manifest-text.ts'

/** Reads what a running lab is to become: a lab file, but for its name and limits, or a manifest whose services it gets. Throws a `LabError` with all that is wrong. */
export function loadChange(path: string, running: Lab): LabWithManifest {
  const read = readText(path)
  if ('refusal' in read) throw new LabError([problemOfFile(path, '', read.refusal, read.fix)])
  const documents = manifestDocuments(read.text, path)
  if (isManifest(documents.documents)) return withManifest(running, documents)
  const language = running.language ?? 'en'
  const lab = labOfDocuments(documents, read.text, path, language)
  return { lab: { ...lab, name: running.name, limits: running.limits }, skipped: [], otherKinds: new Map() }
}
