import { existsSync } from 'node:fs'
import { Command } from 'commander'
import { exitCode } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { type Language, translations } from '../model/language.ts'
import { summaryOf } from '../plan/lab-summary.ts'
import { loadLab, loadTranslated } from '../read/load-lab.ts'
import { findLab } from '../read/load-shipped.ts'
import { labOfTexts } from '../read/texts-path.ts'
import { extraPackages } from '../sandbox/doctor/tools.ts'
import { LabError, type Problem } from '../text/problem.ts'
import { inhabitants, kernelNeedWords, plural } from '../view/format.ts'
import { block, hanging } from '../view/layout.ts'
import { printable, printableJson } from '../view/printable.ts'
import { openTerminal, type Style } from '../view/terminal.ts'

/** A lab file with the lab that it is, or with what is wrong with it. */
interface ValidatedFile {
  file: string
  lab: Lab | undefined
  problems: readonly Problem[]
  /** Besides English. */
  languages: readonly Language[]
  /** Texts that are not in one of those. */
  notes: readonly Problem[]
}

/** `netlab validate`: checks lab files and starts nothing. */
export function validateCommand(): Command {
  return new Command('validate')
    .description('check lab files, and tell every mistake with its line; starts nothing')
    .argument('<lab...>', 'files, or names of labs that ship')
    .option('--json', 'print the problems as JSON')
    .action((labs: string[], options: { json?: true }) => {
      const files = [...new Set(labs.map(lab => withoutTexts(findLab(lab))))].map(validated)
      const problems = files.flatMap(file => file.problems)
      const { out } = openTerminal()
      if (options.json) {
        out.write(printableJson(files.map(toJson)))
        if (problems.length > 0) process.exitCode = exitCode.wrongInput
        return
      }
      for (const file of files) {
        if (file.lab) out.write(fineLine(out, file, file.lab))
        out.write(file.notes.map(note => noteLine(out, note)).join(''))
      }
      if (problems.length > 0) throw new LabError(problems)
    })
}

/** The lab of a file that has its texts in another language: they are checked together. */
function withoutTexts(path: string): string {
  const lab = labOfTexts(path)?.lab
  return lab !== undefined && existsSync(lab) ? lab : path
}

function validated(file: string): ValidatedFile {
  const languages: Language[] = []
  const notes: Problem[] = []
  try {
    const lab = loadLab(file)
    for (const language of translations) {
      const { untranslated } = loadTranslated(file, language)
      if (untranslated === undefined) continue
      languages.push(language)
      notes.push(...untranslated)
    }
    return { file, lab, problems: [], languages, notes }
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    return { file, lab: undefined, problems: error.problems, languages, notes }
  }
}

/** Keys that scripts rely on. */
function toJson({ file, problems, languages, notes }: ValidatedFile): object {
  const told = ({ file, line, column, message, fix }: Problem) => ({ file, line, column, message, fix })
  return {
    file,
    ok: problems.length === 0,
    problems: problems.map(told),
    languages: ['en', ...languages],
    notes: notes.map(told),
  }
}

function noteLine({ color, width }: Style, { file, line, column, message }: Problem): string {
  return block(hanging('  ', color.dim(printable(`${file}:${line}:${column} ${message}`)), width, 4))
}

function fineLine({ color }: Style, { file, languages }: ValidatedFile, lab: Lab): string {
  const { pods, nodes, machines, services, steps } = lab
  const { programs, kernel } = summaryOf(lab)
  const packages = extraPackages(programs)
  const parts = [
    inhabitants({ pods: pods.length, nodes: nodes.length, machines: machines.length }),
    plural(services.length, 'service'),
    plural(steps.length, 'step'),
    ...(packages.length === 0 ? [] : [`needs ${packages.join(', ')}`]),
    ...kernelNeedWords(kernel),
    ...(languages.length === 0 ? [] : [`also in ${languages.join(', ')}`]),
  ]
  return `${color.green('✔')} ${file}: ${parts.join(', ')}\n`
}
