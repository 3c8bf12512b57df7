import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { exitCode, NetlabError } from '../errors.ts'
import { type Block, picturesIn } from '../view/record/blocks.ts'
import { renderHtml } from '../view/record/html.ts'
import { renderMarkdown } from '../view/record/markdown.ts'

/** Where a lesson is written: a page of HTML that has its pictures in it, or Markdown with a folder of pictures beside it. */
export class LessonFile {
  readonly #file: string
  readonly #force: boolean

  /** Told before the lesson: it would be a pity after it. Throws NetlabError where it is there already, or cannot be written. */
  constructor(file: string, force: boolean) {
    this.#file = file
    this.#force = force
    for (const path of this.#isPage ? [file] : [file, this.#folder]) this.#mustBeWritable(path)
  }

  /** Throws NetlabError where it cannot be written after all. */
  write(document: readonly Block[]): void {
    const pictures = this.#isPage ? [] : picturesIn(document)
    const text = this.#isPage ? renderHtml(document) : renderMarkdown(document, basename(this.#folder))
    this.#writeWhole(this.#file, text)
    for (const { name, svg } of pictures) this.#writeWhole(join(this.#folder, name), svg)
  }

  get #isPage(): boolean {
    return /^\.html?$/i.test(extname(this.#file))
  }

  get #folder(): string {
    return `${this.#file.slice(0, this.#file.length - extname(this.#file).length)}-pictures`
  }

  #mustBeWritable(path: string): void {
    if (!this.#force && existsSync(path)) throw isThere(path)
    try {
      accessSync(existsSync(path) ? path : dirname(path), constants.W_OK)
    } catch (cause) {
      throw new NetlabError({ what: `${path} cannot be written`, exitCode: exitCode.wrongInput, cause })
    }
  }

  #writeWhole(path: string, text: string): void {
    try {
      if (dirname(path) === this.#folder) mkdirSync(this.#folder, { recursive: true })
      writeFileSync(path, text, { flag: this.#force ? 'w' : 'wx' })
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') throw isThere(path)
      throw new NetlabError({ what: `${path} cannot be written`, cause })
    }
  }
}

function isThere(path: string): NetlabError {
  return new NetlabError({
    what: `${path} is there already`,
    fix: 'give another file, or --force to overwrite it',
    exitCode: exitCode.wrongInput,
  })
}
