import { expect, test } from 'vitest'
import { beyondDefault, defaultLimits, limitText, readLimit, readSize } from '../../src/model/limits.ts'
import { parseLab } from '../../src/read/parse-lab.ts'

function limitsOf(text: string) {
  const lab = `name: lab\ntitle: A lab\nbridge: {name: br1, address: 10.0.0.1/24}\npods: {a: 10.0.0.11/24}\n${text}`
  return parseLab(lab, 'lab.yaml', path => ({ refusal: `there is no file ${path}` })).lab?.limits
}

test('a lab that says nothing gets the defaults, and one that says something gets that', () => {
  expect(limitsOf('')).toEqual(defaultLimits)
  expect(limitsOf('limits: {processes: 4096, memory: 4G, files: 256M}')).toEqual({
    ...defaultLimits,
    processes: 4096,
    memory: 4 * 1024 ** 3,
    files: 256 * 1024 ** 2,
  })
})

test.each<[unknown, number | undefined]>([
  ['1K', 1024],
  ['512M', 536_870_912],
  ['999999G', 999_999 * 1024 ** 3],
  ['8192T', undefined],
  ['0M', undefined],
  ['1.5G', undefined],
  ['512', undefined],
  ['512m', undefined],
  ['1G\n', undefined],
  [512, undefined],
])('%j is %s bytes', (text, bytes) => {
  expect(readSize(text)).toBe(bytes)
})

test.each(['1K', '512M', '8G', '1536M', '3T'])('%s is told as it was written', size => {
  expect(limitText('memory', readSize(size)!)).toBe(size)
})

test('asking for more than the defaults is noticed, limit by limit', () => {
  expect(beyondDefault(defaultLimits)).toEqual([])
  expect(beyondDefault({ ...defaultLimits, processes: 64, memory: 1, logs: 1024 ** 3 })).toEqual(['logs'])
})

test("a person's own words", () => {
  expect(readLimit('memory=16G')).toEqual({ memory: 16 * 1024 ** 3 })
  expect(readLimit('processes=20000')).toEqual({ processes: 20000 })
  const refused = ['memory=16', 'processes=1', 'processes=1e3', 'cpu=2', 'memory', '=1G', 'logs=1K'].map(
    readLimit,
  )
  expect(refused).toEqual([
    {
      refusal: 'memory: "16" is not a size: a whole number with K, M, G or T',
      fix: 'write, for example, memory=16G',
    },
    {
      refusal: 'processes: "1" is not a number from 64 to 4194304',
      fix: 'write, for example, processes=16384',
    },
    expect.objectContaining({ refusal: 'processes: "1e3" is not a number from 64 to 4194304' }),
    {
      refusal: '"cpu=2" is no limit',
      fix: 'write one of processes, memory, files, logs, "=" and how much',
    },
    expect.objectContaining({ refusal: '"memory" is no limit' }),
    expect.objectContaining({ refusal: '"=1G" is no limit' }),
    expect.objectContaining({ refusal: 'logs: "1K" is too small: at least 1M' }),
  ])
})
