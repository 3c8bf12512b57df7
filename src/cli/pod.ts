import { Command, Option } from 'commander'
import type { LabFolder } from '../run/lab-folder.ts'
import { openSandbox } from '../run/lab-state.ts'
import { endContainerOf, endPod, type PodReport, startPod } from '../run/pods.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { printableJson } from '../view/printable.ts'
import { renderPod } from '../view/sync-lines.ts'
import { openTerminal } from '../view/terminal.ts'

interface PodFlags {
  lab?: string
  container?: string
  json?: true
}

/** What is done to a pod's programs, or to one container. */
type PodAction = (
  folder: LabFolder,
  sandbox: Sandbox,
  pod: string,
  container: string | undefined,
) => Promise<PodReport>

function ending(how: 'stop' | 'kill'): PodAction {
  return (folder, sandbox, pod, container) =>
    container === undefined
      ? endPod(folder, sandbox, pod, how)
      : endContainerOf(folder, sandbox, { pod, container }, how)
}

const containerOption = new Option(
  '-c, --container <container>',
  'only this container, of a pod with a pause process: kubelet then starts it again',
)

/** `netlab pod`: lets a pod's programs end, and brings them back. */
export function podCommand(): Command {
  return new Command('pod')
    .description("end a pod's programs, or start them again; endpoints and rules follow with netlab sync")
    .addCommand(
      podVerb(
        'stop',
        'as kubelet ends a pod: SIGTERM, and what is under way is answered',
        ending('stop'),
      ).addOption(containerOption),
    )
    .addCommand(
      podVerb('kill', 'as a crash: SIGKILL, and every connection breaks', ending('kill')).addOption(
        containerOption,
      ),
    )
    .addCommand(podVerb('start', 'start them again', startPod))
}

function podVerb(verb: string, description: string, act: PodAction): Command {
  return new Command(verb)
    .description(description)
    .argument('<pod>', 'the pod')
    .option('--lab <name>', 'the lab; not needed where one lab runs')
    .option('--json', 'print the result as JSON')
    .exitOverride()
    .action(async (pod: string, flags: PodFlags) => {
      const { folder, sandbox } = openSandbox(flags.lab)
      const report = await act(folder, sandbox, pod, flags.container)
      const { out } = openTerminal()
      out.write(flags.json ? printableJson(report) : renderPod(out, report))
    })
}
