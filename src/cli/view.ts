import { Command } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import { openLab, RunsInVm, runningLabs } from '../run/lab-state.ts'
import { openTerminal } from '../view/terminal.ts'
import { viewLab } from '../web/view-lab.ts'
import { abortOnSignals } from './interrupt.ts'
import { nothingLeft, portOption, tellAddress } from './page.ts'

/** `netlab view`: a page on 127.0.0.1 that shows a running lab. */
export function viewCommand(): Command {
  return new Command('view')
    .description(
      'serve a page that shows a running lab, live: its drawing, real requests step by step, its rules',
    )
    .argument('[name]', 'the lab; not needed where one lab runs')
    .addOption(portOption())
    .addHelpText(
      'after',
      `
It prints an address to open in a browser, opens nothing by itself, and ends
with Ctrl-C or with the lab. netlab walk LAB --view brings a lab up there, step
by step.`,
    )
    .action(runView)
}

async function runView(name: string | undefined, { port = 0 }: { port?: number }): Promise<void> {
  const lab = openHere(name)
  const terminal = openTerminal()
  const { err } = terminal
  const { signal, release } = abortOnSignals('interrupted')
  try {
    const { address, ended, lesson } = await viewLab(lab, port, signal)
    tellAddress(terminal, address, lab)
    if ((await ended) === 'stopped') process.exitCode = exitCode.interrupted
    await lesson.walked
    // Ctrl-C may have come while the lab was being built again.
    err.write(runningLabs().includes(lab) ? `the page has ended; ${lab} stays up\n` : nothingLeft(lab))
  } finally {
    release()
  }
}

/** In a virtual machine the page would be served where no browser is. */
function openHere(name: string | undefined): string {
  try {
    return openLab(name).folder.name
  } catch (error) {
    if (!(error instanceof RunsInVm)) throw error
    throw new NetlabError({
      what: `${error.folder.name} runs in a virtual machine, and its page could be reached from in there only`,
      fix: 'netlab graph and netlab trace show it in the terminal; without --kernel the lab runs here',
      exitCode: exitCode.wrongInput,
    })
  }
}
