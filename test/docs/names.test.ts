import { existsSync, readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { beforeAll, describe, expect, test } from 'vitest'
import { EarlyStart } from '../../src/cli/early-start.ts'
import { openProgram } from '../../src/cli/program.ts'
import { shippedLabs } from '../../src/read/load-shipped.ts'
import { codePieces, fenced, linkedFiles, page, pages, tableRows } from './markdown.ts'

// Documents name what exists. Whether it does what they say is for the other tests.

const readme = page('README.md')
let verbs: ReadonlyMap<string, Command>

beforeAll(async () => {
  const program = await openProgram(new EarlyStart())
  const shown = program.createHelp().visibleCommands(program)
  verbs = new Map(shown.filter(verb => verb.name() !== 'help').map(verb => [verb.name(), verb]))
})

/** A command as a document names it: its verb, or verb and second verb, with the words that follow. */
interface Named {
  verb: string
  command: Command | undefined
  words: readonly string[]
}

/** What is typed after `netlab` in a piece of code, several times where several commands stand in a line. */
function commandsIn(piece: string): Named[] {
  return piece
    .replace(/\s#\s.*/, '')
    .split(/ · |&&|;|\|/)
    .flatMap(part => /(?:^|[\s/])netlab ([a-z].*)$/.exec(part)?.[1] ?? [])
    .map(rest => named(rest.split(/\s+/)))
}

function named([first = '', ...rest]: readonly string[]): Named {
  const command = verbs.get(first)
  const [second = '', ...words] = rest
  const isWhole = command?.registeredArguments.length && /^(?:\[?[A-Z]|-)/.test(second)
  if (!command?.commands.length || second === '' || isWhole) return { verb: first, command, words: rest }
  return { verb: `${first} ${second}`, command: command.commands.find(one => one.name() === second), words }
}

describe.each(pages())('$path', each => {
  const commands = () => codePieces(each).flatMap(commandsIn)

  test('names only verbs that netlab has', () => {
    const unknown = commands().filter(({ command }) => command === undefined)
    expect(unknown.map(({ verb }) => verb)).toEqual([])
  })

  test('gives verbs only options that they have', () => {
    const unknown = commands().flatMap(({ verb, command, words }) => {
      const own = words.slice(0, words.includes('--') ? words.indexOf('--') : words.length)
      const flags = own.filter(word => /^-{1,2}[a-z]/.test(word)).map(word => word.split('=')[0] ?? '')
      const known = command?.options.flatMap(({ short, long }) => [short, long]) ?? []
      return flags.filter(flag => flag !== '--help' && !known.includes(flag)).map(flag => `${verb} ${flag}`)
    })
    expect(unknown).toEqual([])
  })

  test('links only to files that are there', () => {
    expect(linkedFiles(each).filter(file => !existsSync(file))).toEqual([])
  })
})

test("README's table has every verb of --help, each once", () => {
  const named = tableRows(readme, 'The verbs').map(([verb = '']) => /^`netlab ([a-z-]+)/.exec(verb)?.[1])
  expect(new Set(named)).toEqual(new Set(verbs.keys()))
  expect(named.length).toBe(verbs.size)
})

const isExercise = (lab: string) => lab.startsWith('exercise-')

test("README's table has every lesson that ships, and no other lab", () => {
  const named = tableRows(readme, 'The labs').map(([lab = '']) => lab)
  const lessons = shippedLabs().filter(lab => !isExercise(lab))
  expect(named.toSorted()).toEqual(lessons.map(lab => `[${lab}](labs/${lab}.yaml)`))
})

test('the table of the exercises has each that ships, in their order, after lessons that ship', () => {
  const rows = tableRows(page('docs/exercises.md'), 'The list')
  const exercises = shippedLabs().filter(isExercise)
  expect(rows.map(([lab]) => lab)).toEqual(exercises.map(lab => `[${lab}](../labs/${lab}.yaml)`))
  const before = rows.flatMap(([, , lessons = '']) => lessons.split(', '))
  expect(before.filter(lab => isExercise(lab) || !shippedLabs().includes(lab))).toEqual([])
})

test('the first lab that is explained line by line is the one that ships', () => {
  const firstLab = page('docs/first-lab.md')
  const [listing = ''] = fenced(firstLab, 'yaml')
  expect(listing).toBe(readFileSync('labs/two-pods.yaml', 'utf8'))
  const explained = tableRows(firstLab, 'The first lab, line by line').map(([line = '']) =>
    line.replaceAll('`', ''),
  )
  const lines = listing.trimEnd().split('\n')
  expect(lines.map((line, at) => line.trim().startsWith(explained[at] ?? '?'))).toEqual(lines.map(() => true))
  expect(explained.length).toBe(lines.length)
})

test('every dependency has its reason in the architecture', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const reasons = tableRows(page('docs/architecture.md'), 'Dependencies')
  const given = reasons.filter(([, reason]) => reason !== '').map(([name = '']) => name.replaceAll('`', ''))
  expect(given.toSorted()).toEqual([...Object.keys(dependencies), ...Object.keys(devDependencies)].toSorted())
})

test('every test and folder that the architecture names is there', () => {
  const named = codePieces(page('docs/architecture.md')).filter(piece =>
    /^(src|test|docs|labs|scripts)\//.test(piece),
  )
  expect(named.filter(path => !path.includes('*') && !existsSync(path))).toEqual([])
})
