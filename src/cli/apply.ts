import { existsSync } from 'node:fs'
import { Command } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { loadChange } from '../read/load-change.ts'
import { type ApplyReport, apply, originOf } from '../run/apply.ts'
import type { RunListener } from '../run/events.ts'
import { type LivingLab, mustBeUp, openSandbox } from '../run/lab-state.ts'
import { renderApplied, renderApplyJson, renderDifference } from '../view/difference.ts'
import { renderFailure } from '../view/failure.ts'
import { renderLeftOut } from '../view/left-out.ts'
import { openTerminal, type Terminal } from '../view/terminal.ts'
import { openUpProgress, type UpProgress } from '../view/up-progress.ts'
import { abortOnSignals } from './interrupt.ts'
import { madeLabNotes } from './made-lab.ts'
import { loadManifestChange, remade } from './manifest-change.ts'
import { isLab } from './rules-of-lab.ts'
import { collect } from './rules-options.ts'

interface ApplyFlags {
  file?: string[]
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
      '-f, --file <file...>',
      'a lab file, or Kubernetes manifests; by default what the lab came from',
      collect,
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
  const shown = flags.file?.join(' ') ?? opened.state.file
  const terminal = openTerminal({ quiet: flags.quiet ?? false, verbose: flags.verbose ?? false })
  const { out, err } = terminal
  const change = await changeOf(opened, flags, text => err.write(text))
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

/** What makes the lab that is wanted of the running one: a lab file, or manifests. */
async function changeOf(
  { folder, state }: LivingLab,
  { file: named = [], quiet = false }: { file?: string[]; quiet?: boolean },
  tell: (text: string) => void,
): Promise<(running: Lab) => Lab> {
  const origin = folder.lab()?.origin
  const [first, ...others] = named
  const isLabFile = first !== undefined && existsSync(first) && isLab(first)
  if (origin !== undefined && !isLabFile) {
    const change = await loadManifestChange(origin, state, named)
    return running => {
      const made = remade(running, change)
      if (!quiet) tell(madeLabNotes(made))
      return made.lab
    }
  }
  if (others.length > 0)
    throw new NetlabError({
      what: `a lab that somebody has written is changed by one file, and there are ${named.length}`,
      fix: `netlab apply ${state.lab} -f ${first}, and then the next one`,
      exitCode: exitCode.wrongInput,
    })
  return running => {
    const { lab, skipped, otherKinds } = loadChange(first ?? originOf(state), running)
    if (!quiet) tell(renderLeftOut({ skipped, otherKinds }))
    return lab
  }
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
