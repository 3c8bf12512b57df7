import { Command, CommanderError, type Help } from 'commander'
import { own } from '../command/own.ts'
import { exitCode } from '../errors.ts'
import { openTerminal } from '../view/terminal.ts'
import type { EarlyStart } from './early-start.ts'
import { packageVersion } from './package-version.ts'

/** A verb's module is loaded when the verb is asked for: most of a start's time is reading code. */
const verbs: Readonly<Record<string, (earlyStart: EarlyStart) => Promise<Command>>> = {
  up: async earlyStart => (await import('./up.ts')).upCommand(earlyStart),
  verify: async () => (await import('./verify.ts')).verifyCommand(),
  trace: async () => (await import('./trace.ts')).traceCommand(),
  capture: async () => (await import('./capture.ts')).captureCommand(),
  apply: async () => (await import('./apply.ts')).applyCommand(),
  sync: async () => (await import('./sync.ts')).syncCommand(),
  pod: async () => (await import('./pod.ts')).podCommand(),
  down: async () => (await import('./down.ts')).downCommand(),
  walk: async earlyStart => (await import('./walk.ts')).walkCommand(earlyStart),
  task: async () => (await import('./task.ts')).taskCommand(),
  grade: async () => (await import('./grade.ts')).gradeCommand(),
  labs: async () => (await import('./labs.ts')).labsCommand(),
  list: async () => (await import('./list.ts')).listCommand(),
  status: async () => (await import('./status.ts')).statusCommand(),
  watch: async () => (await import('./watch.ts')).watchCommand(),
  graph: async () => (await import('./graph.ts')).graphCommand(),
  view: async () => (await import('./view.ts')).viewCommand(),
  logs: async () => (await import('./logs.ts')).logsCommand(),
  exec: async () => (await import('./exec.ts')).execCommand(),
  shell: async () => (await import('./shell.ts')).shellCommand(),
  plan: async () => (await import('./plan.ts')).planCommand(),
  rules: async () => (await import('./rules.ts')).rulesCommand(),
  export: async () => (await import('./export.ts')).exportCommand(),
  'socket-lb': async () => (await import('./socket-lb.ts')).socketLbCommand(),
  chart: async earlyStart => (await import('./chart.ts')).chartCommand(earlyStart),
  validate: async () => (await import('./validate.ts')).validateCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  init: async () => (await import('./init.ts')).initCommand(),
  schema: async () => (await import('./schema.ts')).schemaCommand(),
  serve: async () => (await import('./serve.ts')).serveCommand(),
}

const description = `Kubernetes networking that you can touch: labs of pods, services and kube-proxy's
real rules on the real kernel, without root.`

const footer = `
A first try:
  netlab up clusterip   builds a lab, each step verified
  netlab verify         asks its service many times, from everywhere
  netlab shell          a shell inside, where ip, iptables and curl work
  netlab down           takes all of it away`

/** The command line; with a verb, of that verb only, so that nothing else is loaded. */
export async function openProgram(earlyStart: EarlyStart, verb?: string): Promise<Command> {
  const program = new Command('netlab')
    .description(description)
    .version(packageVersion, '-V, --version')
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false } satisfies Partial<Help>)
    .addHelpText('after', footer)
    .showSuggestionAfterError()
    .enablePositionalOptions()
    .exitOverride()
  const load = verb === undefined ? undefined : own(verbs, verb)
  const all = verb === '-V' || verb === '--version' ? [] : Object.values(verbs)
  const loads = load === undefined ? all : [load]
  for (const command of await Promise.all(loads.map(one => one(earlyStart))))
    program.addCommand(command.exitOverride().showSuggestionAfterError())
  if (load === undefined) {
    const { completionCommand } = await import('./completion.ts')
    program.addCommand(completionCommand(program).exitOverride())
  }
  writeToTerminal(program)
  return program
}

/** Help goes the way of all else that is shown, and so do complaints, which quote what was typed. */
function writeToTerminal(command: Command): void {
  command.configureOutput({
    writeOut: text => openTerminal().out.write(text),
    writeErr: text => openTerminal().err.write(text),
  })
  for (const sub of command.commands) writeToTerminal(sub)
}

/** The exit code of a wrong command line, which commander has told of by itself (as it has printed help that was asked for). */
export function usageExitCode(error: unknown): number | undefined {
  if (!(error instanceof CommanderError)) return undefined
  return error.exitCode === 0 ? exitCode.fine : exitCode.wrongInput
}
