import { NetlabError } from '../errors.ts'
import { runAtAnyway } from './enter.ts'
import { fitting } from './patience.ts'
import type { Ending, Listener } from './pod-listeners.ts'
import { insideFolder } from './program-files.ts'
import type { Sandbox } from './sandbox.ts'

/** A process of netlab's own servers inside a sandbox, with the pods that it serves for now. */
export interface PodServer {
  socket: string
  pods: readonly string[]
}

/**
 * curl asks inside the sandbox: a path in there may lead anywhere, and must not be followed outside. Each server's answer is
 * followed by its socket and the HTTP status; a process that was killed leaves its socket's name behind, and answers with 000. One
 * that is stopped does not answer in time, for which curl's exit code is 28: it must not be taken for one that has ended.
 */
const askAll = `
for socket in ${insideFolder.servers}/*; do
  [ -S "$socket" ] || continue
  curl --disable --silent --max-time "$1" --unix-socket "$socket" --write-out " %{http_code} $socket\\n" http://netlab/pods
  [ $? -ne 28 ] || exit 28
done
true
`

/** Seconds that a server gets for an answer on a machine that is not busy: it has nothing else to wait for. */
const patience = 5

/** The living server processes of a sandbox: one for all pods, or one for each. Throws NetlabError where one keeps silent. */
export async function podServers(sandbox: Sandbox): Promise<PodServer[]> {
  const seconds = `${Math.ceil(fitting(patience))}`
  const { stdout, exitCode } = await runAtAnyway(sandbox, ['sh', '-c', askAll, 'netlab-ask', seconds], {
    why: "asking the pods' server which pods it serves for",
  })
  if (exitCode === 28) throw silent(`it was asked which pods it serves for, and said nothing in ${seconds} s`)
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .flatMap(line => {
      const [, pods = '', status, socket = ''] = /^(.*) (\d{3}) (\S+)$/.exec(line) ?? []
      return status === '200' ? [{ socket, pods: podsIn(pods) }] : []
    })
}

/** The sandbox is the lab's: whatever listens there may answer as it likes. */
function podsIn(answer: string): string[] {
  const pods = parsed(answer)
  return Array.isArray(pods) ? pods.filter(pod => typeof pod === 'string') : []
}

function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer)
  } catch {
    return undefined
  }
}

/** Lets a living server process listen for pods, too. Returns `listening`, or `POD: why not`. */
export async function openListeners(
  sandbox: Sandbox,
  server: PodServer,
  listeners: readonly Listener[],
): Promise<string> {
  const { status, body } = await send(sandbox, server, '/open', JSON.stringify(listeners))
  return status === '200' ? 'listening' : body
}

/** Closes a pod's servers; those that are broken off (`kill`) at once. */
export async function closeListeners(
  sandbox: Sandbox,
  server: PodServer,
  pod: string,
  ending: Ending,
): Promise<void> {
  await send(sandbox, server, `/${ending}/${encodeURIComponent(pod)}`, '')
}

async function send(
  sandbox: Sandbox,
  { socket }: PodServer,
  path: string,
  body: string,
): Promise<{ status: string; body: string }> {
  const argv = [
    'curl',
    '--disable',
    '--silent',
    '--show-error',
    '--max-time',
    `${Math.ceil(fitting(patience))}`,
  ]
  const { stdout, stderr } = await runAtAnyway(
    sandbox,
    [
      ...argv,
      '--unix-socket',
      socket,
      '--data-binary',
      '@-',
      '--write-out',
      ' %{http_code}',
      `http://netlab${path}`,
    ],
    { input: body, why: "giving an order to the pods' server" },
  )
  const [, answer = '', status = '000'] = /^(.*) (\d{3})$/s.exec(stdout) ?? []
  if (status !== '000') return { status, body: answer }
  throw silent(`it was to open or close the ports of a pod\n${stderr.trim()}`)
}

function silent(details: string): NetlabError {
  return new NetlabError({
    what: "the pods' server does not answer",
    why: 'it listens for the pods of the lab',
    details,
    fix: 'something in the lab has stopped or ended it: take the lab down and bring it up again',
  })
}
