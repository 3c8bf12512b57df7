import { Command } from 'commander'
import { own } from '../command/own.ts'
import { LabFolder, labName, statusOf } from '../run/lab-state.ts'
import { readPodTroubles } from '../run/sync-state.ts'
import { renderStatus } from '../view/lab-list.ts'
import { printableJson } from '../view/printable.ts'
import { openTerminal } from '../view/terminal.ts'

/** `netlab status`: a lab's pods, services and steps. */
export function statusCommand(): Command {
  return new Command('status')
    .description("a lab's pods, services and steps")
    .argument('[name]', 'the lab; not needed where one lab runs')
    .option('--json', 'print them as JSON')
    .action((name: string | undefined, flags: { json?: true }) => {
      const folder = new LabFolder(labName(name))
      const plan = folder.readPlan()
      const status = statusOf(folder)
      const troubles = readPodTroubles(folder)
      const { out } = openTerminal()
      if (!flags.json) {
        out.write(renderStatus(out, status, plan, Date.now(), troubles))
        return
      }
      const { services, outside } = plan
      const pods = plan.pods.map(pod => ({
        ...pod,
        state: own(troubles.ended, pod.name) ?? 'running',
        ready: !Object.hasOwn(troubles.notReady, pod.name),
      }))
      const steps = plan.steps.map(step => step.title)
      out.write(printableJson({ ...status, pods, outside, services, steps }))
    })
}
