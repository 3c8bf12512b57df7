import { Command } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import { openLab } from '../run/lab-state.ts'
import { podLogs } from '../run/logs.ts'
import { openTerminal } from '../view/terminal.ts'

/** `netlab logs`: what a pod's programs printed. */
export function logsCommand(): Command {
  return new Command('logs')
    .description("what a pod's programs printed")
    .argument('<names...>', '[lab] pod: the lab is not needed where one runs')
    .action(async (names: string[]) => {
      const [pod = '', lab] = names.toReversed()
      if (names.length > 2)
        throw new NetlabError({ what: 'logs takes a lab and a pod', exitCode: exitCode.wrongInput })
      const { out } = openTerminal()
      const logs = await podLogs(openLab(lab), pod)
      for (const { container, text } of logs)
        out.pass(logs.length > 1 ? `==> ${container} <==\n${text}` : text)
    })
}
