import { expect, test } from 'vitest'
import type { Block } from '../../../src/view/record/blocks.ts'
import { renderHtml } from '../../../src/view/record/html.ts'
import { renderMarkdown } from '../../../src/view/record/markdown.ts'

/** A document of all that there is, in which a lab has written the same everywhere. */
function documentOf(text: string): Block[] {
  return [
    { kind: 'title', text },
    { kind: 'heading', text },
    { kind: 'paragraph', spans: [text, { code: text }, { strong: text }, 'break', text] },
    { kind: 'prose', text },
    { kind: 'aside', text },
    { kind: 'list', items: [[text], [{ code: text }]] },
    { kind: 'console', lines: [text] },
    { kind: 'folded', summary: text, lines: [text] },
    { kind: 'picture', picture: { name: 'lab.svg', alt: text, svg: '<svg></svg>\n' } },
  ]
}

const tags = (page: string) => [...page.matchAll(/<\/?([a-z0-9!]+)/g)].map(([, tag]) => tag)

test('no text of a lab’s makes a tag in a page', () => {
  const hostile = renderHtml(
    documentOf('</pre><script>alert(1)</script><img src="x" onerror=a()>&amp;\u001b[2J\u202e'),
  )
  expect(tags(hostile)).toEqual(tags(renderHtml(documentOf('words'))))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(hostile).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/)
})

test('a page has its pictures in it, and Markdown beside it', () => {
  const words = documentOf('words')
  expect(renderHtml(words)).toContain('<figure>\n<svg></svg>\n</figure>')
  expect(renderMarkdown(words, 'lesson-pictures')).toContain('![words](<lesson-pictures/lab.svg>)')
})
