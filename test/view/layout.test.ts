import { expect, it } from 'vitest'
import { displayWidth } from '../../src/view/display-width.ts'
import { flow, hanging, padEnd, shorten, wrapParagraphs } from '../../src/view/layout.ts'
import { printable } from '../../src/view/printable.ts'

it('wraps paragraphs, and leaves lists as they are', () => {
  expect(wrapParagraphs('one two\nthree four\n\n- a point that is long\n- another', 12, 2)).toEqual([
    '  one two',
    '  three four',
    '',
    '  - a point',
    '    that is',
    '    long',
    '  - another',
  ])
})

it('keeps a long word whole, so that it can be copied', () => {
  expect(hanging('at ', '/run/user/1000/netlab/clusterip is there', 20)).toEqual([
    'at /run/user/1000/netlab/clusterip',
    '   is there',
  ])
})

it('never parts a number from what it counts', () => {
  expect(hanging('', 'two services, 6 steps verified in 10.9 s, of 1,000 requests 25 % fail', 20)).toEqual([
    'two services,',
    '6 steps verified in',
    '10.9 s, of',
    '1,000 requests 25 %',
    'fail',
  ])
  expect(hanging('', 'from 10.0.0.1 to 8 then', 12)).toEqual(['from', '10.0.0.1 to', '8 then'])
})

it('measures what a terminal shows', () => {
  expect(['', 'abc', '日本', 'e\u0301', '\u001b[31mred\u001b[39m', '✔ …', '😀'].map(displayWidth)).toEqual([
    0, 3, 4, 1, 3, 3, 2,
  ])
})

it('fills and shortens by columns', () => {
  expect([padEnd('日本', 6), shorten('日本語です', 6), shorten('abc', 3)]).toEqual(['日本  ', '日本…', 'abc'])
})

it('wraps coloured text by what is seen of it', () => {
  expect(hanging('- ', '\u001b[31mone two\u001b[39m three', 9)).toEqual([
    '- \u001b[31mone two\u001b[39m',
    '  three',
  ])
  expect(hanging('- ', '', 9)).toEqual(['- '])
})

it('folds between pieces only', () => {
  expect(flow(['aaa', 'bbb', 'ccc'], 9, 2, ' · ')).toEqual(['aaa · bbb', '  ccc'])
})

it('lets no control character through', () => {
  expect(printable('a\u001b[2Jb\u0007\u202ec\r\nd\te\u009b')).toBe('a␛[2Jb␇<U+202E>c\nd\te<U+009B>')
})

it('breaks Chinese between characters, at the width of its columns', () => {
  const text = '网桥就是一台交换机，它把 eth0 发来的帧（frame）转给别人。'
  for (const width of [10, 13, 20, 38]) {
    const lines = hanging('', text, width)
    expect(lines.every(line => displayWidth(line) <= width)).toBe(true)
    expect(lines.filter(line => /^[，。、）]|[（]$/.test(line))).toEqual([])
    expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
  }
  expect(hanging('原因  ', text, 30)).toEqual([
    '原因  网桥就是一台交换机，它把',
    '      eth0 发来的帧（frame）转',
    '      给别人。',
  ])
})

it('joins the lines of a Chinese paragraph without blanks', () => {
  expect(wrapParagraphs('网桥就是\n一台交换机\n\n另一段', 40)).toEqual(['网桥就是一台交换机', '', '另一段'])
})
