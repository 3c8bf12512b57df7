import type { GradedInFull, GradeReport } from '../../lesson/record/grade-folder.ts'
import { isFine } from '../../lesson/record/grade-folder.ts'
import type { GradedStep } from '../../lesson/record/graded.ts'
import { duration, plural } from '../format.ts'
import { block, flow, hanging, padEnd, shorten, widest } from '../layout.ts'
import { printable } from '../printable.ts'
import type { Style } from '../terminal.ts'
import { againWords, byLab, doubtWords, foretoldWords, tasksWords } from './words.ts'

/** Columns that a student's name and a file's name get at most. */
const longestName = 20
const longestFile = 40

/** `netlab grade`: for each lab a table of its students by its steps, and below it what is doubtful. */
export function renderGradeTable(style: Style, { records, unread }: GradeReport): string {
  const { color, width } = style
  const doubtful = records.filter(record => !isFine(record)).length
  const verdict =
    doubtful + unread.length === 0
      ? color.green('none is doubtful')
      : color.yellow(
          [count(doubtful, 'doubtful'), count(unread.length, 'unreadable')].filter(Boolean).join(', '),
        )
  return block([
    ...byLab(records).flatMap(ofLab => [...labLines(style, ofLab), '']),
    ...unread.flatMap(({ file, refusal }) =>
      hanging(
        `${color.red('✘')} ${shorten(oneLine(file), longestFile)}  `,
        `is no record: ${oneLine(refusal)}`,
        width,
        4,
      ),
    ),
    ...(records.length === 0 ? [] : legend(style)),
    ...hanging('', `${plural(records.length, 'record')}; ${verdict}`, width),
  ])
}

function count(number: number, word: string): string {
  return number === 0 ? '' : `${number} ${word}`
}

function labLines(style: Style, records: readonly GradedInFull[]): string[] {
  const { color, width } = style
  const [{ lab, title, steps }] = records as [GradedInFull]
  const columns = [
    column('student', records, ({ student }) => shorten(oneLine(student), longestName)),
    stepsColumn(style, records, steps.length),
    column('foretold', records, foretoldWords),
    column('tasks', records, tasksWords),
    column('time', records, ({ ms }) => duration(ms)),
    column('longest', records, longestWords),
    column('ended', records, ({ ended, last }) => (ended === 'finished' ? ended : `${ended}${atStep(last)}`)),
    column('rebuilt', records, againWords),
  ].filter(cells => cells.slice(1).some(cell => cell !== ''))
  const shown = withinWidth(columns, width - 2)
  const rows = shown[0]!.map((_, row) => shown.map(cells => padEnd(cells[row]!, widest(cells))))
  const heading = `${color.bold(oneLine(lab))}  ${oneLine(title)}`
  return [
    ...hanging(
      '',
      `${heading}, ${plural(steps.length, 'step')}, ${plural(records.length, 'record')}`,
      width,
      2,
    ),
    ...rows.flatMap((cells, row) => {
      const lines = flow(cells, width - 2, 4, '  ').map(line => `  ${line}`)
      if (row === 0) return lines.map(line => color.dim(line))
      return [...lines, ...doubtLines(style, records[row - 1]!)]
    }),
  ]
}

/** Columns that are left out, in this order, where a student's line would not fit. */
const dispensable = ['longest', 'time']

function withinWidth(columns: readonly string[][], width: number): readonly string[][] {
  const needed = columns.reduce((sum, cells) => sum + widest(cells) + 2, -2)
  const next = dispensable.find(head => columns.some(cells => cells[0] === head))
  if (needed <= width || next === undefined) return columns
  return withinWidth(
    columns.filter(cells => cells[0] !== next),
    width,
  )
}

function column(
  head: string,
  records: readonly GradedInFull[],
  cell: (record: GradedInFull) => string,
): string[] {
  return [head, ...records.map(cell)]
}

/** A mark for each step, parted where there is room for it. */
function stepsColumn(style: Style, records: readonly GradedInFull[], count: number): string[] {
  const marks = records.map(({ steps }) => steps.map(stepMark))
  const wide = marks.some(row => row.some(({ length }) => length > 1))
  const room = count * (wide ? 3 : 2) <= style.width / 5 ? 1 : 0
  const size = (wide ? 2 : 1) + room
  const numbers = Array.from({ length: count }, (_, at) =>
    padEnd(`${(at + 1) % (size > 1 ? 100 : 10)}`, size),
  )
  // A number of two digits touches the next one.
  const head = size === 2 ? numbers.map(text => text.slice(0, 2)) : numbers
  return [head.join(''), ...marks.map(row => row.map(mark => padEnd(mark, size)).join(''))]
}

function stepMark({ walked, ok, predicted, task, hints }: GradedStep): string {
  if (!walked) return ' '
  const help = hints === 0 ? '' : `${Math.min(hints, 9)}`
  if (task !== undefined) return { reached: 'R', solution: 'S', open: 'O' }[task] + help
  if (ok === false) return '!'
  return predicted === undefined ? '·' : { right: '✔', wrong: '✘', skipped: '-', void: '·' }[predicted]
}

function longestWords({ longest, steps }: GradedInFull): string {
  return longest === undefined ? '' : `${longest + 1} (${duration(steps[longest]!.ms)})`
}

function atStep(last: number | undefined): string {
  return last === undefined ? '' : ` at ${last + 1}`
}

function doubtLines(style: Style, record: GradedInFull): string[] {
  const file = shorten(oneLine(record.file), longestFile)
  return doubtWords(record).flatMap(words =>
    hanging(`    ${style.color.yellow('!')} ${file}: `, style.color.yellow(oneLine(words)), style.width, 6),
  )
}

function legend({ color, width }: Style): string[] {
  const marks = [
    ['✔', 'rightly foretold'],
    ['✘', 'otherwise'],
    ['-', 'not answered'],
    ['·', 'nothing asked'],
    ['!', 'did not hold'],
    ['R', 'task reached (R2: with 2 hints)'],
    ['S', 'by its solution'],
    ['O', 'open'],
  ]
  return flow(
    marks.map(([mark, words]) => `${mark} ${color.dim(words!)}`),
    width,
    0,
    '  ',
  )
}

/** Words of others, as one line. */
function oneLine(text: string): string {
  return printable(text).replaceAll(/\s+/g, ' ')
}
