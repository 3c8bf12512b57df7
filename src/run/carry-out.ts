import { randomUUID } from 'node:crypto'
import {
  type Batch,
  batches,
  batchScript,
  blockOfRestoreLine,
  type PluginRun,
  type Servers,
  type SocketLbRun,
} from '../command/batch.ts'
import type { Command } from '../command/command.ts'
import { commandLine, hostArgv } from '../command/command-line.ts'
import { isSocketLbCommand } from '../dataplane/socket-commands.ts'
import { NetlabError } from '../errors.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { Step } from '../plan/plan.ts'
import { type EnterOptions, runAtAnyway } from '../sandbox/enter.ts'
import { CommandError, EndlessError, type Finished } from '../sandbox/process.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { startContainers } from '../sandbox/servers.ts'
import type { StartedPodServer } from '../sandbox/start.ts'
import { tryAll } from '../verify/try-checks.ts'
import { pluginComplaint, pluginScript } from './plugin-run.ts'
import type { CommandFailure } from './report.ts'
import type { Executor, Outcome, Turn } from './run-steps.ts'
import { balancesSockets, introducePods, runSocketLb } from './socket-lb.ts'

/** What carrying out steps works with. */
export interface RunContext {
  sandbox: Sandbox
  running: LabInCondition
  /** A pod server that has started already. */
  podServer?: StartedPodServer | undefined
  signal?: AbortSignal
}

/** How commands go: neighbours as one, a process for each, or as a person types them, with the output that a terminal would show. */
export type Manner = 'batched' | 'apart' | 'typed'

/** Carries commands and checks out in a sandbox. */
export function sandboxExecutor(context: RunContext, manner: Manner): Executor {
  return {
    turns: step => (manner === 'typed' ? typedTurns(context, step) : stageTurns(context, step, manner)),
    tryChecks: async ({ checks, title }, done) => {
      const { lab } = context.running
      if (checks.length > 0 && balancesSockets(lab)) await introducePods(context.sandbox, lab)
      return tryAll(
        context,
        checks.map(check => ({ check, step: title })),
        done,
      )
    },
  }
}

function stageTurns(context: RunContext, step: Step, manner: Manner): readonly Turn[] {
  const apart = manner === 'apart'
  const commands = step.actions.map(action => action.command)
  return stages(batches(commands, apart), apart).map((stage): Turn => {
    switch (stage.kind) {
      case 'servers':
        return { lots: [stage.commands], run: () => startServers(context, stage.commands, step, apart) }
      case 'plugin':
        return { lots: [stage.commands], run: () => runPlugin(context, stage.commands[0]!, step) }
      case 'socket-lb':
        return { lots: [stage.commands], run: () => balance(context, stage.commands) }
      default:
        return {
          lots: stage.batches.map(batch => batch.commands),
          run: reached => runStage(context, stage, step, reached),
        }
    }
  })
}

/** One command at a time, but neighbouring programs of pods together: a process for each would be dear in a lab of many. */
function typedTurns(context: RunContext, step: Step): readonly Turn[] {
  const groups: Command[][] = []
  for (const { command } of step.actions) {
    const last = groups.at(-1)
    if (command.container !== undefined && last?.[0]?.container !== undefined) last.push(command)
    else groups.push([command])
  }
  return groups.map(group => {
    const first = group[0]!
    return {
      lots: [group],
      run: () => {
        if (first.container !== undefined) return startServers(context, group, step, false)
        if (isSocketLbCommand(first)) return balance(context, group)
        return first.plugin === undefined ? runAsTyped(context, first, step) : runPlugin(context, first, step)
      },
    }
  })
}

function balance({ sandbox, running }: RunContext, commands: readonly Command[]): Promise<Outcome> {
  return runSocketLb(sandbox, running.lab, commands)
}

/** Batches that go into the sandbox together, as one shell. */
interface Stage {
  kind: 'batches'
  batches: readonly Batch[]
}

/** Runs one command as people type it. The output is what a terminal would show: what it prints, then what it says of that. */
async function runAsTyped(context: RunContext, command: Command, step: Step): Promise<Outcome> {
  const finished = await endless(inside(context, ['sh', '-c', commandLine(command)], step, {}))
  if (finished instanceof EndlessError) return endlessFailure(command, finished)
  if (finished.exitCode === 0) return { output: finished.stdout + finished.stderr }
  return { output: finished.stdout, failure: failureOf(command, finished) }
}

/** Calls a CNI plugin, and reads what it prints: a result, or an error object, on stdout both. */
async function runPlugin(context: RunContext, command: Command, step: Step): Promise<Outcome> {
  const finished = await endless(inside(context, ['sh', '-s'], step, { input: pluginScript(command) }))
  if (finished instanceof EndlessError) return endlessFailure(command, finished)
  const { stdout, stderr, exitCode } = finished
  const complaint = pluginComplaint(command.plugin!, stdout, exitCode)
  const { fails = false, verb, pod } = command.plugin!
  if ((complaint === undefined) !== fails) return { output: stdout + stderr }
  if (complaint === undefined) {
    const words = `${verb} of ${pod} found nothing wrong, and by the lab it does`
    return { output: '', failure: failureOf(command, { ...finished, stderr: words }) }
  }
  const all = [complaint, stderr.trim()].filter(text => text !== '').join('\n')
  return { output: '', failure: failureOf(command, { ...finished, stderr: all }) }
}

/** Every entry into the sandbox costs a few milliseconds, so all batches up to the next server share one. */
function stages(
  all: readonly (Batch | Servers | PluginRun | SocketLbRun)[],
  apart: boolean,
): readonly (Stage | Servers | PluginRun | SocketLbRun)[] {
  const result: (Servers | PluginRun | SocketLbRun | { kind: 'batches'; batches: Batch[] })[] = []
  for (const batch of all) {
    const last = result.at(-1)
    if (batch.kind === 'servers' || batch.kind === 'plugin' || batch.kind === 'socket-lb') result.push(batch)
    else if (!apart && last?.kind === 'batches') last.batches.push(batch)
    else result.push({ kind: 'batches', batches: [batch] })
  }
  return result
}

/** Nothing that a lab prints can be taken for a mark. */
const secret = randomUUID()
const failedMark = `netlab-failed-batch ${secret} `
const startedMark = `netlab-started-batch ${secret} `

/** `reached` hears which of the stage's batches runs. */
async function runStage(
  context: RunContext,
  stage: Stage,
  step: Step,
  reached: (batch: number) => void,
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
    reached(at)
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
  return batchFailure(context, stage, at, { ...finished, stderr }, step, reached)
}

const startedLine = new RegExp(`^${startedMark}\\d+\\n`, 'gm')

/** Tells which command of a batch failed, in the words that it prints when it is typed by itself. */
async function batchFailure(
  context: RunContext,
  stage: Stage,
  at: number,
  finished: Finished,
  step: Step,
  reached: (batch: number) => void,
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
  const first = firstToTry(batch, line)
  for (const command of commands.slice(first)) {
    const input = command.input === undefined ? {} : { input: command.input }
    const one = await endless(inside(context, hostArgv(command), step, input))
    if (one instanceof EndlessError) return endlessFailure(command, one)
    if (one.exitCode !== 0) return { output: '', failure: failureOf(command, one) }
  }
  const rest = stage.batches.slice(at + 1)
  if (rest.length === 0) return { output: finished.stdout }
  reached(at + 1)
  return runStage(context, { kind: 'batches', batches: rest }, step, later => reached(at + 1 + later))
}

/** Where in a batch to begin, so that nothing is done twice, for a line that its program complains of. */
function firstToTry({ kind, commands }: Batch, line: number): number {
  if (kind === 'iptables' || kind === 'ip6tables') return blockOfRestoreLine(commands, line)
  // ipset has carried out what stands before.
  return kind === 'ipset' ? line - 1 : 0
}

/** Starts programs of pods that start together. */
async function startServers(
  context: RunContext,
  commands: readonly Command[],
  step: Step,
  apart: boolean,
): Promise<Outcome> {
  try {
    await startContainers(context.sandbox, commands, { ...context, apart })
    return { output: '' }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const command = commands.find(one => commandLine(one) === error.command) ?? commands[0]!
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
