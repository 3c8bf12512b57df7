import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseIptables, parseRule } from '../../src/command/iptables-argv.ts'
import { ruleKey } from '../../src/command/iptables-rule.ts'

const parse = (line: string) => parseIptables(['iptables', ...line.split(' ')])

describe('the table is read in every spelling', () => {
  it.each(['-t nat', '-tnat', '--table nat', '--table=nat', '--tab nat', '--ta=nat'])('%s', spelled => {
    const line = ['-A', 'POSTROUTING', '-j', 'MASQUERADE']
    const expected = { table: 'nat', operation: '-A', chain: 'POSTROUTING', rule: line.slice(2), line }
    expect(parse(`${spelled} -A POSTROUTING -j MASQUERADE`)).toMatchObject(expected)
    expect(parse(`-A POSTROUTING ${spelled} -j MASQUERADE`)).toMatchObject(expected)
    expect(parse(`-A POSTROUTING -j MASQUERADE ${spelled}`)).toMatchObject(expected)
  })
})

describe('the operation is read in every spelling', () => {
  it.each([
    ['-A X', { operation: '-A', chain: 'X' }],
    ['-AX', { operation: '-A', chain: 'X' }],
    ['--append X', { operation: '-A', chain: 'X' }],
    ['--append=X', { operation: '-A', chain: 'X' }],
    ['--app X', { operation: '-A', chain: 'X' }],
    ['-I X', { operation: '-I', chain: 'X', position: undefined }],
    ['--insert=X 3', { operation: '-I', chain: 'X', position: 3 }],
    ['-D X 2', { operation: '-D', chain: 'X', position: 2 }],
    ['--replace X 2 -j Y', { operation: '-R', chain: 'X', position: 2, rule: ['-j', 'Y'] }],
    ['--new X', { operation: '-N', chain: 'X' }],
    ['--new-chain=X', { operation: '-N', chain: 'X' }],
    ['--delete-chain', { operation: '-X', chain: '' }],
    ['-w -F', { operation: '-F', chain: '' }],
    ['-w 5 --wait-interval=7 --flush X', { operation: '-F', chain: 'X' }],
    ['-P FORWARD DROP', { operation: '-P', chain: 'FORWARD', argument: 'DROP' }],
    ['--rename-chain X Y', { operation: '-E', chain: 'X', argument: 'Y' }],
    ['--list-rules', { operation: '-S', chain: '' }],
  ])('%s', (line, expected) => {
    expect(parse(line)).toMatchObject({ table: 'filter', ...expected })
  })

  it('and what is no change of rules is none', () => {
    expect(parse('--version')).toBeUndefined()
    expect(parseIptables(['nft', '-A', 'X'])).toBeUndefined()
  })
})

it('counters, waiting and flags are no part of the rule', () => {
  expect(parse('-w -c 1 2 -A X -4 -s 10.0.0.1 -v')).toMatchObject({
    rule: ['-s', '10.0.0.1'],
    line: undefined,
  })
  expect(parse('-vA X -j Y')).toMatchObject({ operation: '-A', rule: ['-j', 'Y'], line: undefined })
})

describe('a rule', () => {
  it('is taken apart into its own options, its matches and its target', () => {
    const words = '! -s 10.0.0.0/24 -p tcp --dport 80 -m mark ! --mark 1 -j DNAT --to 10.0.0.1:80 --random'
    expect(parseRule({ argv: words.split(' ') })).toMatchObject({
      matches: [
        {
          name: '',
          options: [
            { name: '-s', negated: true, values: ['10.0.0.0/24'] },
            { name: '-p', negated: false, values: ['tcp'] },
          ],
        },
        { name: 'tcp', options: [{ name: '--dport', values: ['80'] }] },
        { name: 'mark', options: [{ name: '--mark', negated: true, values: ['1'] }] },
      ],
      target: 'DNAT',
      isGoto: false,
      targetOptions: [
        { name: '--to-destination', values: ['10.0.0.1:80'] },
        { name: '--random', values: [] },
      ],
    })
  })

  it('may have a comment that looks like an option', () => {
    const argv = ['-m', 'comment', '--comment', '-j X', '--goto=Y']
    expect(parseRule({ argv })).toMatchObject({
      conditions: [{ name: '--comment', values: ['-j X'] }],
      target: 'Y',
      isGoto: true,
    })
  })

  it('may have options that are not known: they take what follows up to the next', () => {
    const argv = '-m quota2 --name a b --grow -j X'.split(' ')
    expect(parseRule({ argv })).toMatchObject({
      matches: [
        {},
        {
          name: 'quota2',
          options: [
            { name: '--name', values: ['a', 'b'] },
            { name: '--grow', values: [] },
          ],
        },
      ],
      target: 'X',
    })
  })
})

// ---- any spelling of an option is the same

/** One option: its letter, its long names with their shortest abbreviations, its value. */
const spellings = (letter: string, names: readonly string[], value: string) =>
  fc.constantFrom(
    ...(letter === '' ? [] : [[letter, value], [`${letter}${value}`]]),
    ...names.flatMap(name => [[`--${name}`, value], [`--${name}=${value}`]]),
  )

const option = fc.oneof(
  spellings('-s', ['source', 'sour', 'src'], '10.0.0.0/24').map(words => ['-s 10.0.0.0/24', words] as const),
  spellings('-d', ['destination', 'dest', 'dst'], '10.0.0.1').map(words => ['-d 10.0.0.1', words] as const),
  spellings('-i', ['in-interface', 'in-i'], 'br1').map(words => ['-i br1', words] as const),
  spellings('-o', ['out-interface', 'out'], 'br2').map(words => ['-o br2', words] as const),
)
const port = spellings('', ['dport', 'dpor', 'destination-port', 'destination-p'], '80')
const jump = fc
  .tuple(
    spellings('-j', ['jump', 'j'], 'DNAT'),
    spellings('', ['to-destination', 'to-d', 'to'], '10.0.0.1:80'),
  )
  .map(words => words.flat())
const table = spellings('-t', ['table', 'tab'], 'nat')
const append = spellings('-A', ['append', 'ap'], 'PREROUTING')

describe('any spelling of an option', () => {
  it('gives the same command and the same rule', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(option, { selector: ([name]) => name }),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        port,
        jump,
        table,
        append,
        fc.boolean(),
        (options, negations, dport, target, inTable, appended, isLate) => {
          const own = options.map(([plain, words], at) => {
            const negated = negations[at] ? ['!'] : []
            return [
              [...negated, ...plain.split(' ')],
              [...negated, ...words],
            ] as const
          })
          const typed = [...own.flatMap(([, words]) => words), '-p', 'tcp', ...dport, ...target]
          const saved = [
            ...own.flatMap(([plain]) => plain),
            ...'-p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.1:80'.split(' '),
          ]
          const words = isLate ? [...appended, ...typed, ...inTable] : [...inTable, ...appended, ...typed]
          const command = parseIptables(['iptables', ...words])
          expect(command).toMatchObject({
            table: 'nat',
            operation: '-A',
            chain: 'PREROUTING',
            rule: typed,
            line: [...appended, ...typed],
          })
          expect(ruleKey({ argv: command?.rule ?? [] })).toBe(ruleKey({ argv: saved }))
        },
      ),
      { numRuns: 500 },
    )
  })
})
