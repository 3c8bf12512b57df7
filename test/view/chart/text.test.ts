import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import type { ModeName } from '../../../src/chart/modes.ts'
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

test('a wide screen has room for all intervals, each beside its value', () => {
  const text = renderChart(plain(140), chartOf(services))
  const row = text.split('\n').find(each => each.startsWith('nftables '))
  expect(row).toMatch(/ 54\.0 +51\.8–56\.7 +162 +156–170 +204 +196–214 +900 +864–945$/)
  expect(text).not.toContain('left out')
})

test('columns for which there is no room are named, and nothing below explains them', () => {
  const words = (width: number) => renderChart(plain(width), chartOf(services)).replace(/\s+/g, ' ')
  expect(words(80)).toContain('columns left out: ab p99, 95 % of ab p99; --format csv has them')
  expect(words(40)).toContain('columns left out: 95 % of connect, p99, ')
  expect(words(40)).toContain('columns left out: memory; ')
  expect(words(40)).not.toMatch(/p99 that of|order statistics|memory is what/)
})

test('it is said how often loads were measured', () => {
  const words = (services: number[]) =>
    renderChart(plain(80), chartOf(services, ['direct', 'nftables'])).replace(/\s+/g, ' ')
  expect(words([10])).toContain(
    'load is the time of the programs that write the rules, with their start: the median of three. ',
  )
  expect(words([5000])).toContain('with their start: measured once. ')
  expect(words([10, 5000])).toContain('less than a second, and measured once where it is more. ')
})

test('of ebpf it is said that no program is started for it, and whose memory is told', () => {
  const words = (modes: ModeName[]) => renderChart(plain(80), chartOf([10], modes)).replace(/\s+/g, ' ')
  expect(words(['nftables', 'ebpf'])).toContain(
    'with their start; of ebpf that of one order to a process that runs already, which fills the maps: the median of three. ' +
      'memory is what the kernel took more, counted by the cgroup of the lab; of ebpf what its maps took more. ',
  )
  expect(words(['ebpf'])).toContain(
    'load is the time of one order to a process that runs already, which fills the maps: the median of three. ' +
      'memory is what the maps took more. ',
  )
})

test('memory that nobody counts is said to be missing', () => {
  const chart = chartOf([10], ['nftables', 'ebpf'])
  const points = chart.points.map(({ load, ...point }) => ({
    ...point,
    load: { ms: load!.ms, times: 3, programs: 1 },
  }))
  const words = renderChart(plain(80), { ...chart, points }).replace(/\s+/g, ' ')
  expect(words).toContain('The kernel counts no memory for labs here. This kernel does not tell how full')
  expect(words).not.toContain('memory is')
})

test('one round is one', () => {
  const chart = { ...chartOf([10], undefined, 1), rounds: 1 }
  expect(renderChart(plain(200), chart)).toMatch(/^1 round, in each .* in turn: 1 connection, after/m)
})

test('the kernel counts at rules only where a mode has such a rule', () => {
  const words = (modes: ModeName[]) => renderChart(plain(80), chartOf([10], modes)).replace(/\s+/g, ' ')
  expect(words(['direct', 'nftables'])).toContain('All connections arrived at the pod. load is')
  expect(words(['direct', 'iptables-nft'])).toContain('arrived at the pod, and as many were counted where')
})

test('one number of services alone is drawn, and nothing is said of growth', () => {
  const text = renderChart(plain(80), chartOf([10]))
  expect(text).toContain('nftables 54.0')
  expect(text).not.toContain('claim')
})

test('a round of fewer than a hundred connections has no 99th percentile, and is told how to have one', () => {
  const text = renderChart(plain(80), chartOf([1, 10], undefined, 50))
  expect(text).not.toMatch(/ {2}p99/)
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
