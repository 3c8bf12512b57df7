import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RequestLogs, requestLine } from '../../src/sandbox/request-log.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netlab-requests-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const now = new Date('2026-01-31T09:30:00.125Z')

it('a line says when, who and what', () => {
  expect(requestLine('10.0.0.11', 'GET /shop?bytes=80', now)).toBe(
    '2026-01-31T09:30:00.125Z 10.0.0.11 GET /shop?bytes=80\n',
  )
})

it('whatever is asked for is one line of ASCII, of no more than some length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), what => {
      const line = requestLine('10.0.0.11', what, now)
      expect(line).toMatch(/^[ -~]*\n$/)
      expect(line.length).toBeLessThan(1000)
    }),
  )
})

it('each container has its own lines, in order', async () => {
  const logs = new RequestLogs(folder)
  const [one, other] = [logs.of('a', 'main'), logs.of('b', 'main')]
  for (const path of ['/1', '/2', '/3']) one('10.0.0.12', `GET ${path}`)
  other('10.0.0.11', 'GET /')
  const of = (pod: string) => readFileSync(join(folder, `${pod}.main.log`), 'utf8').replaceAll(/^\S+ /gm, '')
  await expect.poll(() => of('a')).toBe('10.0.0.12 GET /1\n10.0.0.12 GET /2\n10.0.0.12 GET /3\n')
  await expect.poll(() => of('b')).toBe('10.0.0.11 GET /\n')
})

it('of very many the last ones are kept, in whole lines', async () => {
  const note = new RequestLogs(folder).of('a', 'main')
  const file = join(folder, 'a.main.log')
  for (let round = 1; round <= 6; round += 1) {
    for (let n = 1; n <= 500; n += 1) note('10.0.0.12', `GET /${round}/${n}`)
    await expect.poll(() => readFileSync(file, 'utf8')).toContain(`GET /${round}/500\n`)
    expect(statSync(file).size).toBeLessThanOrEqual(65_536)
  }
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  expect(lines.filter(line => !/^\S+Z 10\.0\.0\.12 GET \/\d\/\d+$/.test(line))).toEqual([])
  expect(lines.length).toBeGreaterThan(300)
})

it('what cannot be written is nobody else’s matter', async () => {
  const logs = new RequestLogs(folder)
  mkdirSync(join(folder, 'a.main.log'))
  logs.of('a', 'main')('10.0.0.12', 'GET /')
  logs.of('b', 'main')('10.0.0.12', 'GET /')
  await expect.poll(() => readFileSync(join(folder, 'b.main.log'), 'utf8')).toContain('GET /')
})
