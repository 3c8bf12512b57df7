import { resolve } from 'node:path'
import { type MadeLab, makeLab } from '../cluster/make-lab.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Lab, LabOrigin, SourceFile } from '../model/lab.ts'
import { loadManifests } from '../read/load-manifests.ts'
import type { LabState } from '../run/lab-folder.ts'
import { readStandardInput } from './standard-input.ts'

/** Manifests for a lab that was made of some: those that are named, beside what it has, or else those that it came from, in place of it. */
export async function loadManifestChange(
  origin: LabOrigin,
  { cwd, lab }: LabState,
  named: readonly string[],
): Promise<LabOrigin> {
  if (named.length > 0) return { ...origin, manifests: [...origin.manifests, await read(named)] }
  if (origin.names.includes('-'))
    throw new NetlabError({
      what: `the manifests of ${lab} came from standard input, which is gone`,
      fix: `hand them over again: … | netlab apply ${lab} -f -; or name files after -f`,
      exitCode: exitCode.wrongInput,
    })
  return { ...origin, manifests: [await read(origin.names.map(name => resolve(cwd, name)))] }
}

function read(names: readonly string[]): Promise<SourceFile[]> {
  return loadManifests(names, readStandardInput)
}

/** The lab that a running one is to become by these manifests: what it has stays as it is where nothing speaks against it. */
export function remade(running: Lab, origin: LabOrigin): MadeLab {
  const from = running.title.replace(/^Services and pods of /, '')
  const made = makeLab(origin, { name: running.name, from }, running)
  return { ...made, lab: { ...made.lab, limits: running.limits } }
}
