import { exitCode, NetlabError } from '../errors.ts'

/** More than any class has: each is a Pod. */
const mostStudents = 1000
/** Characters: an annotation may be long, a line of a table not. */
const longestName = 100

/** Columns of a CSV that hold names, in the words of those who make such lists. */
const nameColumns = ['name', 'student', 'student name', 'full name', '姓名', '名字', '学生', '学生姓名']

/**
 * The names of a list: one a line, or CSV, of which the column counts that is called so, or else the first. Empty lines and comments (`#`) are
 * left out. Throws NetlabError with the line where it is none.
 */
export function readStudents(text: string, file: string): string[] {
  const rows = csvRows(text.replace(/^\uFEFF/, ''), file).filter(
    ({ cells }) => cells.some(cell => cell !== '') && cells[0]?.startsWith('#') !== true,
  )
  const titles = rows[0]?.cells.map(cell => cell.toLowerCase()) ?? []
  const column = titles.findIndex(title => nameColumns.includes(title))
  const names = column === -1 ? rows : rows.slice(1)
  const students = names.map(({ cells, line }) =>
    checked(cells[Math.max(column, 0)] ?? '', `${file}:${line}`),
  )
  if (students.length === 0)
    throw wrong('it names no student', file, 'write one name a line, or CSV with a column called name')
  if (students.length > mostStudents)
    throw wrong(
      `it names ${students.length} students, and ${mostStudents} is the most`,
      file,
      'make several lists of it',
    )
  return students
}

function checked(name: string, where: string): string {
  if (name === '') throw wrong('a name is missing here', where, 'write the name, or remove the line')
  if (/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(name))
    throw wrong('a control character stands in this name', where, 'remove it: type the name anew, say')
  if ([...name].length > longestName)
    throw wrong(
      `a name of more than ${longestName} characters`,
      where,
      'shorten it; is this a list of names?',
    )
  return name
}

interface Row {
  cells: string[]
  /** 1-based. */
  line: number
}

/** RFC 4180, with blanks around cells and semicolons or tabs as well, as spreadsheets of some languages write them. */
function csvRows(text: string, file: string): Row[] {
  const separator = [';', '\t'].find(each => text.includes(each) && !text.includes(',')) ?? ','
  const rows: Row[] = []
  let line = 1
  let row: Row = { cells: [], line }
  let at = 0
  while (at < text.length) {
    const rest = text.slice(at)
    const quoted = /^[ ]*"((?:[^"]|"")*)"[ ]*/.exec(rest)
    if (quoted === null && /^ *"/.test(rest))
      throw wrong('a quote is never closed', `${file}:${line}`, 'close it with "')
    const plain = quoted ?? [plainCell(rest, separator)]
    const cell = quoted === null ? plain[0]!.trim() : quoted[1]!.replaceAll('""', '"').trim()
    row.cells.push(cell)
    line += plain[0]!.split('\n').length - 1
    at += plain[0]!.length
    const next = text.charAt(at)
    if (next === separator) at += 1
    else if (at >= text.length || /[\r\n]/.test(next)) {
      rows.push(row)
      at += text.startsWith('\r\n', at) ? 2 : 1
      line += 1
      row = { cells: [], line }
    } else
      throw wrong(
        'something stands behind a closing quote',
        `${file}:${line}`,
        'write "" for a quote in quotes',
      )
  }
  return row.cells.length === 0 ? rows : [...rows, { ...row, cells: [...row.cells, ''] }]
}

function plainCell(text: string, separator: string): string {
  const end = text.search(new RegExp(`[${separator}\r\n]`))
  return end === -1 ? text : text.slice(0, end)
}

function wrong(what: string, where: string, fix: string): NetlabError {
  return new NetlabError({
    what: `the list of students cannot be used: ${what}`,
    where,
    fix,
    exitCode: exitCode.wrongInput,
  })
}
