import type { Command } from '../command/command.ts'
import {
  contentsAfter,
  isChange,
  isServiceThere,
  type SocketLbCommand,
  takenAddresses,
} from '../dataplane/socket-commands.ts'
import { listText } from '../dataplane/socket-list.ts'
import { contentsText, networkEntry, networkOperations, readContents } from '../dataplane/socket-maps.ts'
import { mapOperations } from '../dataplane/socket-services.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { proxyNodes, serviceUsers } from '../model/places.ts'
import { isEverInMode } from '../model/proxy-modes.ts'
import { balancerTrouble, readBalancer } from '../observe/socket-lb.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { socketLbCommands } from '../plan/socket-lb.ts'
import {
  endSocketLb,
  hasSocketLb,
  mustBalanceSockets,
  netnsCookies,
  orderSocketLb,
  readSocketLb,
  resumeSocketLb,
  startSocketLb,
} from '../sandbox/bpf/socket-lb-control.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { LabFolder } from './lab-folder.ts'
import type { Outcome } from './run-steps.ts'

/** Whether a lab's services are found by a program that the kernel asks about its sockets. */
export function balancesSockets(lab: Lab): boolean {
  return isEverInMode(lab, 'ebpf')
}

/**
 * Carries out neighbouring commands of a load balancer. The first one that changes something starts it; one that somebody has ended is not
 * started without its services.
 */
export async function runSocketLb(
  sandbox: Sandbox,
  lab: Lab,
  commands: readonly Command[],
): Promise<Outcome> {
  try {
    await mustWork(lab.name)
    if (commands.some(isChange)) await openSocketLb(sandbox, lab)
    const { path } = new LabFolder(lab.name)
    let output = ''
    for (const run of runsOf(commands)) {
      const before = (await readBalancer(lab.name)) ?? readContents('')
      const [, , verb] = run[0]!.argv
      if (verb === 'dump') output += `${contentsText(before)}\n`
      else if (verb === 'list') output += listText(before, proxyNodes(lab))
      else await orderSocketLb(path, mapOperations(before, contentsAfter(before, run)))
    }
    return { output }
  } catch (error) {
    if (!(error instanceof NetlabError)) throw error
    const { message, details = '', fix = '' } = error
    const stderr = [message, details, fix].filter(text => text !== '').join('\n')
    return { output: '', failure: { command: commands[0]!, exitCode: 1, stderr } }
  }
}

/** Throws NetlabError where a `delete` that somebody has typed names a service that the maps do not have. */
export async function mustKnowService({ name }: Lab, { argv, in: node }: SocketLbCommand): Promise<void> {
  // Of one that has ended, or is stopped, whoever carries the command out says so.
  if ((await balancerTrouble(name)) !== undefined) return
  if (isServiceThere((await readBalancer(name)) ?? readContents(''), { argv, in: node })) return
  throw new NetlabError({
    what: `${node} has no such service: ${argv.slice(3).join(' ')}`,
    fix: `name, --protocol, --local and the family of --at say which one is meant; netlab socket-lb list --lab ${name} shows the addresses`,
    exitCode: exitCode.wrongInput,
  })
}

/** The addresses that a `set` takes from other services, in words: `10.96.0.1:80 was default/web's until now`. */
export async function takenWords(running: LabInCondition, command: SocketLbCommand): Promise<string[]> {
  const { lab } = running
  const contents = await readBalancer(lab.name)
  if (contents === undefined) return []
  const known = lab.proxy.mode === 'ebpf' ? socketLbCommands(running) : []
  return takenAddresses(contents, command, known).map(
    ({ place, owner }) =>
      `${place} was ${owner === undefined ? "another service's" : `${owner}'s`} until now`,
  )
}

/** Neighbouring changes are one order; what reads the maps is by itself. */
function runsOf(commands: readonly Command[]): Command[][] {
  const runs: Command[][] = []
  for (const command of commands) {
    const last = runs.at(-1)
    if (last !== undefined && isChange(command) && isChange(last[0]!)) last.push(command)
    else runs.push([command])
  }
  return runs
}

/** What a lab's maps hold, as its `dump` prints it; nothing where it has no load balancer. */
export async function dumpSocketLb({ name }: Pick<Lab, 'name'>): Promise<string> {
  const contents = await readBalancer(name)
  return contents === undefined ? '' : contentsText(contents)
}

/** Lets a lab's load balancer know the pods that have come meanwhile. One that somebody has ended or stopped stays so until the next sync. Throws NetlabError. */
export async function introducePods(sandbox: Sandbox, lab: Lab): Promise<void> {
  if ((await balancerTrouble(lab.name)) === undefined) await openSocketLb(sandbox, lab)
}

/**
 * Starts a lab's load balancer where none lives, for who fills its maps then, lets one go on that was stopped, and lets it know which network
 * namespaces there are now. Throws NetlabError.
 */
export async function openSocketLb(sandbox: Sandbox, lab: Lab): Promise<void> {
  const { path } = new LabFolder(lab.name)
  resumeSocketLb(path)
  if (!(await hasSocketLb(path))) {
    mustBalanceSockets()
    await startSocketLb(sandbox, path)
  }
  const members = serviceUsers(lab)
  const cookies = await netnsCookies(
    sandbox,
    members.map(({ place }) => place),
  )
  const entries = members.flatMap(({ place, node }, at) => {
    const cookie = cookies[at]
    return cookie === undefined ? [] : [networkEntry({ cookie, node, own: place === node })]
  })
  const operations = networkOperations(await readSocketLb(path), entries)
  if (operations.length > 0) await orderSocketLb(path, operations)
}

/** Ends the load balancer of a lab that needs none any more. Throws NetlabError. */
export async function closeSocketLb({ name }: Pick<Lab, 'name'>): Promise<void> {
  await endSocketLb(new LabFolder(name).path)
}

/** Throws NetlabError where somebody has ended or stopped it. */
async function mustWork(lab: string): Promise<void> {
  const trouble = await balancerTrouble(lab)
  if (trouble === undefined) return
  const { state, words, means, mend } = trouble
  const hasEnded = state === 'ended'
  throw new NetlabError({
    what: words,
    why: hasEnded ? 'its maps went with it, and the commands of a service make that service only' : means,
    fix: hasEnded ? `${mend} brings it back, with all services` : `${mend} lets it go on`,
  })
}
