import { htmlPage } from '../html-page.ts'
import { printableXml } from '../printable.ts'
import type { Block, Span } from './blocks.ts'

/** A document as one page of HTML, with its pictures in it. */
export function renderHtml(blocks: readonly Block[]): string {
  const title = blocks.find(({ kind }) => kind === 'title')
  return htmlPage({
    title: title?.kind === 'title' ? title.text : '',
    style: pageStyle,
    body: blocks.map(blockText).join('\n'),
  })
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'title':
      return `<h1>${printableXml(block.text)}</h1>`
    case 'heading':
      return `<h2>${printableXml(block.text)}</h2>`
    case 'paragraph':
      return `<p>${line(block.spans)}</p>`
    case 'prose':
      return paragraphs(block.text)
    case 'aside':
      return `<p><em>${printableXml(block.text)}</em></p>`
    case 'list':
      return `<ul>\n${block.items.map(item => `<li>${line(item)}</li>`).join('\n')}\n</ul>`
    case 'console':
      return consoleText(block.lines)
    case 'folded':
      return `<details><summary>${printableXml(block.summary)}</summary>\n${consoleText(block.lines)}\n</details>`
    case 'picture':
      return `<figure>\n${block.picture.svg}</figure>`
  }
}

/** Lists and indented lines keep their breaks. */
function paragraphs(text: string): string {
  return text
    .split(/\n[ \t]*\n/)
    .map(part => `<p class="prose">${printableXml(part)}</p>`)
    .join('\n')
}

function line(spans: readonly Span[]): string {
  return spans
    .map(span => {
      if (span === 'break') return '<br>'
      if (typeof span === 'string') return printableXml(span)
      return 'code' in span
        ? `<code>${printableXml(span.code)}</code>`
        : `<strong>${printableXml(span.strong)}</strong>`
    })
    .join('')
}

function consoleText(lines: readonly string[]): string {
  return `<pre tabindex="0">${lines.map(printableXml).join('\n')}</pre>`
}

const pageStyle = `:root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --box: #f6f8fa; --edge: #d1d9e0 }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; --box: #151b23; --edge: #3d444d } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif } main { max-width: 60rem; margin: 0 auto; padding: 1rem 1.25rem 3rem }
h1 { line-height: 1.2 } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--edge); padding-bottom: .25rem } .prose { white-space: pre-line; max-width: 46rem }
pre { background: var(--box); border: 1px solid var(--edge); border-radius: 6px; padding: .75rem 1rem; overflow-x: auto; font-size: 13px; line-height: 1.45 } code { background: var(--box); padding: .1em .3em; border-radius: 4px; font-size: .9em }
li { margin: .4rem 0 } summary { cursor: pointer; color: var(--soft) } figure { margin: 1.25rem 0; overflow-x: auto } figure svg { max-width: 100%; height: auto }
@media print { pre, figure { break-inside: avoid } h2 { break-after: avoid } details { display: block } }`
