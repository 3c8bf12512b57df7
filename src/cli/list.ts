import { Command } from 'commander'
import { mustBeOutside } from '../run/known-inside.ts'
import { allLabs } from '../run/lab-state.ts'
import { renderListJson } from '../view/json.ts'
import { renderLabList } from '../view/lab-list.ts'
import { openTerminal } from '../view/terminal.ts'

/** `netlab list`: the labs that run, and those that died. */
export function listCommand(): Command {
  return new Command('list')
    .description('the labs that run, and those that died')
    .option('--json', 'print them as JSON')
    .action((flags: { json?: true }) => {
      mustBeOutside()
      const { out } = openTerminal()
      const labs = allLabs()
      out.write(flags.json ? renderListJson(labs) : renderLabList(out, labs, Date.now()))
    })
}
