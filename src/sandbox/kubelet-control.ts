import type { Command } from '../command/command.ts'
import { commandLine } from '../command/command-line.ts'
import { programOf } from '../command/pause.ts'
import { NetlabError } from '../errors.ts'
import { runAtAnyway } from './enter.ts'
import type { ContainerOrder, Ending } from './kubelet/pod-life.ts'
import type { PodState } from './kubelet/pod-state.ts'
import { fitting } from './patience.ts'
import { CommandError } from './process.ts'
import { insideFolder, insideProgram } from './program-files.ts'
import type { Sandbox } from './sandbox.ts'
import { toldPods } from './told-pods.ts'

/**
 * curl asks inside the sandbox: a path in there may lead anywhere, and must not be followed outside. Prints nothing where no kubelet lives: there
 * is no socket, or nobody takes a connection on it. Exit code 28: it does not answer in time.
 */
const ask = `
[ -S ${insideFolder.kubelet} ] || exit 0
curl --disable --silent --max-time "$1" --unix-socket ${insideFolder.kubelet} http://netlab/pods
[ $? -ne 28 ] || exit 28
`

/** Starts one and waits until it takes connections. */
const begin = `
setsid --fork ${insideProgram.node} ${insideProgram.kubelet} > /dev/null 2>> ${insideFolder.logs}/kubelet.log < /dev/null
tries=0
until curl --disable --silent --max-time "$1" --unix-socket ${insideFolder.kubelet} http://netlab/pods > /dev/null; do
  [ $? -ne 28 ] && [ $((tries += 1)) -le 1200 ] || exit 1
  sleep 0.05
done
`

/** Seconds that it gets for an answer on a machine that is not busy; for one to an order, during which programs end and others start. */
const patience = { answer: 5, order: 60 }

const seconds = (patience: number) => `${Math.ceil(fitting(patience))}`

/** The pods that netlab's kubelet has in its care; undefined where none lives. Throws NetlabError where it keeps silent. */
export async function kubeletPods(sandbox: Sandbox): Promise<readonly PodState[] | undefined> {
  const time = seconds(patience.answer)
  const { stdout, exitCode } = await runAtAnyway(sandbox, ['sh', '-c', ask, 'netlab-ask', time], {
    why: "asking netlab's kubelet which containers run",
  })
  if (exitCode === 28) throw silent(`it was asked which containers run, and said nothing in ${time} s`)
  return stdout === '' ? undefined : toldPods(stdout)
}

/** Starts containers of pods with a pause process, and pause itself. Throws CommandError where one cannot be started. */
export async function startPods(sandbox: Sandbox, commands: readonly Command[]): Promise<void> {
  if (commands.length === 0) return
  if ((await kubeletPods(sandbox)) === undefined) await startKubelet(sandbox)
  const orders = commands.flatMap(command => orderOf(command))
  const { status, body } = await order(sandbox, '/start', JSON.stringify(orders))
  if (status === '200') return
  const [, who, complaint = body] = /^(\S+): (.*)$/s.exec(body) ?? []
  const blamed = commands.find(({ container }) => who === `${container?.pod}/${container?.name}`)
  throw new CommandError({ command: commandLine(blamed ?? commands[0]!), exitCode: 1, stderr: complaint })
}

function orderOf(command: Command): ContainerOrder[] {
  const { container } = command
  if (container?.joins === undefined) return []
  const { pod, name, joins } = container
  return [{ pod, name, argv: programOf(command), ...joins }]
}

/** Ends pods with all that runs in them; those that nobody has in his care are left out. */
export async function endPods(sandbox: Sandbox, pods: readonly string[], how: Ending): Promise<void> {
  const known = pods.length === 0 ? [] : ((await kubeletPods(sandbox)) ?? [])
  const there = pods.filter(name => known.some(({ pod }) => pod === name))
  await Promise.all(there.map(pod => orderEnd(sandbox, `/${how}/${encodeURIComponent(pod)}`)))
}

/** Ends one container's program, as if it had ended by itself; false: it did not run. */
export async function endContainer(
  sandbox: Sandbox,
  pod: string,
  container: string,
  how: Ending,
): Promise<boolean> {
  const path = [how, pod, container].map(word => `/${encodeURIComponent(word)}`).join('')
  return (await orderEnd(sandbox, path)) === 'true'
}

async function orderEnd(sandbox: Sandbox, path: string): Promise<string> {
  const { status, body } = await order(sandbox, path, '')
  if (status === '200') return body
  throw troubled("netlab's kubelet could not end what it was told to", body)
}

async function startKubelet(sandbox: Sandbox): Promise<void> {
  const { exitCode } = await runAtAnyway(
    sandbox,
    ['sh', '-c', begin, 'netlab-start', seconds(patience.answer)],
    {
      why: "starting netlab's kubelet",
    },
  )
  if (exitCode !== 0) throw silent('it was started, and takes no orders')
}

async function order(
  sandbox: Sandbox,
  path: string,
  input: string,
): Promise<{ status: string; body: string }> {
  const { stdout, stderr } = await runAtAnyway(
    sandbox,
    [
      ...['curl', '--disable', '--silent', '--show-error', '--max-time', seconds(patience.order)],
      ...['--unix-socket', insideFolder.kubelet, '--data-binary', '@-'],
      ...['--write-out', ' %{http_code}', `http://netlab${path}`],
    ],
    { input, why: "giving an order to netlab's kubelet" },
  )
  const [, body = '', status = '000'] = /^(.*) (\d{3})$/s.exec(stdout) ?? []
  if (status !== '000') return { status, body }
  throw silent(`it was to start or end containers\n${stderr.trim()}`)
}

function silent(details: string): NetlabError {
  return troubled("netlab's kubelet does not answer", details)
}

function troubled(what: string, details: string): NetlabError {
  return new NetlabError({
    what,
    why: 'it starts and ends the containers of pods that have a pause process',
    details,
    fix: 'something in the lab has stopped or ended it: take the lab down and bring it up again',
  })
}
