import { type Batch, batches, type PluginRun, type Servers, type SocketLbRun } from '../command/batch.ts'
import type { Command } from '../command/command.ts'
import { commandLine } from '../command/command-line.ts'
import { isSocketLbCommand } from '../dataplane/socket-commands.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import type { Step } from '../plan/plan.ts'
import { CommandError, EndlessError } from '../sandbox/process.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { startContainers } from '../sandbox/servers.ts'
import type { StartedPodServer } from '../sandbox/start.ts'
import { tryAll } from '../verify/try-checks.ts'
import { endless, endlessFailure, failureOf, inside } from './inside-step.ts'
import { pluginComplaint, pluginScript } from './plugin-run.ts'
import { runStage, type Stage } from './run-stage.ts'
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

/** Runs one command as people type it. The output is what a terminal would show: what it prints, then what it says of that. */
async function runAsTyped(context: RunContext, command: Command, step: Step): Promise<Outcome> {
  const finished = await endless(inside(context, ['sh', '-c', commandLine(command)], step, {}))
  if (finished instanceof EndlessError) return endedOutcome(command, finished)
  if (finished.exitCode === 0) return { output: finished.stdout + finished.stderr }
  return { output: finished.stdout, failure: failureOf(command, finished) }
}

/** Calls a CNI plugin, and reads what it prints: a result, or an error object, on stdout both. */
async function runPlugin(context: RunContext, command: Command, step: Step): Promise<Outcome> {
  const finished = await endless(inside(context, ['sh', '-s'], step, { input: pluginScript(command) }))
  if (finished instanceof EndlessError) return endedOutcome(command, finished)
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

function endedOutcome(command: Command, { did, details }: EndlessError): Outcome {
  return { output: '', failure: endlessFailure(command, did, details) }
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
