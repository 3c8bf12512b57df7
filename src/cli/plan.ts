import { Command, Option } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { isEverInMode } from '../model/proxy-modes.ts'
import { labAsBuilt } from '../plan/lab-in-condition.ts'
import { planScript } from '../plan/shell-script.ts'
import { loadLab } from '../read/load-lab.ts'
import { findLab } from '../read/load-shipped.ts'
import { renderPlan } from '../view/plan-text.ts'
import { openTerminal } from '../view/terminal.ts'
import { renderPlanJson } from '../view/told-lab.ts'

/** `netlab plan`: every command of a lab, in order; runs none. */
export function planCommand(): Command {
  return new Command('plan')
    .description('every command of a lab, in order, with why it is there; runs none')
    .argument('<lab>', 'a lab file, or the name of a lab that ships')
    .addOption(
      new Option(
        '--format <format>',
        'text to read, sh for a script that runs by hand on a real machine, json',
      )
        .choices(['text', 'sh', 'json'])
        .default('text'),
    )
    .option('--explain', "of text: with a line in plain words before each of kube-proxy's commands", false)
    .action((nameOrPath: string, flags: { format: 'text' | 'sh' | 'json'; explain: boolean }) => {
      const lab = labAsBuilt(loadLab(findLab(nameOrPath)))
      const { out } = openTerminal()
      if (flags.format === 'sh') mustBePrintable(lab.lab)
      if (flags.format === 'sh') out.pass(planScript(lab.plan))
      else out.write(flags.format === 'json' ? renderPlanJson(lab) : renderPlan(out, lab.plan, flags.explain))
    })
}

/** A script would have to load programs into the kernel, and to let pods that it starts into a cgroup. */
function mustBePrintable(lab: Lab): void {
  if (!isEverInMode(lab, 'ebpf')) return
  throw new NetlabError({
    what: 'a lab in ebpf mode has no script for a real machine',
    why: 'its services are found by a program that netlab loads into the kernel, for the sockets of the lab alone',
    fix: 'netlab plan LAB prints its commands, netlab rules LAB the lines for bpftool that fill the maps',
    exitCode: exitCode.wrongInput,
  })
}
