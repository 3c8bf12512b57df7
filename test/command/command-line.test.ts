import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { insertion } from '../../src/command/command.ts'
import { commandLine, hereDocument, hostArgv, shellLine } from '../../src/command/command-line.ts'

/** What a POSIX shell makes of a line: the words that the program gets. */
const readBack = (line: string): string[] =>
  spawnSync('sh', ['-c', `node_word() { printf '%s\\0' "$@"; }\n${line}`], { encoding: 'utf8' })
    .stdout.split('\0')
    .slice(0, -1)

const nasty = [
  '!',
  '=',
  'a=b',
  '~',
  '#',
  '$(id)',
  '`id`',
  "it's",
  '"',
  '\\',
  '*',
  '\n',
  '-n',
  '',
  ' ',
  'é',
  '🙂',
  '&',
  ';',
]
const word = fc.oneof(
  fc.constantFrom(...nasty),
  fc.string().map(text => text.replaceAll('\0', '')),
)

describe('a command line', () => {
  it('is split back into its argv by a shell, whatever its words are', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), words => {
        expect(readBack(shellLine(['node_word', ...words]))).toEqual(words)
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['a plain one stays as it is', ['ip', 'link', 'set', 'dev', 'br1', 'up'], 'ip link set dev br1 up'],
    [
      "iptables' exclamation mark stays bare",
      ['iptables', '-A', 'X', '!', '-s', '10.0.0.0/8'],
      'iptables -A X ! -s 10.0.0.0/8',
    ],
    ['a name that a shell would take for its own is quoted', ['if', '!'], "'if' !"],
    ['a name that a shell would take for an assignment is quoted', ['A=b', 'c=d'], "'A=b' c=d"],
    ['words with blanks and quotes are quoted', ['echo', 'a b', "it's"], "echo 'a b' 'it'\\''s'"],
  ])('%s', (_, argv, line) => {
    expect(shellLine(argv)).toBe(line)
  })

  it.each(['if', 'A=b', 'while', '!', "a'=b"])('a program named %s is looked for, not obeyed', name => {
    const { stderr, status } = spawnSync('sh', ['-c', shellLine([name, 'x'])], { encoding: 'utf8' })
    expect({ stderr, status }).toEqual({ stderr: expect.stringContaining('not found'), status: 127 })
  })
})

describe('input', () => {
  it('is read back as it was, here-document or not', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, fc.constantFrom('END', 'END_')), { maxLength: 6 }),
        fc.boolean(),
        (lines, ends) => {
          const input = lines.join('\n') + (ends ? '\n' : '')
          const line = commandLine({ argv: ['cat'], in: 'host', input })
          expect(spawnSync('sh', ['-c', line], { encoding: 'utf8' }).stdout).toBe(input)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('has the text of a file where it says so, and all else as it was', () => {
    const folder = mkdtempSync(join(tmpdir(), 'netlab-line-'))
    const file = join(folder, 'result')
    const insert = insertion(file)
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, fc.constantFrom('END', '$(id)', '`id`', '$HOME', '\\\\', insert)), {
          maxLength: 6,
        }),
        lines => {
          const before = lines.map(line => `${line}\n`).join('')
          writeFileSync(file, '{"ips": "$1 \\\\ `x`"}\n')
          const command = { argv: ['cat'], in: 'host', input: `${before}{"prevResult": ${insert}}\n`, insert }
          const { stdout } = spawnSync('sh', ['-c', commandLine(command)], { encoding: 'utf8' })
          expect(stdout).toBe(`${before}{"prevResult": {"ips": "$1 \\\\ \`x\`"}}\n`)
        },
      ),
      { numRuns: 40 },
    )
    rmSync(folder, { recursive: true })
  })

  it('has a word in the place of a file that is not there', () => {
    const insert = insertion('/nowhere/result', 'null')
    const command = { argv: ['cat'], in: 'host', input: `{"prevResult": ${insert}}\n`, insert }
    const { stdout } = spawnSync('sh', ['-c', commandLine(command)], { encoding: 'utf8' })
    expect(stdout).toBe('{"prevResult": null}\n')
  })

  it('that holds the mark of its end gets another mark', () => {
    expect(hereDocument('cat', 'a\nEND\n')).toBe("cat <<'END_'\na\nEND\nEND_")
  })
})

describe('the place', () => {
  it.each([
    ['ip', ['ip', '-n', 'a', 'link']],
    ['curl', ['ip', 'netns', 'exec', 'a', 'curl', 'link']],
  ])('%s in a pod is typed on the host', (program, expected) => {
    expect(hostArgv({ argv: [program, 'link'], in: 'a' })).toEqual(expected)
    expect(hostArgv({ argv: [program, 'link'], in: 'host' })).toEqual([program, 'link'])
  })
})
