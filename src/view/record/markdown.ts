import { printable } from '../printable.ts'
import type { Block, Span } from './blocks.ts'

/** A document as Markdown; `folder`: where its pictures are, from where it stands itself. */
export function renderMarkdown(blocks: readonly Block[], folder: string): string {
  return `${blocks.map(block => blockText(block, folder)).join('\n\n')}\n`
}

function blockText(block: Block, folder: string): string {
  switch (block.kind) {
    case 'title':
      return `# ${inline(block.text)}`
    case 'heading':
      return `## ${inline(block.text)}`
    case 'paragraph':
      return line(block.spans)
    case 'prose':
      return printable(block.text)
    case 'aside':
      return `*${inline(block.text)}*`
    case 'list':
      return block.items.map(item => `- ${line(item)}`).join('\n')
    case 'console':
      return fenced(block.lines)
    case 'folded':
      return `<details><summary>${inline(block.summary)}</summary>\n\n${fenced(block.lines)}\n\n</details>`
    case 'picture':
      return `![${inline(block.picture.alt)}](<${folder}/${block.picture.name}>)`
  }
}

function line(spans: readonly Span[]): string {
  return spans
    .map(span => {
      if (span === 'break') return '\\\n  '
      if (typeof span === 'string') return inline(span)
      return 'code' in span ? code(span.code) : `**${inline(span.strong)}**`
    })
    .join('')
}

function fenced(lines: readonly string[]): string {
  const text = lines.map(printable).join('\n')
  const fence = fenceFor(text, 3)
  return `${fence}console\n${text}\n${fence}`
}

/** Code that may itself hold backticks. */
function code(text: string): string {
  const shown = printable(text).replaceAll('\n', ' ')
  return shown.includes('`') ? `\`\` ${shown} \`\`` : `\`${shown}\``
}

/** Words of others in a line of Markdown: nothing in them makes a link, an image or HTML. */
function inline(text: string): string {
  return printable(text)
    .replaceAll('\n', ' ')
    .replace(/[\\`*[\]<>#|]/g, '\\$&')
}

/** A fence longer than any run of backticks in the text. */
function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(run => run[0].length))
  return '`'.repeat(Math.max(least, longest + 1))
}
