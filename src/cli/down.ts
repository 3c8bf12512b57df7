import { Command } from 'commander'
import { down, downAll } from '../run/down.ts'
import { labName } from '../run/lab-state.ts'
import { renderDown } from '../view/down-line.ts'
import { printableJson } from '../view/printable.ts'
import { openTerminal } from '../view/terminal.ts'

/** `netlab down`: ends a lab and proves that nothing is left. */
export function downCommand(): Command {
  return new Command('down')
    .description(
      'take a lab away, and prove that nothing is left; works for a lab that died, and without its file',
    )
    .argument('[name]', 'the lab, or the file that it came from; not needed where one lab runs')
    .option('-a, --all', 'every lab of yours')
    .option('-q, --quiet', 'say nothing')
    .option('--json', 'print the result as JSON')
    .action(async (name: string | undefined, flags: { all?: true; quiet?: true; json?: true }) => {
      const reports = flags.all ? await downAll() : [await down(labName(name))]
      const { out } = openTerminal()
      if (flags.json) out.write(printableJson(reports))
      else if (!flags.quiet) out.write(renderDown(out, reports))
    })
}
