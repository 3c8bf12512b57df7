import { Command, Option } from 'commander'
import { exitCode, NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import type { Language } from '../model/language.ts'
import { labAsBuilt } from '../plan/lab-in-condition.ts'
import { loadLab } from '../read/load-lab.ts'
import { findLab } from '../read/load-shipped.ts'
import { type LabEvent, type RunListener, type StepEvent, toAll } from '../run/events.ts'
import { openSandbox, runningLabs } from '../run/lab-state.ts'
import { up } from '../run/up.ts'
import type { KernelName } from '../sandbox/vm/kernels.ts'
import { renderEvent } from '../view/event-lines.ts'
import { renderFailure } from '../view/failure.ts'
import { renderUpJson } from '../view/json.ts'
import { renderUpJunit } from '../view/junit.ts'
import { openTerminal } from '../view/terminal.ts'
import { openUpProgress } from '../view/up-progress.ts'
import { renderUpSummary } from '../view/up-summary.ts'
import type { EarlyStart, LabUnderWay } from './early-start.ts'
import { kernelOption, labWords, runOnKernel, setFlags } from './kernel.ts'
import { checkedName } from './lab-name.ts'
import { languageFor, languageOption, languageWords } from './language.ts'
import { limitOption, type SaidLimits, withLimits } from './limits.ts'
import { type MadeLabFlags, madeLab, refuseWithoutManifests, withMadeLabOptions } from './made-lab.ts'
import { noLabNamed } from './no-lab-named.ts'
import { junitOption, mustBeWritable, writeOutput } from './output-file.ts'

interface UpFlags extends MadeLabFlags {
  name?: string
  lang?: Language
  limit?: SaidLimits
  keep?: true
  batch: boolean
  watch?: true
  json?: true
  jsonEvents?: true
  quiet?: true
  verbose?: true
  kernel?: KernelName
  junit?: string
}

/** `netlab up`: builds a lab, step by step, each one verified. */
export function upCommand(earlyStart: EarlyStart): Command {
  const command = new Command('up')
    .description('build a lab, step by step, each step verified; what fails is explained and taken down')
    .argument('[lab]', 'a lab file, or the name of a lab that ships; without one these are listed')
  return withMadeLabOptions(command)
    .option('--name <name>', 'call it so: the same lab can then run twice', checkedName)
    .addOption(languageOption())
    .addOption(limitOption())
    .addOption(kernelOption())
    .option('--keep', 'leave a lab whose step failed as it is, to look at')
    .option('--no-batch', 'one process for each command')
    .option('-w, --watch', 'then go on probing its pods and syncing its rules, until Ctrl-C')
    .option('-q, --quiet', 'say nothing but what failed')
    .option('-v, --verbose', 'show each command with its time')
    .option('--json', 'print the result as JSON')
    .addOption(junitOption().conflicts('kernel'))
    .addOption(
      new Option('--json-events', 'print what happens, as it happens: one line of JSON each').conflicts([
        'json',
        'watch',
      ]),
    )
    .action((lab: string | undefined, flags: UpFlags, command: Command) => {
      if (flags.file === undefined) refuseWithoutManifests(command)
      else if (lab !== undefined) throw labAndManifests(lab)
      if (lab === undefined && flags.file === undefined) throw noLabNamed('up', languageFor(flags.lang))
      if (lab === undefined && flags.kernel !== undefined) throw manifestsOnKernel()
      return runUp(earlyStart.begin(), lab, flags)
    })
}

/** The command line, without what is done here. */
function upWords(file: string, flags: UpFlags): string[] {
  const { keep, batch, quiet, verbose, json, jsonEvents } = flags
  return [
    'up',
    ...labWords(file, flags),
    ...languageWords(flags.lang),
    ...setFlags({
      ...{ '--keep': keep, '--no-batch': !batch, '--quiet': quiet, '--verbose': verbose },
      ...{ '--json': json, '--json-events': jsonEvents },
    }),
  ]
}

function labAndManifests(lab: string): NetlabError {
  return new NetlabError({
    what: `a lab is made of manifests, or it is ${lab}`,
    fix: `netlab up ${lab}; or name the files after -f alone`,
    exitCode: exitCode.wrongInput,
  })
}

/** A lab that only its making knows is no file that another machine could read. */
function manifestsOnKernel(): NetlabError {
  return new NetlabError({
    what: '--kernel runs a lab file, and -f makes a lab of manifests',
    fix: 'netlab up -f FILE --write lab.yaml, then: netlab up lab.yaml --kernel …',
    exitCode: exitCode.wrongInput,
  })
}

async function labToRun(
  lab: string | undefined,
  flags: UpFlags,
  signal: AbortSignal,
): Promise<{ lab: Lab; file: string }> {
  if (lab === undefined) {
    const { err } = openTerminal()
    return madeLab(flags, flags.name, { tell: text => flags.quiet || err.write(text), signal })
  }
  const file = findLab(lab)
  return { lab: loadLab(file, languageFor(flags.lang)), file }
}

async function runUp(
  { interrupt, start }: LabUnderWay,
  named: string | undefined,
  flags: UpFlags,
): Promise<void> {
  if (flags.junit !== undefined) mustBeWritable(flags.junit)
  const { lab: given, file } = await labToRun(named, flags, interrupt.signal)
  const read = withLimits(given, flags.limit)
  const running = labAsBuilt(flags.name === undefined ? read : { ...read, name: flags.name })
  const { lab, plan } = running
  if (flags.kernel !== undefined) {
    interrupt.says(`interrupted; ${lab.name} is taken down and nothing is left`)
    const order = { lab, file, argv: upWords(file, flags), start: await start, signal: interrupt.signal }
    return runOnKernel(flags.kernel, order, flags.watch ? ['sync', lab.name, '--watch'] : undefined)
  }
  const terminal = openTerminal({ quiet: flags.quiet ?? false, verbose: flags.verbose ?? false })
  const progress = openUpProgress(terminal, plan.steps)
  interrupt.says(`interrupted; ${lab.name} is taken down and nothing is left`)
  const printed: RunListener<StepEvent | LabEvent> = event => terminal.out.write(renderEvent(event))
  const outcome = await up(running, {
    file,
    start: await start,
    apart: !flags.batch,
    keep: flags.keep ?? false,
    tell: flags.jsonEvents ? toAll(progress.hear, printed) : progress.hear,
    signal: interrupt.signal,
  }).finally(() => progress.stop())
  const { report, stopped } = outcome
  if (flags.json) terminal.out.write(renderUpJson(report))
  if (flags.junit !== undefined) writeOutput(flags.junit, renderUpJunit(report, plan.steps))
  if (stopped !== undefined) {
    const { step, index, result } = stopped
    const now = flags.keep ? 'kept' : 'down'
    terminal.err.write(
      renderFailure(terminal.err, {
        lab: lab.name,
        source: file,
        step,
        index,
        total: plan.steps.length,
        result,
        now,
      }),
    )
    process.exitCode = exitCode.failed
  } else if (!flags.json && !flags.jsonEvents && !flags.quiet) {
    terminal.out.write(renderUpSummary(terminal.out, report, running, runningLabs().length > 1))
  }
  if (flags.watch && stopped === undefined) {
    const { watchLab } = await import('./sync.ts')
    await watchLab(openSandbox(lab.name), flags)
  }
}
