import { Command } from 'commander'
import { exitCode } from '../errors.ts'
import { checkTask, nextHint, solveTask, type TaskReport } from '../lesson/tasks.ts'
import type { Language } from '../model/language.ts'
import { LabFolder } from '../run/lab-folder.ts'
import { labName, runningLabs } from '../run/lab-state.ts'
import { renderFailure } from '../view/failure.ts'
import { renderTaskJson } from '../view/json.ts'
import { printableJson } from '../view/printable.ts'
import { renderHint, renderSolution, renderTask } from '../view/task-lines.ts'
import { openTerminal } from '../view/terminal.ts'
import { abortOnSignals } from './interrupt.ts'

interface TaskFlags {
  json?: true
}

/** `netlab task`: the task at which a running lab waits. */
export function taskCommand(): Command {
  const command = new Command('task').description(
    'the task of an exercise: whether it is done, a hint, its solution',
  )
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
