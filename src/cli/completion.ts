import { readdirSync } from 'node:fs'
import { Argument, Command, Option } from 'commander'
import { own } from '../command/own.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { machinesOf, placesOf } from '../model/places.ts'
import { shippedLabs } from '../read/load-shipped.ts'
import { labOfTexts } from '../read/texts-path.ts'
import { labNames, openSandbox, RunsInVm } from '../run/lab-state.ts'
import { openTerminal } from '../view/terminal.ts'
import { candidates, type Names } from './completion/candidates.ts'
import { shellScripts } from './completion/shell-scripts.ts'

/** `netlab completion SHELL`: a script for the shell, which asks this same command what may come next. */
export function completionCommand(program: Command, names: Names = machineNames): Command {
  const shells = Object.keys(shellScripts)
  const shell = new Argument('<shell...>', shells.join(', '))
  // Not `choices()`, which would refuse the words of --candidates.
  shell.argChoices = shells
  return new Command('completion')
    .description('print what makes your shell complete verbs, options, labs and pods')
    .usage(shells.join('|'))
    .addArgument(shell)
    .addOption(new Option('--candidates', 'print what may stand in place of the last word').hideHelp())
    .action((words: string[], options: { candidates?: true }) => {
      const { out } = openTerminal()
      if (!options.candidates) out.pass(scriptOf(words))
      else
        for (const { word, description } of candidates(program, words, names))
          out.write(`${word}\t${description}\n`)
    })
}

function scriptOf(words: readonly string[]): string {
  const [shell = ''] = words
  const script = words.length === 1 ? own<string>(shellScripts, shell) : undefined
  if (script !== undefined) return script
  throw new NetlabError({
    what: `there is no completion for "${words.join(' ')}"`,
    fix: `one of: ${Object.keys(shellScripts).join(', ')}`,
    exitCode: exitCode.wrongInput,
  })
}

/** The names that this machine and this user's labs have. */
export const machineNames: Names = {
  labs: shippedLabs,
  // Dead ones too: `down` sweeps them.
  running: labNames,
  pods: lab => ofLab(lab, known => machinesOf(known).map(({ name }) => name)),
  places: lab => ofLab(lab, placesOf),
  files: labFiles,
}

function ofLab(name: string | undefined, names: (lab: Lab) => readonly string[]): readonly string[] {
  try {
    return names(openSandbox(name).folder.readLab())
  } catch (error) {
    // No lab, or several: nothing to offer.
    if (error instanceof NetlabError) return []
    if (error instanceof RunsInVm) return names(error.folder.readLab())
    throw error
  }
}

/** A lab's texts in another language are no lab. */
function isLabFile(name: string): boolean {
  return /\.ya?ml$/.test(name) && labOfTexts(name) === undefined
}

function labFiles(begun: string): string[] {
  const folder = begun.slice(0, begun.lastIndexOf('/') + 1)
  try {
    return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true })
      .filter(entry => begun.slice(folder.length).startsWith('.') || !entry.name.startsWith('.'))
      .filter(entry => entry.isDirectory() || isLabFile(entry.name))
      .map(entry => folder + entry.name + (entry.isDirectory() ? '/' : ''))
      .sort()
  } catch {
    // A folder that is not there has no files.
    return []
  }
}
