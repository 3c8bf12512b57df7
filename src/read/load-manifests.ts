import { existsSync, readFileSync } from 'node:fs'
import { basename, isAbsolute } from 'node:path'
import { globSync } from 'tinyglobby'
import { shellWord } from '../command/command-line.ts'
import type { SourceFile } from '../model/lab.ts'
import { filesIn, refused, statOf, unreadable } from './load-folder.ts'

/** Bytes: what one cluster prints, with room to spare. */
const largest = 256 * 1024 * 1024

/** What stands for standard input. */
const stdin = '-'

/**
 * Reads files of manifests, as kubectl takes them: files, folders (of each its own .yaml, .yml and .json files), patterns such as
 * `k8s/*.yaml`, and `-`, for which `readStdin` gives the text. Throws NetlabError for what cannot be read.
 */
export async function loadManifests(
  names: readonly string[],
  readStdin: () => Promise<string>,
): Promise<SourceFile[]> {
  const sources: SourceFile[] = []
  for (const name of new Set(names)) {
    if (name === stdin) sources.push({ path: 'stdin', text: await readStdin() })
    else for (const path of filesOf(name)) sources.push({ path, text: readManifest(path) })
  }
  return [...new Map(sources.map(source => [source.path, source])).values()]
}

/** The files that a name stands for. */
function filesOf(name: string): string[] {
  if (/^https?:\/\//.test(name))
    throw refused(
      `${name} is an address on the web, and netlab fetches nothing`,
      `hand it over: curl -L ${shellWord(name)}, and "-f -" reads it from a pipe`,
    )
  if (!existsSync(name) && /[*?[{]/.test(name)) {
    const found = globSync(name, { expandDirectories: false, absolute: isAbsolute(name) }).sort()
    if (found.length > 0) return found
    throw refused(`no file matches ${name}`, 'look at the pattern: ls shows what is there')
  }
  return statOf(name).isDirectory() ? filesIn(name) : [name]
}

function readManifest(path: string): string {
  const stats = statOf(path)
  // A pipe of the shell's own, `<(helm template …)`, is fine; a device could go on for ever.
  if (!stats.isFile() && !stats.isFIFO()) throw refused(`${path} is not a file`)
  if (stats.size > largest) throw refused(`${path} is larger than 256 MiB`, 'is it the right file?')
  try {
    // With an encoding Node reads a file by 8 KiB, and takes twice as long.
    return readFileSync(path).toString('utf8')
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** What a lab of these sources may be called: their file's, folder's or chart's name. */
export function nameOf(names: readonly string[]): string {
  const [first = ''] = names.filter(name => name !== stdin)
  const stem = basename(first).replace(/\.(?:ya?ml|json)$/, '')
  const name = stem
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '')
  return name === '' ? 'manifests' : name
}
