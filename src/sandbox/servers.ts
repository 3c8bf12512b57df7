import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandLine } from '../plan/command-line.ts'
import type { Command } from '../plan/plan.ts'
import { CommandError, startDetached } from './process.ts'
import { bundleFolder, enterArgv, enterWithOwnFilesArgv, insideEnv, type Sandbox } from './sandbox.ts'

/** Where the output of a pod's program is kept: one file for each container. */
export function logFile(folder: string, pod: string, container: string): string {
  return join(folder, `${pod}.${container}.log`)
}

/**
 * Starts programs of pods: netlab's own servers in one process for all of them (unless `apart`), any other program in
 * a process of its own. Throws CommandError where one cannot be started, or ends at once.
 */
export async function startContainers(
  sandbox: Sandbox,
  commands: readonly Command[],
  logFolder: string,
  apart: boolean,
): Promise<void> {
  const own = commands.filter(({ argv }) => argv[0] === 'netlab' && argv[1] === 'serve')
  const others = commands.filter(command => !own.includes(command))
  const groups = apart ? own.map(command => [command]) : own.length > 0 ? [own] : []
  await Promise.all([
    ...groups.map(group => startPodServer(sandbox, group, logFolder)),
    ...others.map(command => startProgram(sandbox, command, logFolder)),
  ])
}

async function startPodServer(
  sandbox: Sandbox,
  commands: readonly Command[],
  logFolder: string,
): Promise<void> {
  const first = commands[0]!
  const { pod, name } = first.container ?? { pod: first.in, name: 'serve' }
  const log = openSync(
    commands.length === 1 ? logFile(logFolder, pod, name) : join(logFolder, 'pod-server.log'),
    'a',
    0o600,
  )
  // It sees this machine's files, not the sandbox's: the checkout may lie in a folder that the sandbox has its own of.
  const argv = enterWithOwnFilesArgv(sandbox, [process.execPath, join(bundleFolder, 'pod-server.js')])
  const child = startDetached(argv, { output: log, stdin: 'pipe', stdout: 'pipe' })
  closeSync(log)
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('the pod server has no pipes')
  const listeners = commands.flatMap(command => portsOf(command).map(port => ({ pod: command.in, port })))
  stdin.on('error', () => {})
  stdin.end(JSON.stringify({ namespaces: `/proc/${sandbox.init.pid}/root/run/netns`, listeners }))
  const answer = await new Promise<string>(resolve => {
    let said = ''
    stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('\n')) resolve(said.trim())
    })
    child.on('exit', code => resolve(said.trim() || `the server ended with exit code ${code}`))
    child.on('error', error => resolve(error.message))
  })
  stdout.destroy()
  child.unref()
  if (answer !== 'listening') {
    const blamed = commands.find(command => answer.startsWith(`${command.in}:`)) ?? first
    throw new CommandError({ command: commandLine(blamed), exitCode: 1, stderr: answer })
  }
}

function portsOf({ argv }: Command): number[] {
  return argv
    .slice(2)
    .filter(word => /^\d+$/.test(word))
    .map(Number)
}

/** Milliseconds within which a program that cannot run has ended. */
const firstBreath = 30

async function startProgram(sandbox: Sandbox, command: Command, logFolder: string): Promise<void> {
  const { pod, name } = command.container ?? { pod: command.in, name: 'main' }
  const file = logFile(logFolder, pod, name)
  const log = openSync(file, 'a', 0o600)
  const child = startDetached(enterArgv(sandbox, command.argv, command.in), { output: log, env: insideEnv })
  closeSync(log)
  const ended = new Promise<number>(resolve => {
    child.on('exit', code => resolve(code ?? 137))
    child.on('error', () => resolve(127))
  })
  const code = await Promise.race([ended, sleep(firstBreath, undefined)])
  child.unref()
  // A program may well put itself into the background and end with 0.
  if (code !== undefined && code !== 0) {
    throw new CommandError({
      command: commandLine(command),
      exitCode: code,
      stderr: readFileSync(file, 'utf8'),
    })
  }
}
