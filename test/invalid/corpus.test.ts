import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { translations } from '../../src/model/language.ts'
import { loadLab } from '../../src/read/load-lab.ts'
import { labOfTexts } from '../../src/read/texts-path.ts'
import { LabError } from '../../src/text/problem.ts'

const folder = fileURLToPath(new URL('corpus', import.meta.url))
const names = readdirSync(folder)
  .filter(name => name.endsWith('.yaml') && labOfTexts(name) === undefined)
  .map(name => name.slice(0, -'.yaml'.length))

/** All that is told about a lab: `line:col message — fix`, with the manifest's name where it is to blame. */
function told(path: string): string {
  try {
    loadLab(path)
    for (const language of translations) loadLab(path, language)
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    return error.problems
      .map(({ file, line, column, message, fix }) => {
        const where = file === path ? '' : `${file}:`
        const advice = fix === undefined ? '' : ` — ${fix}`
        return `${where}${line}:${column} ${message}${advice}\n`.replaceAll(`${folder}/`, '')
      })
      .join('')
  }
  return 'fine\n'
}

// UPDATE=1 writes what is told now: read each line as a first-year student would before committing it.
test.each(names)('%s', name => {
  const expected = `${folder}/${name}.txt`
  const actual = told(`${folder}/${name}.yaml`)
  if (process.env.UPDATE) writeFileSync(expected, actual)
  expect(actual).toBe(readFileSync(expected, 'utf8'))
  expect(actual).not.toBe('fine\n')
})
