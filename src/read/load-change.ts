import type { Lab } from '../model/lab.ts'
import { problemOfFile } from '../text/document.ts'
import { LabError } from '../text/problem.ts'
import { isManifest, type LabWithManifest, withManifest } from './apply-manifest.ts'
import { loadLab, readText } from './load-lab.ts'

/** Reads what a running lab is to become: a lab file, but for its name and limits, or a manifest whose services it gets. Throws a `LabError` with all that is wrong. */
export function loadChange(path: string, running: Lab): LabWithManifest {
  const read = readText(path)
  if ('refusal' in read) throw new LabError([problemOfFile(path, '', read.refusal, read.fix)])
  if (isManifest(read.text, path)) return withManifest(running, read.text, path)
  return { lab: { ...loadLab(path), name: running.name, limits: running.limits }, skipped: [] }
}
