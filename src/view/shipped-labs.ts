import type { LessonPlace } from '../lesson/progress.ts'
import type { LabSummary } from '../plan/lab-summary.ts'
import { kernelNeedWords, plural } from './format.ts'
import { block, flow, hanging, padEnd, widest } from './layout.ts'
import { placeWords } from './lesson-place.ts'
import { printableJson } from './printable.ts'
import type { Style } from './terminal.ts'
import { tryLine } from './up-summary.ts'

/** A lab that ships. */
export interface ShippedLab extends Omit<LabSummary, 'programs'> {
  /** Debian packages that it needs beyond those of every lab. */
  packages: readonly string[]
  /** Where the person is in its lesson; left out: nowhere yet. */
  place?: Pick<LessonPlace, 'steps' | 'of' | 'done'>
}

/** Names are set in a column of their own where so many columns are left for the rest. */
const leastForText = 40

/** The labs that ship, two lines each: what it shows, what it takes. Exercises stand behind the lessons, in the order of their names, the easiest first. */
export function renderShippedLabs(style: Style, labs: readonly ShippedLab[]): string {
  const exercises = labs.filter(({ tasks }) => tasks > 0)
  const lessons = labs.filter(({ tasks }) => tasks === 0)
  const lines = labLines(style, lessons)
  if (exercises.length > 0) {
    const heading =
      'Exercises, from easy to hard: something is wrong, and you are to mend it. docs/exercises.md says which lesson to do before each.'
    lines.push('', ...hanging('', heading, style.width), '', ...labLines(style, exercises))
  }
  const exercise = exercises[0] === undefined ? [] : [`walk ${exercises[0].name}`]
  return block([
    ...lines,
    '',
    ...tryLine(style, ['walk clusterip', 'up clusterip', 'plan clusterip', ...exercise]),
  ])
}

function labLines({ color, width }: Style, labs: readonly ShippedLab[]): string[] {
  const column = widest(labs.map(({ name }) => name)) + 2
  const indent = width - column < leastForText ? 2 : column
  return labs.flatMap(({ name, title, steps, tasks, minutes, packages, kernel, article, place }) => {
    const facts = [
      ...(tasks > 0 ? [] : [plural(steps, 'step')]),
      `${minutes} min`,
      ...(packages.length === 0 ? [] : [`needs ${packages.join(', ')}`]),
      ...kernelNeedWords(kernel),
      ...(article === undefined ? [] : [`after ${article}`]),
    ]
    const mark = place === undefined ? '' : place.done ? color.green('✔ done') : placeWords(place)
    const heading =
      indent === column
        ? hanging(color.bold(padEnd(name, column)), title, width, column)
        : [color.bold(name), ...hanging('  ', title, width)]
    const [first = '', ...more] = facts
    return [
      ...heading,
      ...flow(
        [`${' '.repeat(indent)}${mark === '' ? first : `${mark} · ${first}`}`, ...more],
        width,
        indent,
        ' · ',
      ).map(line => color.dim(line)),
    ]
  })
}

/** `labs --json`: keys that scripts rely on. */
export function renderShippedLabsJson(labs: readonly ShippedLab[]): string {
  return printableJson(labs)
}
