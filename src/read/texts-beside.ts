import { basename } from 'node:path'
import { own } from '../command/own.ts'
import type { SourceFile } from '../model/lab.ts'
import { controlCharacterProblems } from '../text/control-character.ts'
import { didYouMean } from '../text/did-you-mean.ts'
import { type Path, problemOfFile, readDocuments, type SourceDocument } from '../text/document.ts'
import type { Problem } from '../text/problem.ts'
import { labTexts, type TextsInput } from './schema/lab-texts.ts'
import { checkAgainst } from './understand.ts'

/** What a lab has for a file of texts to translate. */
export interface Translatable {
  /** The lab's file. */
  lab: string
  /** Of all of its steps, in English. */
  titles: readonly string[]
  /** Of each text, where a file of texts has it: `[title]`, `[steps, TITLE, FIELD]`, and in a list its place. */
  keys: readonly Path[]
}

/** A file of texts, as far as it goes with its lab. */
export class TextsBeside {
  readonly problems: Problem[] = []
  readonly #file: SourceFile
  readonly #lab: string
  #document: SourceDocument | undefined
  #texts: TextsInput = {}

  constructor(file: SourceFile, translatable: Translatable) {
    this.#file = file
    this.#lab = basename(translatable.lab)
    const { documents, problems } = readDocuments(file.text, file.path)
    this.problems.push(...problems)
    this.#document = documents[0]
    if (this.#document === undefined) {
      const fix = `write texts of ${this.#lab}, or remove the file`
      if (problems.length === 0)
        this.problems.push(problemOfFile(file.path, file.text, 'the file is empty', fix))
      return
    }
    const read = checkAgainst(labTexts, this.#document)
    this.problems.push(...controlCharacterProblems(this.#document), ...read.problems)
    this.#texts = read.value ?? {}
    this.#compare(translatable)
  }

  /** The text at a key; undefined where it is not there. */
  at([first, title = '', field = '', place]: Path): string | undefined {
    if (first === 'title') return this.#texts.title
    const found: unknown = own(own(this.#texts.steps ?? {}, String(title)) ?? {}, String(field))
    const text: unknown = Array.isArray(found) ? found[Number(place)] : found
    return typeof text === 'string' ? text : undefined
  }

  /** That the text of a key is not there. */
  missing([first, title = '', field]: Path): Problem {
    if (first === 'title') return this.problemAt([], 'no "title": it stays English')
    if (!Object.hasOwn(this.#texts.steps ?? {}, title))
      return this.problemAt(['steps'], `nothing of the step "${title}": it stays English`, undefined, 'key')
    return this.problemAt(['steps', title], `no "${field}": it stays English`, undefined, 'key')
  }

  problemAt(path: Path, message: string, fix?: string, on?: 'key'): Problem {
    return (
      this.#document?.problemAt(path, message, { fix, ...(on && { on }) }) ??
      problemOfFile(this.#file.path, this.#file.text, message, fix)
    )
  }

  /** Tells of texts that are none of the lab's. */
  #compare({ titles, keys }: Translatable): void {
    const { title, steps = {} } = this.#texts
    if (title !== undefined && !keys.some(([first]) => first === 'title'))
      this.#report(['title'], `${this.#lab} has no "title"`, 'write the English one there')
    for (const [title, fields] of Object.entries(steps)) {
      const path: Path = ['steps', title]
      const same = titles.filter(each => each === title).length
      if (same === 0) {
        const fix = didYouMean(title, titles) ?? 'write the English title of a step, as it stands there'
        this.#report(path, `no step of ${this.#lab} is called so`, fix)
      } else if (same > 1)
        this.#report(
          path,
          `${same} steps of ${this.#lab} are called so`,
          'give each a title of its own there',
        )
      else for (const [field, given] of Object.entries(fields)) this.#compareField(path, field, given, keys)
    }
  }

  #compareField([, title]: Path, field: string, given: unknown, keys: readonly Path[]): void {
    const path: Path = ['steps', title!, field]
    const there = keys.filter(key => key[1] === title && key[2] === field).length
    const here = Array.isArray(given) ? given.length : 1
    if (there === 0)
      this.#report(
        path,
        `the step has no "${field}" in ${this.#lab}`,
        'remove it, or write the English there',
      )
    else if (here !== there) {
      const message = `${here} of "${field}", and in ${this.#lab} the step has ${there}`
      this.#report(path, message, 'write one for each, in the order of the step')
    }
  }

  #report(path: Path, message: string, fix: string): void {
    this.problems.push(this.problemAt(path, message, fix, 'key'))
  }
}
