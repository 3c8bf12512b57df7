import { randomUUID } from 'node:crypto'
import { type Batch, batches, batchScript, blockOfRestoreLine, type Servers } from '../command/batch.ts'
import type { Command } from '../command/command.ts'
import { commandLine, hostArgv } from '../command/command-line.ts'
import { NetlabError } from '../errors.ts'
import type { Plan, Step } from '../plan/plan.ts'
import { type EnterOptions, runAtAnyway } from '../sandbox/enter.ts'
import { CommandError, EndlessError, type Finished } from '../sandbox/process.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { startContainers } from '../sandbox/servers.ts'
import type { StartedPodServer } from '../sandbox/start.ts'
import { tryAll } from './checks/try-checks.ts'
import type { CheckResult, CommandFailure, RunObserver, StepResult } from './report.ts'

/** What carrying out a plan works with. */
export interface RunContext {
  sandbox: Sandbox
  plan: Plan
  observer: RunObserver
  /** One process per command. */
  apart: boolean
  /** A pod server that has started already. */
  podServer?: StartedPodServer | undefined
  signal?: AbortSignal
}

/** Carries out one step: its commands in order, then its checks. A command that fails ends it. */
export async function carryOutStep(context: RunContext, step: Step, index: number): Promise<StepResult> {
  const { observer } = context
  const start = performance.now()
  observer.stepStarted?.(step, index)
  const failure = await runCommands(context, step, index)
  const checks = failure === undefined ? await tryChecks(context, step, index) : []
  const result: StepResult = {
    title: step.title,
    ok: failure === undefined && checks.every(check => check.ok),
    ms: performance.now() - start,
    commands: step.actions.length,
    checks,
    ...(failure === undefined ? {} : { failure }),
  }
  observer.stepDone?.(result, index)
  return result
}

/** Runs the commands of a step; returns the one that failed. */
async function runCommands(
  context: RunContext,
  step: Step,
  index: number,
): Promise<CommandFailure | undefined> {
  const { observer, apart } = context
  const commands = step.actions.map(action => action.command)
  let done = 0
  for (const stage of stages(batches(commands, apart), apart)) {
    context.signal?.throwIfAborted()
    const before = done
    const started = (at: number) => {
      const number = before + at + 1
      const line = commandLine(commands[number - 1]!).split('\n')[0]
      observer.stepProgress?.(index, `command ${number} of ${commands.length}: ${line}`)
    }
    started(0)
    const start = performance.now()
    const outcome =
      stage.kind === 'servers'
        ? await startServers(context, stage, step)
        : await runStage(context, stage, step, started)
    if (outcome.failure !== undefined) return outcome.failure
    done += stage.commands.length
    observer.commandsRan?.(stage.commands, performance.now() - start, outcome.output)
  }
  return undefined
}

/** Batches that go into the sandbox together, as one shell. */
interface Stage {
  kind: 'batches'
  batches: readonly Batch[]
  commands: readonly Command[]
}

/** What commands printed, and the one that failed. */
interface Outcome {
  output: string
  failure?: CommandFailure
}

/** Runs one command as people type it. The output is what a terminal would show: what it prints, then what it says of that. */
export async function runAsTyped(context: RunContext, command: Command, step: Step): Promise<Outcome> {
  const finished = await endless(inside(context, ['sh', '-c', commandLine(command)], step, {}))
  if (finished instanceof EndlessError) return endlessFailure(command, finished)
  if (finished.exitCode === 0) return { output: finished.stdout + finished.stderr }
  return { output: finished.stdout, failure: failureOf(command, finished) }
}

/** Every entry into the sandbox costs a few milliseconds, so all batches up to the next server share one. */
function stages(all: readonly (Batch | Servers)[], apart: boolean): readonly (Stage | Servers)[] {
  const result: (Servers | { kind: 'batches'; batches: Batch[]; commands: Command[] })[] = []
  for (const batch of all) {
    const last = result.at(-1)
    if (batch.kind === 'servers') result.push(batch)
    else if (!apart && last?.kind === 'batches') {
      last.batches.push(batch)
      last.commands.push(...batch.commands)
    } else result.push({ kind: 'batches', batches: [batch], commands: [...batch.commands] })
  }
  return result
}

/** Nothing that a lab prints can be taken for a mark. */
const secret = randomUUID()
const failedMark = `netlab-failed-batch ${secret} `
const startedMark = `netlab-started-batch ${secret} `

/** `started` hears which of the stage's commands is the first of the batch that runs. */
async function runStage(
  context: RunContext,
  stage: Stage,
  step: Step,
  started: (command: number) => void = () => {},
): Promise<Outcome> {
  const script = stage.batches.map((batch, at) => {
    const start = at === 0 ? '' : `echo "${startedMark}${at}" >&2; `
    const failed = `{ netlab_code=$?; echo "${failedMark}${at}" >&2; exit $netlab_code; }`
    return `${start}{ ${batchScript(batch)}\n} || ${failed}`
  })
  let running = 0
  const heard = (text: string) => {
    const mark = text.lastIndexOf(startedMark)
    const at = Number.parseInt(text.slice(mark + startedMark.length), 10)
    if (mark === -1 || stage.batches[at] === undefined) return
    running = at
    started(firstCommand(stage, at))
  }
  const input = `${script.join('\n')}\n`
  const ended = await endless(inside(context, ['sh', '-s'], step, { input, heard }))
  if (ended instanceof EndlessError) return endlessFailure(stage.batches[running]!.commands[0]!, ended)
  const finished = { ...ended, stderr: ended.stderr.replaceAll(startedLine, '') }
  if (finished.exitCode === 0) return { output: finished.stdout }
  const mark = finished.stderr.lastIndexOf(failedMark)
  const at = mark === -1 ? 0 : Number.parseInt(finished.stderr.slice(mark + failedMark.length), 10)
  const batch = stage.batches[at]
  const stderr = mark === -1 ? finished.stderr : finished.stderr.slice(0, mark)
  if (batch === undefined)
    throw new NetlabError({ what: 'a batch of commands failed', details: stderr, why: step.why })
  return batchFailure(context, stage, at, { ...finished, stderr }, step)
}

const startedLine = new RegExp(`^${startedMark}\\d+\\n`, 'gm')

/** Where a batch begins among the commands of its stage. */
function firstCommand({ batches }: Stage, at: number): number {
  return batches.slice(0, at).reduce((sum, { commands }) => sum + commands.length, 0)
}

/** Tells which command of a batch failed, in the words that it prints when it is typed by itself. */
async function batchFailure(
  context: RunContext,
  stage: Stage,
  at: number,
  finished: Finished,
  step: Step,
): Promise<Outcome> {
  const batch = stage.batches[at]!
  const { commands, kind } = batch
  if (commands.length === 1) return { output: '', failure: failureOf(commands[0]!, finished) }
  if (kind === 'ip' || kind === 'bridge') {
    const line = /Command failed -:(\d+)/.exec(finished.stderr)
    const command = commands[Number(line?.[1] ?? 1) - 1] ?? commands[0]!
    const stderr = finished.stderr.replaceAll(/^Command failed -:\d+\n?/gm, '')
    return { output: '', failure: failureOf(command, { ...finished, stderr }) }
  }
  // iptables-restore takes a table's block as a whole or not at all, and says little; typed one by one its commands say more.
  const line = Number(/line:? (\d+)/.exec(finished.stderr)?.[1] ?? 1)
  const first = kind === 'iptables' || kind === 'ip6tables' ? blockOfRestoreLine(commands, line) : 0
  for (const command of commands.slice(first)) {
    const input = command.input === undefined ? {} : { input: command.input }
    const one = await endless(inside(context, hostArgv(command), step, input))
    if (one instanceof EndlessError) return endlessFailure(command, one)
    if (one.exitCode !== 0) return { output: '', failure: failureOf(command, one) }
  }
  const rest = stage.batches.slice(at + 1)
  if (rest.length === 0) return { output: finished.stdout }
  return runStage(
    context,
    { kind: 'batches', batches: rest, commands: rest.flatMap(other => other.commands) },
    step,
  )
}

/** Starts programs of pods that start together. */
export async function startServers(
  context: RunContext,
  servers: Pick<Servers, 'commands'>,
  step: Step,
): Promise<Outcome> {
  try {
    await startContainers(context.sandbox, servers.commands, context)
    return { output: '' }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const command = servers.commands.find(one => commandLine(one) === error.command) ?? servers.commands[0]!
    return {
      output: '',
      failure: { command, exitCode: error.commandExitCode, stderr: error.stderr || step.why },
    }
  }
}

function failureOf(command: Command, { exitCode, stderr }: Finished): CommandFailure {
  return { command, exitCode, stderr: stderr.trim() }
}

/** What timeout(1) ends with where it has ended a command. */
const timeoutExitCode = 124

/** A lab's command that was ended is one that failed. */
function endlessFailure(command: Command, { did, details = '' }: EndlessError): Outcome {
  const said = details.replaceAll(startedLine, '').trim()
  const stderr = `${said === '' ? '' : `${said}\n`}it ${did}, and was ended`
  return { output: '', failure: { command, exitCode: timeoutExitCode, stderr } }
}

function endless(running: Promise<Finished>): Promise<Finished | EndlessError> {
  return running.catch(error => {
    if (error instanceof EndlessError) return error
    throw error
  })
}

/** Milliseconds that the commands of a step get which go into the sandbox together: the most that a person waits for. */
const stageDeadline = 600_000

function inside(
  context: RunContext,
  argv: readonly string[],
  step: Step,
  options: Pick<EnterOptions, 'input' | 'heard'>,
): Promise<Finished> {
  const { sandbox, signal } = context
  return runAtAnyway(sandbox, argv, {
    ...options,
    why: step.why,
    tooMuch: 'abridge',
    deadline: stageDeadline,
    ...(signal === undefined ? {} : { signal }),
  })
}

/** Tries the checks of a step, several at once; the results are in the order of the checks. */
export async function tryChecks(
  context: RunContext,
  step: Step,
  index: number,
): Promise<readonly CheckResult[]> {
  const { observer } = context
  const { checks, title } = step
  let done = 0
  const progress = () =>
    observer.stepProgress?.(index, `check ${Math.min(done + 1, checks.length)} of ${checks.length}`)
  progress()
  return tryAll(
    context,
    checks.map(check => ({ check, step: title })),
    result => {
      done += 1
      progress()
      observer.checkDone?.(result)
    },
  )
}
