import { Command } from 'commander'
import { exitCode } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { loadChange } from '../read/load-change.ts'
import { type ApplyReport, apply, originOf } from '../run/apply.ts'
import type { RunListener } from '../run/events.ts'
import { mustBeUp, openSandbox } from '../run/lab-state.ts'
import { renderApplied, renderApplyJson, renderDifference } from '../view/difference.ts'
import { renderFailure } from '../view/failure.ts'
import { openTerminal, type Terminal } from '../view/terminal.ts'
import { openUpProgress, type UpProgress } from '../view/up-progress.ts'
import { abortOnSignals } from './interrupt.ts'

interface ApplyFlags {
  file?: string
  dryRun?: true
  quiet?: true
  verbose?: true
  json?: true
}

/** `netlab apply`: brings a running lab to a changed file. */
export function applyCommand(): Command {
  return new Command('apply')
    .description('bring a running lab to its changed file, or give it the Services of a manifest')
    .argument('[name]', 'the lab; not needed where one lab runs')
    .option(
      '-f, --file <file>',
      'a lab file, or Kubernetes Services; by default the file that the lab came from',
    )
    .option('--dry-run', 'say what is different and which commands that takes, and run none')
    .option('-q, --quiet', 'say nothing but what failed')
    .option('-v, --verbose', 'show each command with its time')
    .option('--json', 'print the result as JSON')
    .action(runApply)
}

async function runApply(name: string | undefined, flags: ApplyFlags): Promise<void> {
  const opened = openSandbox(name)
  mustBeUp(opened.state)
  const file = flags.file ?? originOf(opened.state)
  const shown = flags.file ?? opened.state.file
  const terminal = openTerminal({ quiet: flags.quiet ?? false, verbose: flags.verbose ?? false })
  const { out, err } = terminal
  const change = (running: Lab): Lab => {
    const { lab, skipped } = loadChange(file, running)
    for (const { file, line, what, why } of skipped)
      err.write(`${file}:${line}: ${what} is left out: ${why}\n`)
    return lab
  }
  const { signal, release } = abortOnSignals(
    `interrupted half-way; netlab apply ${opened.folder.name} goes on from here`,
  )
  let progress: UpProgress | undefined
  const tell: RunListener = event => {
    if (event.kind === 'apply-planned') {
      const { planned } = event
      const tells =
        !flags.quiet && !flags.json && (planned.stages.length > 0 || planned.difference.changes.length > 0)
      if (tells) out.write(renderDifference(out, planned))
      const steps = planned.stages.map(stage => stage.step)
      progress = openUpProgress(flags.dryRun ? { ...terminal, quiet: true } : terminal, steps)
    } else progress?.hear(event)
  }
  const report = await apply(opened, change, { dryRun: flags.dryRun ?? false, tell, signal })
    .finally(() => progress?.stop())
    .finally(release)
  if (flags.json) out.write(renderApplyJson(report))
  if (!report.ok) {
    tellFailure(terminal, report, shown)
    process.exitCode = exitCode.failed
  } else if (!flags.json && !flags.quiet) out.write(renderApplied(out, report, shown))
}

function tellFailure({ err }: Terminal, report: ApplyReport, source: string): void {
  const index = report.steps.length - 1
  const [stage, result] = [report.stages[index], report.steps[index]]
  if (stage === undefined || result === undefined) return
  err.write(
    renderFailure(err, {
      ...{ lab: report.lab, source, step: stage.step, index, total: report.stages.length, result },
      now: 'kept',
    }),
  )
  err.write(`netlab apply ${report.lab} goes on from here.\n`)
}
