import { basename } from 'node:path'
import type { SourceFile } from '../model/lab.ts'
import type { Language } from '../model/language.ts'
import type { Path, SourceDocument } from '../text/document.ts'
import type { Problem } from '../text/problem.ts'
import { withoutFoldBlanks } from '../text/unspaced-script.ts'
import type { TextInput } from './schema/fields.ts'
import type { LabInput, WrittenLab } from './schema/lab.ts'
import type { WrittenStep } from './schema/step.ts'
import { TextsBeside } from './texts-beside.ts'

/** In which language a lab's texts are wanted, and the file beside the lab that has them. */
export interface WantedTexts {
  language: Language
  /** Left out: the lab's own file has them, or nobody. */
  file?: SourceFile
}

/** A lab whose texts are in one language. */
export interface LabInLanguage {
  input: LabInput
  problems: readonly Problem[]
  /** Where texts stay English; undefined: no text is in the language that is wanted. */
  untranslated: readonly Problem[] | undefined
}

/** A text of a lab that people read: where it stands in the lab, and where in a file of texts. */
interface LabText {
  text: TextInput
  at: Path
  key: Path
}

const ofSteps = ['title', 'why', 'ask', 'because', 'task'] as const satisfies readonly (keyof WrittenStep)[]
const listsOfSteps = ['answers', 'hints'] as const satisfies readonly (keyof WrittenStep)[]

/** Takes each text of a lab in the language that is wanted, or else in English. */
export function inLanguage(
  written: WrittenLab,
  document: SourceDocument,
  { language, file }: WantedTexts,
): LabInLanguage {
  const texts = textsOf(written)
  const titles = (written.steps ?? []).map(({ title }) => english(title))
  const keys = texts.map(({ key }) => key)
  const beside = file && new TextsBeside(file, { lab: document.file, titles, keys })
  const problems = [...(beside?.problems ?? [])]
  // Made where they are told: to find a place takes a large lab its time.
  const untranslated: (() => Problem)[] = []
  const changes: { at: Path; text: string }[] = []
  for (const { text, at, key } of texts) {
    const inLab = typeof text === 'string' ? undefined : text[language]
    const inFile = beside?.at(key)
    if (beside !== undefined && inLab !== undefined && inFile !== undefined) {
      const message = `${basename(document.file)} has this text in "${language}" already`
      problems.push(beside.problemAt(key, message, 'remove one of the two'))
    }
    const said = inFile ?? inLab
    if (said === undefined)
      untranslated.push(
        () => beside?.missing(key) ?? document.problemAt(at, `no "${language}": it stays English`),
      )
    const shown = withoutFoldBlanks(said ?? english(text))
    if (shown !== text) changes.push({ at, text: shown })
  }
  const isTranslated = beside !== undefined || untranslated.length < texts.length
  const input = changes.length === 0 ? written : structuredClone(written)
  for (const { at, text } of changes) put(input, at, text)
  return {
    input: input as LabInput,
    problems,
    untranslated: isTranslated ? onePerPlace(untranslated.map(problem => problem())) : undefined,
  }
}

/** All texts of a lab, in its order. */
function textsOf({ title, steps = [] }: WrittenLab): LabText[] {
  return [
    ...(title === undefined ? [] : [{ text: title, at: ['title'], key: ['title'] }]),
    ...steps.flatMap((step, index) => {
      const at: Path = ['steps', index]
      const key: Path = ['steps', english(step.title)]
      const fields = ofSteps.flatMap(field => {
        const text = step[field]
        return text === undefined ? [] : [{ text, at: [...at, field], key: [...key, field] }]
      })
      const meanings = meaningsOf(step).map((meaning, place) => ({
        text: meaning.text,
        at: [...at, ...meaning.at],
        key: [...key, 'means', place],
      }))
      const lists = listsOfSteps.flatMap(field =>
        (step[field] ?? []).map((text, place) => ({
          text,
          at: [...at, field, place],
          key: [...key, field, place],
        })),
      )
      const says = saidOf(step).map((said, place) => ({
        text: said.text,
        at: [...at, ...said.at],
        key: [...key, 'says', place],
      }))
      return [...fields, ...lists, ...meanings, ...says]
    }),
  ]
}

/** What a step's checks say of what comes true; `at`: its place in the step. */
function meaningsOf(step: WrittenStep): { text: TextInput; at: Path }[] {
  return (['check', 'goal'] as const).flatMap(field =>
    (step[field] ?? []).flatMap((each, index) => {
      if (!('curl' in each) || !Array.isArray(each.expect)) return []
      return each.expect.flatMap((one, place) =>
        typeof one === 'object' && 'means' in one && one.means !== undefined
          ? [{ text: one.means, at: [field, index, 'expect', place, 'means'] }]
          : [],
      )
    }),
  )
}

/** What the patterns of a step's checks, and of its goal's, ask for in words. */
function saidOf(step: WrittenStep): { text: TextInput; at: Path }[] {
  return (['check', 'goal'] as const).flatMap(field =>
    (step[field] ?? []).flatMap((each, index) => {
      const expect = 'command' in each ? each.expect : undefined
      return typeof expect === 'object' && expect.says !== undefined
        ? [{ text: expect.says, at: [field, index, 'expect', 'says'] }]
        : []
    }),
  )
}

function english(text: TextInput): string {
  return typeof text === 'string' ? text : text.en
}

function put(root: object, path: Path, value: string): void {
  const holder = path
    .slice(0, -1)
    .reduce<unknown>((part, key) => (part as Record<string | number, unknown>)[key], root)
  ;(holder as Record<string | number, unknown>)[path.at(-1)!] = value
}

function onePerPlace(problems: readonly Problem[]): Problem[] {
  const told = new Set<string>()
  return problems.filter(({ file, line, message }) => {
    const place = `${file}:${line} ${message}`
    return !told.has(place) && told.add(place)
  })
}
