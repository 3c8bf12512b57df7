import { Command } from 'commander'
import { own } from '../command/own.ts'
import { labIn } from '../plan/lab-in-condition.ts'
import { LabFolder } from '../run/lab-folder.ts'
import { labName, statusOf } from '../run/lab-state.ts'
import { renderStatus } from '../view/lab-list.ts'
import { printableJson } from '../view/printable.ts'
import { openTerminal } from '../view/terminal.ts'
import { toldPlaces, toldPods } from '../view/told-lab.ts'

/** `netlab status`: a lab's pods, services and steps. */
export function statusCommand(): Command {
  return new Command('status')
    .description("a lab's pods, services and steps")
    .argument('[name]', 'the lab; not needed where one lab runs')
    .option('--json', 'print them as JSON')
    .action((name: string | undefined, flags: { json?: true }) => {
      const folder = new LabFolder(labName(name))
      const lab = folder.readLab()
      const status = statusOf(folder, lab)
      const condition = folder.readCondition(lab)
      const known = labIn(condition, lab)
      const { out } = openTerminal()
      if (!flags.json) {
        out.write(renderStatus(out, status, known, Date.now()))
        return
      }
      const { services, outlines } = known
      const pods = toldPods(lab).map(pod => ({
        ...pod,
        state: own(condition.ended, pod.name) ?? 'running',
        ready: !Object.hasOwn(condition.notReady, pod.name),
      }))
      const steps = outlines.map(step => step.title)
      out.write(printableJson({ ...status, ...toldPlaces(lab), pods, services, steps }))
    })
}
