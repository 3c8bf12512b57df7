import type { GradeReport } from '../../lesson/record/grade-folder.ts'
import { replaceControlCharacters } from '../../text/control-character.ts'
import { againWords, doubtWords } from './words.ts'

const columns = [
  'file',
  'student',
  'lab',
  'began',
  'step',
  'title',
  'begun',
  'held',
  'seconds',
  'foretold',
  'task',
  'hints',
  'typed',
  'longest',
  'ended',
  'built again',
  'doubts',
]

/** `netlab grade --format csv`: a line for each step of each student (RFC 4180, with the line breaks of this system). */
export function renderGradeCsv({ records, unread }: GradeReport): string {
  const rows = records.flatMap(record =>
    record.steps.map((step, index) => [
      record.file,
      record.student,
      record.lab,
      record.began,
      index + 1,
      step.title,
      step.walked ? 'yes' : 'no',
      step.ok === undefined ? '' : step.ok ? 'yes' : 'no',
      Math.round(step.ms / 1000),
      step.predicted ?? '',
      step.task ?? '',
      step.hints,
      step.typed,
      record.longest === index ? 'yes' : 'no',
      record.ended,
      againWords(record),
      doubtWords(record).join('; '),
    ]),
  )
  const rest = unread.map(({ file, refusal }) => [file, ...columns.slice(2).map(() => ''), refusal])
  return [columns, ...rows, ...rest].map(row => `${row.map(cell).join(',')}\n`).join('')
}

/** A cell that no spreadsheet takes for a formula, whatever a student is called. */
function cell(value: string | number): string {
  const text = replaceControlCharacters(String(value), () => '�').replaceAll(/[\n\t]+/g, ' ')
  const safe = /^[=+\-@]/.test(text) ? `'${text}` : text
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
