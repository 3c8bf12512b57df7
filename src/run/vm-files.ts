import { type Stats, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Lab } from '../model/lab.ts'
import { type Language, translations } from '../model/language.ts'
import { loadLab, readText, textsOf } from '../read/load-lab.ts'
import { LabError } from '../text/problem.ts'

/** Text files that go into a virtual machine with a command, by their absolute paths. */
export type HandedFiles = Readonly<Record<string, string>>

/** The text files that a lab is made of. Its manifests lie below its folder. */
export function filesOf({ sources }: Lab): HandedFiles {
  const [own, ...others] = sources
  if (own === undefined) return {}
  const path = resolve(own.path)
  return Object.fromEntries([
    [path, own.text],
    ...others.map(each => [join(dirname(path), each.path), each.text] as const),
  ])
}

/** Verbs whose words are for a program of the lab, to which a path means a file of the lab. */
const programVerbs = ['exec', 'shell']

/** The files that a command line of netlab names, and what lab files among them are made of; `origin`: the file that the lab came from. */
export function filesNamed(argv: readonly string[], origin?: string): HandedFiles {
  const words = programVerbs.includes(argv[0] ?? '') ? [] : argv
  const paths = [...words, ...(origin === undefined ? [] : [origin])].filter(isFile)
  return Object.assign({}, ...paths.map(filesAt))
}

function isFile(word: string): boolean {
  let found: Stats | undefined
  try {
    found = statSync(word, { throwIfNoEntry: false })
  } catch {
    // A word that is too long for a path, or one that this user may not follow.
  }
  return found?.isFile() ?? false
}

/** What goes along of a lab's texts; a mistake in them is told where they are read. */
function textsAt(path: string, language: Language): HandedFiles {
  const texts = textsOf(path, language)
  return texts === undefined ? {} : { [resolve(texts.path)]: texts.text }
}

function filesAt(path: string): HandedFiles {
  try {
    return Object.assign(filesOf(loadLab(path)), ...translations.map(language => textsAt(path, language)))
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    // It has a mistake, of which netlab tells there; or it is a manifest.
    const read = readText(path)
    return 'text' in read ? { [resolve(path)]: read.text } : {}
  }
}
