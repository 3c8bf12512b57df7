import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { sourceStack } from '../../src/view/source-stack.ts'
import { openSession } from '../labs/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'netlab-stack-'))
afterAll(() => rmSync(folder, { recursive: true }))

test("a bug's stack names lines of the sources, not of the bundle", async () => {
  const bug = 'process.stdout.write=()=>{throw(new(TypeError))}'
  const { stderr, code } = await openSession().netlabWith(
    { env: { NODE_OPTIONS: `--import=data:text/javascript,${bug}` } },
    'list',
  )
  expect(code).toBe(1)
  const [, line] = /at Object\.write \(src\/view\/terminal\.ts:(\d+):\d+\)/.exec(stderr)!
  const source = readFileSync('src/view/terminal.ts', 'utf8').split('\n')
  expect(source[Number(line) - 1]).toContain('stream.write(')
  expect(stderr).toContain(' (src/cli/list.ts:')
  expect(stderr).not.toContain('file://')
})

test('what has no map, or a broken one, stays as it is', () => {
  const broken = pathToFileURL(join(folder, 'broken.js')).href
  writeFileSync(join(folder, 'broken.js.map'), '{')
  const stack = `Error: x\n    at f (file:///nowhere/chunk.js:1:2)\n    at ${broken}:3:4\n    at node:fs:5:6`
  expect(sourceStack(stack)).toBe(stack)
})

test('a place before the first line of the sources stays as it is', () => {
  const url = pathToFileURL(join(folder, 'late.js')).href
  const map = { version: 3, sources: ['../src/late.ts'], names: [], mappings: ';;AAAA' }
  writeFileSync(join(folder, 'late.js.map'), JSON.stringify(map))
  expect(sourceStack(`at f (${url}:1:1)`)).toBe(`at f (${url}:1:1)`)
  expect(sourceStack(`at f (${url}:3:1)`)).toBe('at f (src/late.ts:1:1)')
})
