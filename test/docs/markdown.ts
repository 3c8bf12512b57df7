import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A Markdown file with its path from the project's folder. */
export interface Page {
  path: string
  text: string
}

/** README and all that is written for people beside it. */
export function pages(): Page[] {
  const docs = readdirSync('docs').filter(name => name.endsWith('.md'))
  const paths = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...docs.map(name => join('docs', name))]
  return paths.map(page)
}

/** One Markdown file. */
export function page(path: string): Page {
  return { path, text: readFileSync(path, 'utf8') }
}

/** The code blocks in fences of a language, in order. */
export function fenced({ text }: Page, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code = '']) => code,
  )
}

/** Whatever stands as code: lines of blocks, and words between backticks. */
export function codePieces({ text }: Page): string[] {
  const lines = text.split('\n')
  const blocks = lines.filter(line => /^ {4}/.test(line))
  const inline = [...text.matchAll(/(?<!`)`([^`]+)`(?!`)/g)].map(([, code = '']) =>
    code.replaceAll('\n', ' '),
  )
  const inFences = [...text.matchAll(/^```\w*\n(.*?)^```$/gms)].flatMap(([, code = '']) => code.split('\n'))
  return [...blocks, ...inline, ...inFences]
}

/** The targets of links that lead to files of the project, as paths from the project's folder. */
export function linkedFiles({ path, text }: Page): string[] {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.'
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)|<img [^>]*src="([^"]+)"/g)].map(
    ([, link, image]) => link ?? image ?? '',
  )
  return targets
    .filter(target => !/^(https?:|#)/.test(target))
    .map(target => join(folder, target.replace(/#.*/, '')))
}

/** The rows of the tables below a heading, each as its cells. */
export function tableRows({ text }: Page, heading: string): string[][] {
  const section = text.split(/^#{2,} /m).find(part => part.startsWith(`${heading}\n`))
  if (section === undefined) throw new Error(`there is no heading "${heading}"`)
  return section
    .split('\n')
    .filter(line => line.startsWith('|') && !/^\|[-|]+\|$/.test(line))
    .slice(1)
    .map(line =>
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim()),
    )
}
