import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { commandLine, hostArgv } from '../plan/command-line.ts'
import type { Command } from '../plan/plan.ts'
import { startDetached } from './detached.ts'
import { openListeners, podServers } from './pod-control.ts'
import type { Listener } from './pod-listeners.ts'
import { CommandError } from './process.ts'
import { bundleFolder, enterArgv, enterWithOwnFilesArgv, insideEnv, type Sandbox } from './sandbox.ts'

/** Whether a command starts netlab's own server. */
export function isOwnServer({ argv }: Command): boolean {
  return argv[0] === 'netlab' && argv[1] === 'serve'
}

/** Where the output of a pod's program is kept: one file for each container. */
export function logFile(folder: string, pod: string, container: string): string {
  return join(folder, `${pod}.${container}.log`)
}

export interface StartOptions {
  logFolder: string
  /** A process for each of netlab's own servers. */
  apart: boolean
  /** Talks with a pod server that has started already and listens nowhere yet. */
  podServer?: Socket | undefined
}

/**
 * Starts programs of pods: netlab's own servers in one process for all of them (unless `apart`), any other program in
 * a process of its own. Throws CommandError where one cannot be started, or ends at once.
 */
export async function startContainers(
  sandbox: Sandbox,
  commands: readonly Command[],
  options: StartOptions,
): Promise<void> {
  const { logFolder, apart, podServer } = options
  const own = commands.filter(isOwnServer)
  const others = commands.filter(command => !own.includes(command))
  const groups = apart ? own.map(command => [command]) : own.length > 0 ? [own] : []
  await Promise.all([
    ...groups.map(async group => {
      const started = startedServer(podServer)
      const living = started === undefined && !apart ? (await podServers(sandbox))[0] : undefined
      if (living !== undefined) heed(group, await openListeners(living, group.flatMap(listenersOf)))
      else await serve(group, started ?? startPodServer(sandbox, group, logFolder))
    }),
    ...others.map(command => startProgram(sandbox, command, logFolder)),
  ])
}

/** How a pod server is told what to do. */
interface Conversation {
  input: Writable
  output: Readable
  /** The folder of the sandbox's network namespaces, as the server sees it. */
  namespaces: string
}

/** The server that started together with the sandbox, unless it has its work already. */
function startedServer(socket: Socket | undefined): Conversation | undefined {
  if (socket?.writable !== true) return undefined
  socket.ref()
  return { input: socket, output: socket, namespaces: '/proc/1/root/run/netns' }
}

/** A pod server of its own for these commands. */
function startPodServer(sandbox: Sandbox, commands: readonly Command[], logFolder: string): Conversation {
  const { pod, name } = commands[0]?.container ?? { pod: '', name: '' }
  const file = commands.length === 1 ? logFile(logFolder, pod, name) : join(logFolder, 'pod-server.log')
  const log = openSync(file, 'a', 0o600)
  // It sees this machine's files, not the sandbox's: the checkout may lie in a folder that the sandbox has its own of.
  const server = [process.execPath, join(bundleFolder, 'pod-server.js')]
  const argv = enterWithOwnFilesArgv(sandbox, ['setsid', '--fork', ...server])
  const child = startDetached(argv, { output: log, stdin: 'pipe', stdout: 'pipe' })
  closeSync(log)
  child.unref()
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('the pod server has no pipes')
  return { input: stdin, output: stdout, namespaces: `/proc/${sandbox.init.pid}/root/run/netns` }
}

/** Tells a pod server what to listen on, once, and waits until it does. */
async function serve(
  commands: readonly Command[],
  { input, output, namespaces }: Conversation,
): Promise<void> {
  const listeners = commands.flatMap(listenersOf)
  input.on('error', () => {})
  input.end(JSON.stringify({ namespaces, listeners }))
  const answer = await new Promise<string>(resolve => {
    let said = ''
    output.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes('\n')) resolve(said.trim())
    })
    output.on('error', error => resolve(error.message))
    output.on('end', () => resolve(said.trim() || 'the server ended before it listened'))
  })
  output.destroy()
  heed(commands, answer)
}

/** Throws CommandError where a server's answer is a complaint. */
function heed(commands: readonly Command[], answer: string): void {
  if (answer === 'listening') return
  const blamed = commands.find(command => answer.startsWith(`${command.in}:`)) ?? commands[0]!
  throw new CommandError({ command: commandLine(blamed), exitCode: 1, stderr: answer })
}

function listenersOf({ argv, in: pod }: Command): Listener[] {
  return argv.slice(2, argv.indexOf('--name')).map(port => ({ pod, port: Number(port) }))
}

/**
 * Starts a program and ends: with its exit code where it could not run, else with 0 (it may well put itself into the
 * background). Process 1 of the sandbox is then its parent: only what a process in there reaps lets the sandbox end at once.
 */
const startScript = `"$@" & sleep 0.03; kill -0 $! 2> /dev/null || wait $!`

async function startProgram(sandbox: Sandbox, command: Command, logFolder: string): Promise<void> {
  const { pod, name } = command.container ?? { pod: command.in, name: 'main' }
  const file = logFile(logFolder, pod, name)
  const log = openSync(file, 'a', 0o600)
  const argv = enterArgv(sandbox, ['sh', '-c', startScript, 'netlab-start', ...hostArgv(command)])
  const child = startDetached(argv, { output: log, env: insideEnv })
  closeSync(log)
  const code = await new Promise<number>(resolve => {
    child.on('exit', code => resolve(code ?? 137))
    child.on('error', () => resolve(127))
  })
  if (code !== 0) {
    throw new CommandError({
      command: commandLine(command),
      exitCode: code,
      stderr: readFileSync(file, 'utf8'),
    })
  }
}
