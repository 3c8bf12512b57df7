import { Command, Option } from 'commander'
import { exitCode } from '../errors.ts'
import { type GradeReport, gradeFolder } from '../lesson/record/grade-folder.ts'
import type { Lab } from '../model/lab.ts'
import { loadLab } from '../read/load-lab.ts'
import { findLab, shippedLabs } from '../read/load-shipped.ts'
import { renderGradeCsv } from '../view/grade/csv.ts'
import { renderGradeHtml } from '../view/grade/html.ts'
import { renderGradeJunit } from '../view/grade/junit.ts'
import { renderGradeTable } from '../view/grade/table.ts'
import { LiveLine } from '../view/live-line.ts'
import { printableJson } from '../view/printable.ts'
import { openTerminal, type Style } from '../view/terminal.ts'
import { abortOnSignals } from './interrupt.ts'

const formats = ['text', 'csv', 'html', 'junit', 'json'] as const

interface GradeFlags {
  format: (typeof formats)[number]
  rebuild: boolean
  lab?: string[]
}

const footer = `
Exit codes: 0 every record is whole and ends as it says; 1 one is doubtful, or no record;
2 the command line is wrong, or the folder has no records.`

/** `netlab grade`: records of lessons, as a table by student and step. */
export function gradeCommand(): Command {
  return new Command('grade')
    .description('records of lessons (netlab walk --record FILE.jsonl), by student and step')
    .argument('<folder>', 'where the records are: all its files whose names end with .jsonl')
    .addOption(
      new Option('--format <format>', 'how it is printed').choices([...formats]).default('text' as const),
    )
    .option('--lab <lab...>', 'lab files of your own that the records are of; those that ship are known')
    .option('--no-rebuild', 'do not build the labs again to see whether they end as the records say')
    .addHelpText('after', footer)
    .action(runGrade)
}

async function runGrade(folder: string, { format, rebuild, lab: files = [] }: GradeFlags): Promise<void> {
  const { out, err } = openTerminal()
  const own = new Map(files.map(file => loadLab(findLab(file))).map(lab => [lab.name, lab]))
  const known = new Map<string, Lab | undefined>()
  // A record's word is no path: only a lab that ships is looked for by its name.
  const shipped = (name: string) => (shippedLabs().includes(name) ? loadLab(findLab(name)) : undefined)
  const labOf = (name: string) => {
    if (own.has(name)) return own.get(name)
    if (!known.has(name)) known.set(name, shipped(name))
    return known.get(name)
  }
  const { signal, release } = abortOnSignals('interrupted; the labs that were built again are taken down')
  const live = err.interactive && rebuild ? new LiveLine(err) : undefined
  live?.start('reading the records')
  const tell = (done: number, count: number) => live?.update(`built ${done} of ${count} end states again`)
  let report: GradeReport
  try {
    report = await gradeFolder(folder, { labOf, rebuild, signal, tell })
  } finally {
    await live?.stop()
    release()
  }
  out.write(rendered(out, format, report))
  if (!report.ok) process.exitCode = exitCode.failed
}

function rendered(style: Style, format: GradeFlags['format'], report: GradeReport): string {
  switch (format) {
    case 'text':
      return renderGradeTable(style, report)
    case 'csv':
      return renderGradeCsv(report)
    case 'html':
      return renderGradeHtml(report)
    case 'junit':
      return renderGradeJunit(report)
    case 'json':
      return printableJson(report)
  }
}
