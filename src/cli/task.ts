import { Command } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import { checkTask, nextHint, solveTask, type TaskReport, taskStanding } from '../lesson/tasks.ts'
import type { Language } from '../model/language.ts'
import { LabFolder } from '../run/lab-folder.ts'
import { labName, labNames, runningLabs } from '../run/lab-state.ts'
import { nearest } from '../text/did-you-mean.ts'
import { renderFailure } from '../view/failure.ts'
import { renderTaskJson, renderTaskStandingJson } from '../view/json.ts'
import { printableJson } from '../view/printable.ts'
import { renderHint, renderSolution, renderTask, renderTaskStanding } from '../view/task-lines.ts'
import { openTerminal } from '../view/terminal.ts'
import { abortOnSignals } from './interrupt.ts'

interface TaskFlags {
  json?: true
}

/** `netlab task`: the task at which a running lab waits. */
export function taskCommand(): Command {
  const command = new Command('task')
    .description(
      'the task of an exercise: how it stands, as it was last tried; its verbs check it, give a hint, or solve it',
    )
    .enablePositionalOptions()
    .argument('[name]', 'the lab; not needed where one lab runs')
    .option('--json', 'print it as JSON')
    .action(runTell)
  command
    .command('check')
    .description('try whether the goal is reached; then the lab goes on. Exit code 1: not yet')
    .argument('[name]', 'the lab; not needed where one lab runs')
    .option('--json', 'print the result as JSON')
    .action(runCheck)
  command
    .command('hint')
    .description('the next hint')
    .argument('[name]', 'the lab; not needed where one lab runs')
    .option('--json', 'print it as JSON')
    .action(runHint)
  command
    .command('solve')
    .description('show the solution and carry it out; then the lab goes on')
    .argument('[name]', 'the lab; not needed where one lab runs')
    .option('--json', 'print the result as JSON')
    .action(runSolve)
  return command
}

/** In which its texts are. */
function languageOf(name: string | undefined): Language | undefined {
  return new LabFolder(labName(name)).readLab().language
}

function runTell(name: string | undefined, flags: TaskFlags): void {
  if (name !== undefined && !labNames().includes(name)) mustBeNoSlip(name)
  const standing = taskStanding(name)
  const { out } = openTerminal({ language: languageOf(standing.lab) })
  const several = runningLabs().length > 1
  out.write(flags.json ? renderTaskStandingJson(standing) : renderTaskStanding(out, standing, several))
}

/** Throws NetlabError for a name that is none of a lab, and nearly one of a verb. */
function mustBeNoSlip(name: string): void {
  const near = nearest(name, ['check', 'hint', 'solve'])
  if (near === undefined) return
  throw new NetlabError({
    what: `netlab task has no verb ${name}, and no lab of that name is running`,
    fix: `did you mean "netlab task ${near}"?`,
    exitCode: exitCode.wrongInput,
  })
}

async function runCheck(name: string | undefined, flags: TaskFlags): Promise<void> {
  const { signal, release } = abortOnSignals('interrupted')
  const report = await checkTask(name, { tell: () => {}, signal }).finally(release)
  show(report, flags)
}

async function runHint(name: string | undefined, flags: TaskFlags): Promise<void> {
  const hint = await nextHint(name)
  const { out } = openTerminal({ language: languageOf(name) })
  out.write(flags.json ? printableJson(hint) : renderHint(out, hint))
}

async function runSolve(name: string | undefined, flags: TaskFlags): Promise<void> {
  const { signal, release } = abortOnSignals('interrupted')
  const { out } = openTerminal({ language: languageOf(name) })
  const report = await solveTask(name, {
    ...{ tell: () => {}, signal },
    showing: (_, task) => {
      if (!flags.json) out.write(renderSolution(out, task))
    },
  }).finally(release)
  show(report, flags)
}

function show(report: TaskReport & { solution?: { failure?: unknown } }, { json }: TaskFlags): void {
  const { out, err } = openTerminal({ language: languageOf(report.lab) })
  out.write(json ? renderTaskJson(report) : renderTask(out, report, runningLabs().length > 1))
  const { lab, of, after, state } = report
  if (after?.stopped !== undefined) {
    const { file = lab } = new LabFolder(labName(lab)).read() ?? {}
    err.write(renderFailure(err, { lab, source: file, ...after.stopped, total: of, now: 'kept' }))
  }
  if (!state.reached || after?.stopped !== undefined) process.exitCode = exitCode.failed
}
