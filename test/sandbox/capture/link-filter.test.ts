import { describe, expect, test } from 'vitest'
import {
  everything,
  type HeardLinks,
  type LinkFilters,
  linkFilter,
} from '../../../src/sandbox/capture/link-filter.ts'

/** What the kernel knows of a frame. */
interface Frame {
  link: number
  hardware: number
  /** Its first byte, by which a filter of the test's knows it. */
  first?: number
}

const ofFrame: Readonly<Record<number, keyof Frame>> = {
  4294963208: 'link',
  4294963228: 'hardware',
  0: 'first',
}

/** Runs a filter as the kernel does: how many bytes of the frame it takes. */
function taken(links: HeardLinks, filters: LinkFilters, frame: Frame): number {
  const program = linkFilter(links, filters)
  let value = 0
  for (let at = 0, steps = 0; steps < 10_000; at += 1, steps += 1) {
    const [code, holds, fails, number] = program[at]!
    if (code === 0x20 || code === 0x30) value = frame[ofFrame[number]!] ?? 0
    else if (code === 0x15) at += value === number ? holds : fails
    else if (code === 0x05) at += number
    else if (code === 0x06) return number
    else throw new Error(`no instruction of these filters: ${code}`)
  }
  throw new Error('it does not end')
}

const whole = 0x40000
const [veth, lo, tunl, gre] = [1, 772, 768, 778]

describe('without a filter', () => {
  const takes = (links: HeardLinks, frame: Frame) => taken(links, everything, frame) === whole

  test('every link is heard but lo', () => {
    expect(takes('all', { link: 7, hardware: veth })).toBe(true)
    expect(takes('all', { link: 8, hardware: tunl })).toBe(true)
    expect(takes('all', { link: 1, hardware: lo })).toBe(false)
  })

  test('links of these numbers alone are heard, lo among them, however many they are', () => {
    const many = Array.from({ length: 600 }, (_, at) => at + 10)
    expect(takes(many, { link: 10, hardware: veth })).toBe(true)
    expect(takes(many, { link: 609, hardware: lo })).toBe(true)
    expect(takes(many, { link: 610, hardware: veth })).toBe(false)
    expect(takes([], { link: 1, hardware: veth })).toBe(false)
  })

  test('frames that begin in a way that nobody knows are left', () => {
    expect(takes('all', { link: 9, hardware: gre })).toBe(false)
    expect(takes([9], { link: 9, hardware: gre })).toBe(false)
  })
})

test('a filter is asked in the form that it has for the kind of link', () => {
  const filters: LinkFilters = {
    ethernet: [
      [0x30, 0, 0, 0],
      [0x15, 0, 1, 5],
      [0x06, 0, 0, 100],
      [0x06, 0, 0, 0],
    ],
    raw: [[0x06, 0, 0, 200]],
  }
  const takes = (frame: Frame) => taken([3], filters, frame)
  expect(takes({ link: 3, hardware: veth, first: 5 })).toBe(100)
  expect(takes({ link: 3, hardware: lo, first: 5 })).toBe(100)
  expect(takes({ link: 3, hardware: veth, first: 6 })).toBe(0)
  expect(takes({ link: 3, hardware: tunl, first: 6 })).toBe(200)
  expect(taken([3], { ...filters, raw: undefined }, { link: 3, hardware: tunl })).toBe(0)
})
