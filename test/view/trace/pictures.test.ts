import { describe, expect, test } from 'vitest'
import type { TraceReport } from '../../../src/trace/report.ts'
import type { ManyReport } from '../../../src/trace/trace-many.ts'
import { renderLadderPicture } from '../../../src/view/trace/ladder-picture.ts'
import { renderTreePicture } from '../../../src/view/trace/tree-picture.ts'
import { hostile, names, recorded } from './recorded.ts'

test('a trace as a picture has a column for each place, and the rules that change the packet', async () => {
  const text = renderLadderPicture(recorded('masqueraded'))
  await expect(text).toMatchFileSnapshot('../../golden/trace/masqueraded.svg')
})

test('many requests as a picture are bars beside what there should be', async () => {
  const text = renderTreePicture(recorded<ManyReport>('many'))
  await expect(text).toMatchFileSnapshot('../../golden/trace/many.svg')
})

const pictures = {
  ...Object.fromEntries(
    names.map(name => [name, (report: unknown) => renderLadderPicture(report as TraceReport)]),
  ),
  many: (report: unknown) => renderTreePicture(report as ManyReport),
}

describe.each(Object.entries(pictures))('the picture of %s', (name, render) => {
  test('asks for nothing from elsewhere, and knows light and dark', () => {
    const text = render(recorded<unknown>(name))
    expect(text).not.toMatch(/href|url\(|@import|<image|<foreignObject|<script/)
    expect(
      [...text.matchAll(/https?:[^"' <]*/g)].map(([url]) => url).filter(url => !/:\d/.test(url)),
    ).toEqual(['http://www.w3.org/2000/svg'])
    expect(text).toContain('prefers-color-scheme: dark')
  })

  test('takes for text whatever a lab wrote anywhere', () => {
    const text = render(hostile(name, '</text><script>alert("1")</script>&amp;\u001b[2J\u202e'))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
    expect(text).toContain('&lt;script&gt;')
    expect(new Set([...text.matchAll(/<\/?([a-z]+)/g)].map(([, tag]) => tag))).toEqual(
      new Set(['svg', 'title', 'style', 'rect', 'text', ...(name === 'many' ? [] : ['path']), 'g', 'path']),
    )
    expect(text.split('<text').length).toBe(text.split('</text>').length)
  })

  test('has all of its text inside, and says what could not be seen', () => {
    const note =
      'the rules of host are iptables-legacy’s: the kernel tells of them in its own log only, and not here'
    const text = render({ ...recorded<object>(name), notes: [note] })
    expect(text.replaceAll(/<[^>]*>|\s+/g, ' ').replaceAll(/ +/g, ' ')).toContain(`! ${note}`)
    const [, width = '0', height = '0'] = /viewBox="0 0 (\d+) (\d+)"/.exec(text) ?? []
    for (const [, x = '', y = '', anchor, words = ''] of text.matchAll(
      /<text class="[^"]*" x="([\d.]+)" y="([\d.]+)"(?: text-anchor="(\w+)")?>([^<]*)</g,
    )) {
      const half = words.replaceAll(/&\w+;/g, '.').length * 6.7 * (anchor === 'middle' ? 0.5 : 1)
      expect(Number(x) + (anchor === 'end' ? 0 : half)).toBeLessThanOrEqual(Number(width))
      expect(Number(x) - (anchor === undefined ? 0 : half)).toBeGreaterThanOrEqual(0)
      expect(Number(y)).toBeLessThanOrEqual(Number(height))
    }
  })
})
