import { Command } from 'commander'
import { summaryOf } from '../plan/lab-summary.ts'
import { loadLab } from '../read/load-lab.ts'
import { findLab, shippedLabs } from '../read/load-shipped.ts'
import { extraPackages } from '../sandbox/doctor/tools.ts'
import { renderShippedLabs, renderShippedLabsJson } from '../view/shipped-labs.ts'
import { openTerminal } from '../view/terminal.ts'

/** `netlab labs`: the labs that ship. */
export function labsCommand(): Command {
  return new Command('labs')
    .description('the labs that ship: what each shows, how long it takes, what it needs')
    .option('--json', 'print them as JSON')
    .action((flags: { json?: true }) => {
      const { out } = openTerminal()
      const labs = shippedLabs().map(name => {
        const { programs, ...summary } = summaryOf(loadLab(findLab(name)))
        return { ...summary, packages: extraPackages(programs) }
      })
      out.write(flags.json ? renderShippedLabsJson(labs) : renderShippedLabs(out, labs))
    })
}
