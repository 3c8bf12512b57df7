import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { renderChart } from '../../../src/view/chart/text.ts'
import { displayWidth } from '../../../src/view/display-width.ts'
import { chartOf } from '../../chart/fixtures.ts'
import { plain } from '../fixtures.ts'

const services = [1, 10, 100, 1000, 2000, 5000]

describe.each([80, 40])('on %i columns', width => {
  const text = renderChart(plain(width), chartOf(services))

  it('looks like this', () => {
    const file = `test/golden/chart/latency-${width}.txt`
    if (process.env.UPDATE || !existsSync(file)) writeFileSync(file, text)
    expect(text).toBe(readFileSync(file, 'utf8'))
  })

  it('fits', () => {
    expect(text.split('\n').filter(line => displayWidth(line) > width)).toEqual([])
  })
})

test('a wide screen has room for all intervals', () => {
  const rows = renderChart(plain(140), chartOf(services)).split('\n')
  const row = rows.find(each => each.startsWith('nftables '))
  expect(row).toMatch(/51\.8–56\.7 .* 204 +900 +156–170 +196–214 +864–945$/)
})

test('one number of services alone is drawn, and nothing is said of growth', () => {
  const text = renderChart(plain(80), chartOf([10]))
  expect(text).toContain('nftables 54.0')
  expect(text).not.toContain('claim')
})

test('a round of fewer than a hundred connections has no 99th percentile, and is told how to have one', () => {
  const text = renderChart(plain(80), chartOf([1, 10], undefined, 50))
  expect(text.replace(/\s+/g, ' ')).toContain(
    '50 connections in a round have no 99th percentile: that takes 100, and "--requests 2000" or more.',
  )
})

test('without rules there is no chart of loading them', () => {
  const text = renderChart(plain(80), chartOf(services, ['direct']))
  expect(text).not.toContain('Loading')
  expect(text).toContain('iptables was not measured; eBPF was not measured')
})

test('what a machine says of itself cannot act on a terminal', () => {
  const chart = chartOf(services)
  const hostile = { ...chart, machine: { ...chart.machine, processor: 'a\u001b[2Jb' } }
  expect(renderChart(plain(80), hostile)).not.toContain('\u001b')
})
