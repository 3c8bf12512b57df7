import { Command } from 'commander'
import { host } from '../command/command.ts'
import { openShell } from '../run/inside.ts'
import { labNames, openLab } from '../run/lab-state.ts'

/** `netlab shell`: a shell inside a lab, where the articles' own commands work word for word. */
export function shellCommand(): Command {
  return new Command('shell')
    .description('a shell inside a lab: ip netns, iptables and curl work there as on a machine of your own')
    .argument('[names...]', '[lab] [pod]: the lab is not needed where one runs')
    .option(
      '-c, --container <container>',
      "in all of a container's namespaces, of a pod with a pause process",
    )
    .action(async (names: string[], { container }: { container?: string }) => {
      const known = labNames()
      const [first, second] = names
      const lab = first !== undefined && (second !== undefined || known.includes(first)) ? first : undefined
      const place = (lab === undefined ? first : second) ?? host
      process.exitCode = await openShell(openLab(lab), { place, container })
    })
}
