import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const text = readFileSync('docs/teaching.md', 'utf8')
const plans = [...text.matchAll(/^### (.+ \(article \d+\))\n([\s\S]*?)(?=^### |(?![\s\S]))/gm)]

it('docs/teaching.md plans a lesson for each of four articles', () => {
  expect(plans.map(([, title = '']) => title.slice(-4, -1))).toEqual(['000', '002', '003', '004'])
})

describe.each(plans.map(([, title, plan]) => ({ title, plan: plan ?? '' })))('$title', ({ plan }) => {
  it('takes ninety minutes', () => {
    const minutes = [...plan.matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number))
    expect(minutes.reduce((sum, each) => sum + each, 0)).toBe(90)
  })
})
