import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  nameWidth,
  renderCaptured,
  renderCaptureEnd,
  renderCaptureStart,
} from '../../src/view/capture-lines.ts'
import { plainStyle } from '../../src/view/terminal.ts'

const zone = process.env.TZ
beforeAll(() => {
  process.env.TZ = 'UTC'
})
afterAll(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

test('a packet is a line as of tcpdump: when, on which link, which way, and what it is', () => {
  const links = ['host:br1', 'netns_021:eth0']
  const packet = { at: 1_700_000_000_000_012_999n, link: 'host:br1', isOut: false }
  const text = 'IP 10.0.0.21.41234 > 10.0.0.11.8080: Flags [S], length 0'
  const width = nameWidth(links)
  expect(renderCaptured(plainStyle(40), { packet, text }, width)).toBe(
    `22:13:20.000012 host:br1       In  ${text}\n`,
  )
  expect(renderCaptured(plainStyle(40), { packet: { ...packet, isOut: true }, text }, 0)).toBe(
    `22:13:20.000012 host:br1 Out ${text}\n`,
  )
  expect(renderCaptured(plainStyle(), { text: '\t0x0000:  4500' }, width)).toBe('\t0x0000:  4500\n')
  expect(nameWidth([`a-machine-of-a-long-name-indeed:${'e'.repeat(15)}`])).toBe(24)
})

test('a few links are named, and of many it is said how many', () => {
  expect(renderCaptureStart({ links: ['host:br1', 'a:eth0'], leftOut: [], gone: [] })).toBe(
    'capturing on host:br1, a:eth0; Ctrl-C ends it\n',
  )
  const many = ['a', 'b', 'c', 'd'].flatMap(place => [`${place}:eth0`, `${place}:eth1`])
  expect(renderCaptureStart({ links: many, leftOut: ['a:gre1'], gone: [] })).toBe(
    'capturing on 8 links of 4 places; Ctrl-C ends it\na:gre1 is not captured: netlab does not know how its frames begin\n',
  )
  expect(renderCaptureStart({ links: [], leftOut: [], gone: [] })).toBe(
    'capturing on no link: none is up; Ctrl-C ends it\n',
  )
})

test('in the end there are counts, as of tcpdump', () => {
  expect(renderCaptureEnd('two-pods', 1, { dropped: 0, isDown: false })).toBe(
    '1 packet captured, 0 dropped by kernel\n',
  )
  expect(renderCaptureEnd('two-pods', 1200, { dropped: undefined, isDown: true })).toBe(
    '1,200 packets captured; two-pods is down\n',
  )
})
