import { readdirSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { shellWord } from '../command/command-line.ts'
import { exitCode, NetlabError } from '../errors.ts'

/** The manifests of a folder, by their paths. Throws NetlabError where it has none, or a tool makes them. */
export function filesIn(folder: string): string[] {
  const names = namesIn(folder)
  if (names.includes('Chart.yaml'))
    throw refused(
      `${folder} is a Helm chart, which makes manifests`,
      `hand them over: helm template ${shellWord(folder)}, and "-f -" reads them from a pipe`,
    )
  const kustomization = names.find(name => /^(?:kustomization\.ya?ml|Kustomization)$/.test(name))
  if (kustomization !== undefined)
    throw refused(
      `${folder} has a ${kustomization}: kustomize makes manifests of it`,
      `hand them over: kubectl kustomize ${shellWord(folder)}, and "-f -" reads them from a pipe`,
    )
  const files = names
    .filter(name => /\.(?:ya?ml|json)$/.test(name) && !name.startsWith('.'))
    .map(name => join(folder, name))
    // kubectl, too, leaves folders in a folder alone, whatever they are called.
    .filter(path => !statOf(path).isDirectory())
  if (files.length > 0) return files
  const inner = names.find(name => !name.startsWith('.') && statOf(join(folder, name)).isDirectory())
  const fix = inner === undefined ? undefined : `name the folder that has them: ${join(folder, inner)}, say`
  throw refused(`${folder} has no .yaml, .yml or .json file`, fix)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    throw unreadable(folder, error)
  }
}

/** What a file or folder is. Throws NetlabError where that cannot be known. */
export function statOf(path: string): Stats {
  try {
    return statSync(path)
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** Why a file cannot be read. */
export function unreadable(path: string, cause: unknown): NetlabError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    ENOTDIR: 'there is no such file',
    EACCES: 'you may not read it',
  }
  const why = reasons[code] ?? (cause instanceof Error ? cause.message : String(cause))
  return new NetlabError({ what: `${path} cannot be read: ${why}`, exitCode: exitCode.wrongInput, cause })
}

/** That a file is not what is asked for. */
export function refused(what: string, fix?: string): NetlabError {
  return new NetlabError({ what, ...(fix === undefined ? {} : { fix }), exitCode: exitCode.wrongInput })
}
