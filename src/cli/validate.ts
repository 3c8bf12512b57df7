import { Command } from 'commander'
import { exitCode } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { summaryOf } from '../plan/lab-summary.ts'
import { loadLab } from '../read/load-lab.ts'
import { findLab } from '../read/load-shipped.ts'
import { extraPackages } from '../sandbox/doctor/tools.ts'
import { LabError, type Problem } from '../text/problem.ts'
import { inhabitants, kernelNeedWords, plural } from '../view/format.ts'
import { printableJson } from '../view/printable.ts'
import { openTerminal, type Style } from '../view/terminal.ts'

/** A lab file with the lab that it is, or with what is wrong with it. */
interface ValidatedFile {
  file: string
  lab: Lab | undefined
  problems: readonly Problem[]
}

/** `netlab validate`: checks lab files and starts nothing. */
export function validateCommand(): Command {
  return new Command('validate')
    .description('check lab files, and tell every mistake with its line; starts nothing')
    .argument('<lab...>', 'files, or names of labs that ship')
    .option('--json', 'print the problems as JSON')
    .action((labs: string[], options: { json?: true }) => {
      const files = labs.map(lab => validated(findLab(lab)))
      const problems = files.flatMap(file => file.problems)
      const { out } = openTerminal()
      if (options.json) {
        out.write(printableJson(files.map(toJson)))
        if (problems.length > 0) process.exitCode = exitCode.wrongInput
        return
      }
      for (const { file, lab } of files) if (lab) out.write(fineLine(out, file, lab))
      if (problems.length > 0) throw new LabError(problems)
    })
}

function validated(file: string): ValidatedFile {
  try {
    return { file, lab: loadLab(file), problems: [] }
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    return { file, lab: undefined, problems: error.problems }
  }
}

/** Keys that scripts rely on. */
function toJson({ file, problems }: ValidatedFile): object {
  return {
    file,
    ok: problems.length === 0,
    problems: problems.map(({ file, line, column, message, fix }) => ({ file, line, column, message, fix })),
  }
}

function fineLine({ color }: Style, file: string, lab: Lab): string {
  const { pods, nodes, machines, services, steps } = lab
  const { programs, kernel } = summaryOf(lab)
  const packages = extraPackages(programs)
  const parts = [
    inhabitants({ pods: pods.length, nodes: nodes.length, machines: machines.length }),
    plural(services.length, 'service'),
    plural(steps.length, 'step'),
    ...(packages.length === 0 ? [] : [`needs ${packages.join(', ')}`]),
    ...kernelNeedWords(kernel),
  ]
  return `${color.green('✔')} ${file}: ${parts.join(', ')}\n`
}
