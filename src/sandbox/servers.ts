import type { Readable, Writable } from 'node:stream'
import type { Command } from '../command/command.ts'
import { commandLine, hostArgv } from '../command/command-line.ts'
import { startDetached } from './detached.ts'
import { joinLab, runAtAnyway } from './enter.ts'
import { labIdentity } from './identity.ts'
import { startPods } from './kubelet-control.ts'
import { fitting } from './patience.ts'
import { openListeners, podServers } from './pod-control.ts'
import type { Listener } from './pod-listeners.ts'
import { logFile } from './pod-logs.ts'
import { lives } from './proc.ts'
import { CommandError } from './process.ts'
import { insideFolder, insideProgram } from './program-files.ts'
import { enterArgv, insideEnv, type Sandbox } from './sandbox.ts'
import { servedPort } from './served-port.ts'
import type { StartedPodServer } from './start.ts'

/** Whether a command starts netlab's own server. */
export function isOwnServer({ argv }: Command): boolean {
  return argv[0] === 'netlab' && argv[1] === 'serve'
}

export interface StartOptions {
  /** A process for each of netlab's own servers. */
  apart: boolean
  /** Talks with a pod server that has started already and listens nowhere yet. */
  podServer?: StartedPodServer | undefined
  signal?: AbortSignal
}

/**
 * Starts programs of pods: netlab's own servers in one process for all of them (unless `apart`), any other program in
 * a process of its own; what belongs to a pod with a pause process is started by netlab's kubelet. Throws CommandError where one cannot be started, or ends at once.
 */
export async function startContainers(
  sandbox: Sandbox,
  commands: readonly Command[],
  options: StartOptions,
): Promise<void> {
  const { apart, podServer, signal } = options
  const joining = commands.filter(({ container }) => container?.joins !== undefined)
  const own = commands.filter(isOwnServer)
  const others = commands.filter(command => !own.includes(command) && !joining.includes(command))
  const groups = apart ? own.map(command => [command]) : own.length > 0 ? [own] : []
  await Promise.all([
    ...groups.map(async group => {
      const started = startedServer(podServer)
      const living = started === undefined && !apart ? (await podServers(sandbox))[0] : undefined
      if (living !== undefined)
        mustListen(group, await openListeners(sandbox, living, group.flatMap(listenersOf)))
      else await serve(group, started ?? (await startPodServer(sandbox, group)), signal)
    }),
    ...others.map(command => startProgram(sandbox, command, signal)),
    startPods(sandbox, joining),
  ])
}

/** How a pod server is told what to do. */
interface Conversation {
  input: Writable
  output: Readable
  /** Whether the server still lives. */
  lives: () => boolean
}

/** The server that started together with the sandbox, unless it has its work already. */
function startedServer(server: StartedPodServer | undefined): Conversation | undefined {
  if (server?.socket.writable !== true) return undefined
  const { socket, process } = server
  socket.ref()
  return { input: socket, output: socket, lives: () => lives(process) }
}

/** A pod server of its own for these commands. */
async function startPodServer(sandbox: Sandbox, commands: readonly Command[]): Promise<Conversation> {
  await joinLab(sandbox)
  const { pod, name } = commands[0]?.container ?? { pod: '', name: '' }
  const log = commands.length === 1 ? logFile(pod, name) : `${insideFolder.logs}/server.log`
  const server = ['setsid', '--fork', insideProgram.node, insideProgram.podServer]
  const script = `log=$1; shift; "$@" 2>> "$log"`
  const argv = enterArgv(sandbox, ['sh', '-c', script, 'netlab-start', log, ...server])
  const child = startDetached(argv, {
    output: 'ignore',
    stdin: 'pipe',
    stdout: 'pipe',
    env: insideEnv,
    identity: labIdentity(),
  })
  child.unref()
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('the pod server has no pipes')
  // The end of its output tells when it dies: nobody else holds the pipe.
  return { input: stdin, output: stdout, lives: () => true }
}

/** Milliseconds that a pod server gets until it listens, on a machine that is not busy, and between two looks whether it lives. */
const patience = 60_000
const glance = 100

/** Tells a pod server what to listen on, once, and waits until it does. */
async function serve(
  commands: readonly Command[],
  { input, output, lives }: Conversation,
  signal: AbortSignal | undefined,
): Promise<void> {
  input.on('error', () => {})
  input.end(JSON.stringify(commands.flatMap(listenersOf)))
  const began = Date.now()
  let timer: NodeJS.Timeout | undefined
  let abort = () => {}
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      let said = ''
      output.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        if (said.includes('\n') || said.length > longestAnswer) resolve(said.trim())
      })
      output.on('error', error => resolve(error.message))
      output.on('end', () => resolve(said.trim() || 'the server ended before it listened'))
      timer = setInterval(() => {
        if (!lives()) resolve(said.trim() || 'the server was ended before it listened')
        else if (Date.now() - began > fitting(patience))
          resolve('the server does not listen, and says nothing')
      }, glance)
      abort = () => reject(signal?.reason)
      signal?.addEventListener('abort', abort)
    })
    mustListen(commands, answer)
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', abort)
    output.destroy()
  }
}

/** Characters of a complaint. */
const longestAnswer = 10_000

/** Throws CommandError where a server's answer is a complaint. */
function mustListen(commands: readonly Command[], answer: string): void {
  if (answer === 'listening') return
  const blamed = commands.find(command => answer.startsWith(`${command.in}:`)) ?? commands[0]!
  throw new CommandError({ command: commandLine(blamed), exitCode: 1, stderr: answer })
}

function listenersOf({ argv, in: pod, container }: Command): Listener[] {
  const at = argv.indexOf('--address')
  const address = at === -1 ? undefined : argv[at + 1]
  return argv.slice(2, argv.indexOf('--name')).map(text => ({
    ...{ pod, ...servedPort(text) },
    ...(container === undefined ? {} : { container: container.name }),
    ...(address === undefined ? {} : { address }),
  }))
}

/** Seconds within which a program that cannot run has said so. */
const startGrace = 0.1

/**
 * Starts a program and ends: with its exit code and what it printed where it could not run, else with 0 (it may well put itself
 * into the background). Process 1 of the sandbox is then its parent: only what a process in there reaps lets the sandbox end
 * at once. It is looked at from the moment on in which it is itself, not `ip netns exec` any more. The log is opened inside, so
 * that a program never holds a file of this machine.
 */
const startScript = `
log=$1; grace=$2; shift 2
"$@" >> "$log" 2>&1 < /dev/null &
has_begun() {
  read -r words < /proc/$!/cmdline
  case $words in *netlab-start* | ip*netns*exec*) return 1 ;; esac
}
tries=0
until has_begun || [ $((tries += 1)) -gt 500 ]; do sleep 0.01; done 2> /dev/null
sleep "$grace"
kill -0 $! 2> /dev/null && exit
wait $! && exit
code=$?
tail -c 4000 "$log" >&2
exit $code
`

async function startProgram(
  sandbox: Sandbox,
  command: Command,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { pod, name } = command.container ?? { pod: command.in, name: 'main' }
  const grace = `${fitting(startGrace)}`
  const argv = ['sh', '-c', startScript, 'netlab-start', logFile(pod, name), grace, ...hostArgv(command)]
  const { exitCode, stderr } = await runAtAnyway(sandbox, argv, {
    why: `starting the program of pod ${pod}`,
    ...(signal === undefined ? {} : { signal }),
  })
  if (exitCode !== 0) throw new CommandError({ command: commandLine(command), exitCode, stderr })
}
