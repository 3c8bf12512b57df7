import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { summaryOf } from '../../src/plan/lab-summary.ts'
import { loadLab } from '../../src/read/load-lab.ts'
import { findLab, shippedLabs } from '../../src/read/load-shipped.ts'
import { extraPackages } from '../../src/sandbox/doctor/tools.ts'
import { falseAlarmRate, requestsNeeded } from '../../src/verify/statistics.ts'
import { page } from './markdown.ts'

// What README counts is what the code has.

const { text } = page('README.md')

test('README says which packages each lab needs that needs any', () => {
  const section = text.slice(text.indexOf('Most need nothing'), text.indexOf('`netlab up` says so'))
  const told = section.split('\n').filter(line => line.startsWith('- '))
  for (const lab of shippedLabs()) {
    const packages = extraPackages(summaryOf(loadLab(findLab(lab))).programs)
    const lines = told.filter(line => new RegExp(`[ ,]${lab}(?:,|$)`).test(line))
    expect([lab, lines.length]).toEqual([lab, packages.length > 0 ? 1 : 0])
    for (const name of packages) expect(lines[0]).toContain(`\`${name}\``)
  }
})

test('README says how many requests a service with two endpoints is asked, and how often that is a false alarm', () => {
  expect(text).toContain(`${requestsNeeded([0.5, 0.5])} to a service with two endpoints`)
  expect(falseAlarmRate).toBe(1e-6)
  expect(text).toContain('once in a million times')
})

test('README asks for the Node that the package asks for', () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(text).toContain(`Node ${engines.node.replace('>=', '')} or newer`)
})
