import { Command } from 'commander'
import { host } from '../command/command.ts'
import { exitCode, NetlabError } from '../errors.ts'
import { runFromInside, runInside } from '../run/inside.ts'
import { labInside } from '../run/known-inside.ts'
import { openLab } from '../run/lab-state.ts'

/** `netlab exec`: one command inside a lab; its exit code is netlab's. */
export function execCommand(): Command {
  return new Command('exec')
    .description('run a command inside a lab')
    .usage('[options] [name] -- <command...>')
    .argument('[name...]', 'the lab, where several run; then -- and the command')
    .option('--in <place>', 'in the network namespace of a pod or a machine outside', host)
    .option(
      '-c, --container <container>',
      "in all of a container's namespaces, of a pod with a pause process",
    )
    .action(async (words: string[], flags: { in: string; container?: string }) => {
      const dashes = process.argv.indexOf('--')
      const command = dashes === -1 ? [] : process.argv.slice(dashes + 1)
      const names = words.slice(0, words.length - command.length)
      if (command.length === 0 || names.length > 1) {
        throw new NetlabError({
          what:
            command.length === 0
              ? 'there is no command to run'
              : `exec takes one lab, not ${names.join(' ')}`,
          fix: 'put -- before the command: netlab exec --in netns_011 -- curl 10.100.100.100:8080',
          exitCode: exitCode.wrongInput,
        })
      }
      const place = flags.in
      const around = labInside()
      const isHere = around !== undefined && (names[0] ?? around.lab.name) === around.lab.name
      process.exitCode =
        isHere && flags.container === undefined
          ? await runFromInside(around.lab, command, place)
          : await runInside(openLab(names[0]), command, { place, container: flags.container })
    })
}
