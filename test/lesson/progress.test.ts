import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { keepPlace, placeIn, printOf, progressPath, readPlaces } from '../../src/lesson/progress.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { ownFolder } from '../own-folder.ts'
import { labOf } from '../plan/lab-text.ts'

const folder = ownFolder('progress')
const path = join(folder, 'netlab', 'progress.json')
const at = (steps: number) => ({ steps, of: 5, print: 7, day: '2025-03-01' })

afterEach(() => rmSync(join(folder, 'netlab'), { recursive: true, force: true }))

it('lies where XDG says, and else below the home folder', () => {
  expect(progressPath({ XDG_STATE_HOME: '/x/state' })).toBe('/x/state/netlab/progress.json')
  expect(progressPath({ XDG_STATE_HOME: 'relative' })).toMatch(
    /^\/.*\/\.local\/state\/netlab\/progress\.json$/,
  )
  expect(progressPath({})).toMatch(/^\/.*\/\.local\/state\/netlab\/progress\.json$/)
})

it('is where somebody was last, nobody else may read it, and a lesson that was done once is done', () => {
  keepPlace('a', at(2), path)
  keepPlace('/labs/b.yaml', at(5), path)
  keepPlace('/labs/b.yaml', at(1), path)
  const { places, trouble } = readPlaces(path)
  expect(trouble).toBeUndefined()
  expect(placeIn(places, 'a')).toEqual({ ...at(2), done: false })
  expect(placeIn(places, '/labs/b.yaml')).toEqual({ ...at(1), done: true })
  expect([statSync(path).mode & 0o777, statSync(join(folder, 'netlab')).mode & 0o777]).toEqual([0o600, 0o700])
})

it('may be removed: nobody has been anywhere then', () => {
  keepPlace('a', at(2), path)
  rmSync(path)
  expect(readPlaces(path)).toEqual({ places: {} })
})

it('knows the labs that were walked last, however many there were', () => {
  const many = Object.fromEntries(
    Array.from({ length: 700 }, (_, n) => [`/lab-${n}`, { ...at(1), done: false }]),
  )
  mkdirSync(join(folder, 'netlab'))
  writeFileSync(path, JSON.stringify({ version: 1, labs: many }))
  keepPlace('a', at(2), path)
  const { places } = readPlaces(path)
  expect(Object.keys(places)).toHaveLength(500)
  expect([
    placeIn(places, 'a')?.steps,
    placeIn(places, '/lab-699')?.steps,
    placeIn(places, '/lab-0'),
  ]).toEqual([2, 1, undefined])
})

describe('a file that is none of ours', () => {
  it.each([
    ['of no JSON', 'oops'],
    ['of nothing', 'null'],
    ['of a list', '[]'],
    ['of other types', '{"version":1,"labs":{"a":{"steps":"2"}}}'],
    [
      'of steps that cannot be',
      '{"version":1,"labs":{"a":{"steps":-1,"of":5,"done":false,"print":7,"day":"2025-03-01"}}}',
    ],
    [
      'of control characters',
      '{"version":1,"labs":{"a":{"steps":1,"of":5,"done":false,"print":7,"day":"\\u001b[2J"}}}',
    ],
  ])('%s is told, and written anew', (_, text) => {
    mkdirSync(join(folder, 'netlab'))
    writeFileSync(path, text)
    const { places, trouble } = readPlaces(path)
    expect(places).toEqual({})
    expect(trouble?.message).toContain('cannot be read')
    keepPlace('a', at(2), path)
    expect(placeIn(readPlaces(path).places, 'a')?.steps).toBe(2)
  })

  it('of a newer netlab is left as it is', () => {
    mkdirSync(join(folder, 'netlab'))
    const text = '{"version":99,"labs":{}}'
    writeFileSync(path, text)
    expect(readPlaces(path).trouble?.why).toContain('newer')
    expect(() => keepPlace('a', at(2), path)).toThrow('cannot be read')
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  it('that is a link leads nowhere', () => {
    mkdirSync(join(folder, 'netlab'))
    const other = join(folder, 'other')
    writeFileSync(other, 'precious')
    symlinkSync(other, path)
    expect(readPlaces(path).places).toEqual({})
    keepPlace('a', at(2), path)
    expect(readFileSync(other, 'utf8')).toBe('precious')
  })

  it('with names that mean something to JavaScript has labs of these names', () => {
    mkdirSync(join(folder, 'netlab'))
    writeFileSync(path, JSON.stringify({ version: 1, labs: {} }))
    expect(placeIn(readPlaces(path).places, '__proto__')).toBeUndefined()
    expect(placeIn(readPlaces(path).places, 'constructor')).toBeUndefined()
  })
})

it('a lab whose words are others is the same; one whose steps do something else is not', () => {
  const print = (title: string, run: string) =>
    printOf(
      labAsBuilt(
        labOf(`name: x
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: {address: 10.0.0.11/24}}
steps: [{title: ${title}, run: [${run}]}]
`),
      ),
    )
  expect(print('One', 'ip link')).toBe(print('Eins', 'ip link'))
  expect(print('One', 'ip link')).not.toBe(print('One', 'ip addr'))
})
