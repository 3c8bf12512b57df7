import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { firstLab } from '../../src/cli/init.ts'
import { parseLab } from '../../src/read/parse-lab.ts'

const manifest = readFileSync(new URL('fixtures/web.service.yaml', import.meta.url), 'utf8')
const rich = readFileSync(new URL('fixtures/rich.yaml', import.meta.url), 'utf8')
const labs = [firstLab, rich]
const runs = 2_000
/** One and the same in each run, so that a change of the code makes it fail and not chance; to look for more, NETLAB_TEST_SEED tells another one. */
const seed = Number(process.env.NETLAB_TEST_SEED ?? 1)

/** What a message has only where a value was not thought of, or where somebody wrote it. */
const slips = ['undefined', '[object', 'NaN']

/** A lab is accepted, or refused with positions inside the text; nothing else may happen. */
function acceptedOrRefused(lab: string, service = manifest): void {
  const { lab: accepted, problems } = parseLab(lab, 'lab.yaml', () => ({ text: service }))
  expect(problems.length === 0).toBe(accepted !== undefined)
  for (const { file, line, column, length, sourceLine, message } of problems) {
    const lines = (file === 'lab.yaml' ? lab : service).split('\n')
    const [shown] = (lines[line - 1] ?? 'no such line').replace(/^\uFEFF/, '').split('\r')
    expect({ message, sourceLine }).toEqual({ message, sourceLine: shown })
    const characters = [...sourceLine].length
    expect(column, message).toBeGreaterThanOrEqual(1)
    expect(column, message).toBeLessThanOrEqual(characters + 1)
    expect(length, message).toBeGreaterThanOrEqual(1)
    expect(column + length - 1, message).toBeLessThanOrEqual(Math.max(characters, column))
    for (const word of slips)
      if (!lab.includes(word) && !service.includes(word)) expect(message).not.toContain(word)
  }
}

const snippet = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 3 }),
  fc.constantFrom(
    '\t',
    '\n',
    '\r\n',
    ':',
    ': ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '#',
    '&a ',
    '*a',
    '!x ',
    '|',
    '>',
    '\0',
    '---\n',
    '...',
    '<<: ',
    '? ',
    '~',
    '%YAML 1.1\n---\n',
    '💥',
    '10.0.0.300',
    '__proto__',
    'constructor',
  ),
)
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat({ max: 12 }),
  insert: snippet,
})

function edited(text: string, edits: readonly { at: number; remove: number; insert: string }[]): string {
  return edits.reduce((result, { at, remove, insert }) => {
    const start = Math.floor(at * result.length)
    return result.slice(0, start) + insert + result.slice(start + remove)
  }, text)
}

test('any edit of the text is accepted or refused with a position', () => {
  fc.assert(
    fc.property(fc.constantFrom(...labs), fc.array(edit, { minLength: 1, maxLength: 4 }), (lab, edits) =>
      acceptedOrRefused(edited(lab, edits)),
    ),
    { numRuns: runs, seed },
  )
})

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    80800,
    '',
    'even',
    'fails',
    '10.0.0.11/24',
    '10.0.0.1',
    'web',
    'host',
    [],
    {},
    [[]],
    [null],
    { a: null },
    '../../x',
    '$(id)',
    'x'.repeat(300),
    '🐳',
    '__proto__',
    'constructor',
    'toString',
  ),
  fc.jsonValue({ maxDepth: 2 }),
)
const change = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('replace', 'remove', 'rename', 'move', 'double'),
  odd,
  key: fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom(
      'pods',
      'address',
      'curl',
      'command',
      'expect',
      'shares',
      'from',
      'build',
      '__proto__',
      'constructor',
      'toString',
    ),
  ),
})

type Holder = Record<string | number, unknown>

/** Every place of a value, as the holder and its key. */
function places(value: unknown, found: [Holder, string | number][] = []): [Holder, string | number][] {
  if (typeof value !== 'object' || value === null) return found
  for (const key of Object.keys(value)) {
    found.push([value as Holder, Array.isArray(value) ? Number(key) : key])
    places((value as Holder)[key], found)
  }
  return found
}

function changed(
  text: string,
  changes: readonly { at: number; how: string; odd: unknown; key: string }[],
): string {
  const root: unknown = structuredClone(parse(text))
  for (const { at, how, odd: value, key } of changes) {
    const all = places(root)
    const place = all[at % all.length]
    if (!place) break
    const [holder, name] = place
    if (how === 'replace') holder[name] = value
    else if (how === 'remove') Array.isArray(holder) ? holder.splice(Number(name), 1) : delete holder[name]
    // A list has no keys, and one that is called constructor would be asked by splice to make the next list.
    else if (how === 'rename' && !Array.isArray(holder))
      Object.defineProperty(holder, key, {
        value: holder[name],
        enumerable: true,
        configurable: true,
        writable: true,
      })
    else if (how === 'move') holder[name] = structuredClone(all[(at * 7) % all.length]![0])
    else if (how === 'double' && Array.isArray(holder)) holder.push(structuredClone(holder[Number(name)]))
  }
  return stringify(root, { aliasDuplicateObjects: false })
}

test('any change of the structure is accepted or refused with a position', () => {
  fc.assert(
    fc.property(fc.constantFrom(...labs), fc.array(change, { minLength: 1, maxLength: 4 }), (lab, changes) =>
      acceptedOrRefused(changed(lab, changes)),
    ),
    { numRuns: runs, seed },
  )
})

test('any edit of a manifest is accepted or refused with a position', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), edits =>
      acceptedOrRefused(rich, edited(manifest, edits)),
    ),
    { numRuns: 500, seed },
  )
})
