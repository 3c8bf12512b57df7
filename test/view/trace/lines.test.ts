import { describe, expect, test } from 'vitest'
import type { TraceReport } from '../../../src/trace/report.ts'
import type { ManyReport } from '../../../src/trace/trace-many.ts'
import { displayWidth } from '../../../src/view/display-width.ts'
import { plainStyle } from '../../../src/view/terminal.ts'
import { renderTrace } from '../../../src/view/trace/lines.ts'
import { renderTree } from '../../../src/view/trace/tree.ts'
import { hostile, names, recorded } from './recorded.ts'

describe.each(names)('a trace: %s', name => {
  test.each([40, 80, 120])('at %i columns', async width => {
    const text = renderTrace(plainStyle(width), recorded(name))
    await expect(text).toMatchFileSnapshot(`../../golden/trace/${name}.${width}.txt`)
    // What ends it may hold commands to be copied, which are not broken.
    const told = text.split(/^[✔✘]/m)[0] ?? ''
    const long = told.split('\n').filter(line => displayWidth(line) > width)
    expect(long).toEqual([])
  })
})

test('of an open task it says that the cause is held back', () => {
  const { evidence: _, ...held } = recorded('dropped')
  const text = renderTrace(plainStyle(80), { ...held, unexplained: true })
  expect(text).toContain('\nIts task is open: to find out why is a part of it. netlab task hint ')
})

test.each([40, 80])('the ways of many requests, laid over each other, at %i columns', async width => {
  const text = renderTree(plainStyle(width), recorded<ManyReport>('many'))
  await expect(text).toMatchFileSnapshot(`../../golden/trace/many.${width}.txt`)
  expect(text.split('\n').filter(line => displayWidth(line) > width)).toEqual([])
})

const control = '\u001b[2J\u0007'
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const acting = /[\u0000-\u0009\u000b-\u001f]/

test.each(names)('whatever a lab wrote anywhere acts on no terminal: %s', name => {
  const text = renderTrace(plainStyle(120), hostile(name, control) as TraceReport)
  expect(text).not.toMatch(acting)
  expect(text).toContain('␛[2J')
})

test('nor does what many requests met', () => {
  const report = hostile('many', control) as ManyReport
  const text = renderTree(plainStyle(80), { ...report, answers: { 'a\u001b[2J': 1 } })
  expect(text).not.toMatch(acting)
  expect(text).toContain('␛[2J')
})
