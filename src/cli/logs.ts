import { Command } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import { openLab } from '../run/lab-state.ts'
import { podLogs } from '../run/logs.ts'
import { openTerminal } from '../view/terminal.ts'

interface LogsFlags {
  container?: string
  previous?: boolean
}

/** `netlab logs`: what a pod's programs printed, and the requests to netlab's own server. */
export function logsCommand(): Command {
  return new Command('logs')
    .description("what a pod's programs printed; of netlab's own server who asked it for what, and when")
    .argument('<names...>', '[lab] pod: the lab is not needed where one runs')
    .option('-c, --container <container>', 'only of this container')
    .option('-p, --previous', 'what it printed before it was started again, of a pod with a pause process')
    .action(async (names: string[], { container, previous }: LogsFlags) => {
      const [pod = '', lab] = names.toReversed()
      if (names.length > 2)
        throw new NetlabError({ what: 'logs takes a lab and a pod', exitCode: exitCode.wrongInput })
      const { out } = openTerminal()
      const logs = await podLogs(openLab(lab), pod, {
        previous: previous ?? false,
        ...(container === undefined ? {} : { container }),
      })
      for (const { container, text } of logs)
        out.pass(logs.length > 1 ? `==> ${container} <==\n${text}` : text)
    })
}
