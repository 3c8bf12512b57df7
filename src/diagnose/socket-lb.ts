import type { Place } from '../command/command.ts'
import { shellLine } from '../command/command-line.ts'
import { typedLines } from '../command/typed-lines.ts'
import {
  contentsAfter,
  isChange,
  isSocketLbCommand,
  type SocketLbCommand,
} from '../dataplane/socket-commands.ts'
import { type ServedAddress, servedAddress, servedWords } from '../dataplane/socket-list.ts'
import { type MapContents, networkEntry, readContents, serviceKey } from '../dataplane/socket-maps.ts'
import { joinHostPort, splitHostPort } from '../model/address.ts'
import type { Lab } from '../model/lab.ts'
import { machineAt, proxyNodes, serviceUsers } from '../model/places.ts'
import { ask } from '../observe/curl.ts'
import { balancerTrouble, readBalancer, troubleOf } from '../observe/socket-lb.ts'
import type { LabInCondition } from '../plan/lab-in-condition.ts'
import { socketLbCommands } from '../plan/socket-lb.ts'
import { netnsCookies } from '../sandbox/bpf/socket-lb-control.ts'
import { fitting } from '../sandbox/patience.ts'
import { type Evidence, finding } from './evidence.ts'
import type { Source } from './gather.ts'
import type { Question } from './question.ts'

/** Seconds that an endpoint gets to answer. */
const patience = 0.3
/** A service may have thousands of endpoints: so many are asked. */
const mostEndpoints = 6

/** What a socket load balancer is asked when a place connects to an address, and what the lab has it answer. */
interface Asked {
  lab: Lab
  node: string
  from: string
  address: string
  port: number
  protocol: 'TCP' | 'UDP'
  wanted: ServedAddress | undefined
  /** That makes the entry as the lab has it. */
  command: SocketLbCommand | undefined
}

/**
 * What is off in a lab's socket load balancer, which is asked before there is any packet. Where nothing is, the question of the endpoint that
 * the socket connects to; where it has nothing to say, the same question.
 */
export async function throughSocketLb(source: Source, question: Question): Promise<Evidence | Question> {
  const asked = askedOf(source.running, question)
  if (asked === undefined) return question
  const trouble = await balancerTrouble(asked.lab.name)
  if (trouble?.state === 'stopped')
    return asked.wanted === undefined ? question : finding(`${trouble.words}: ${trouble.means}`, trouble.mend)
  const contents = await readBalancer(asked.lab.name)
  const off = balancerEvidence(asked, contents)
  if (off !== undefined || asked.wanted === undefined || contents === undefined) return off ?? question
  const shown = shownEntry(asked, contents)
  if (!(await isServed(source, asked, contents))) return unserved(asked, shown)
  const { endpoints } = asked.wanted
  if (question.wantsFailure) return question
  if (endpoints.length === 0)
    return finding(
      `${targetOf(asked)} has no endpoint that serves ${asked.node}, so connections are refused`,
      undefined,
      shown,
    )
  return { ...question, ...(await silentEndpoint(source, asked)) }
}

/** That nobody finds pods for a lab's services any more, or those of before; undefined: the load balancer works, or the lab needs none. */
export async function balancerTroubleEvidence({
  name,
  proxy,
}: Pick<Lab, 'name' | 'proxy'>): Promise<Evidence | undefined> {
  const trouble = proxy.mode === 'ebpf' ? await balancerTrouble(name) : undefined
  if (trouble === undefined) return undefined
  const { words, means, mend } = trouble
  return {
    ...finding(`${words}: ${means}`, mend),
    typed: typedLines(name, mend),
  }
}

/** Who asks for what. */
export interface SocketQuestion {
  from: Place
  address: string
  port: number
  protocol: 'TCP' | 'UDP'
}

/**
 * What is off in the entry by which a place's sockets should be served, whoever has served them: rules beside the program hide that it does not.
 * Undefined: nothing is, or no program has a say there.
 */
export async function hiddenEvidence(
  running: LabInCondition,
  question: SocketQuestion,
): Promise<Evidence | undefined> {
  const asked = askedOf(running, { ...question, steps: running.outlines.length })
  if (asked?.wanted === undefined) return undefined
  // Of one that is stopped nobody knows what its maps hold.
  if ((await balancerTrouble(running.lab.name))?.state === 'stopped') return undefined
  const found = balancerEvidence(asked, await readBalancer(running.lab.name))
  return found?.mend === undefined ? found : { ...found, typed: typedLines(running.lab.name, found.mend) }
}

/** Undefined: no socket load balancer has a say there. */
function askedOf(
  running: LabInCondition,
  question: Pick<Question, 'from' | 'address' | 'port' | 'isPing' | 'steps'> &
    Partial<Pick<SocketQuestion, 'protocol'>>,
): Asked | undefined {
  const { lab } = running
  const { from, address, port, isPing, protocol = 'TCP' } = question
  const node = serviceUsers(lab).find(({ place }) => place === from)?.node
  if (lab.proxy.mode !== 'ebpf' || node === undefined || address === undefined || isPing) return undefined
  const { commands, contents } = toldBy(running, question.steps)
  const wanted = servedAddress(contents, serviceKey({ node, address, port, protocol }))
  if (wanted?.nodeOnly && from !== node) return undefined
  const place = joinHostPort(address, port)
  const command = commands.findLast(
    one => one.in === node && one.argv[2] === 'set' && one.argv.includes(place),
  )
  return {
    ...{ lab, node, from, address, port, protocol, wanted },
    command: wanted === undefined ? undefined : command,
  }
}

interface Told {
  commands: readonly SocketLbCommand[]
  contents: MapContents
}

/** Each address of a service is asked about. */
const told = new WeakMap<LabInCondition, Map<number, Told>>()

function toldBy(running: LabInCondition, steps: number): Told {
  const known = told.get(running) ?? new Map<number, Told>()
  told.set(running, known)
  const found = known.get(steps)
  if (found !== undefined) return found
  const commands = commandsOf(running, steps)
  const made = { commands, contents: contentsAfter(readContents(''), commands) }
  known.set(steps, made)
  return made
}

/** What the lab has told its load balancer by the end of so many of its steps, or by now. */
function commandsOf(running: LabInCondition, steps: number): SocketLbCommand[] {
  const { plan, outlines } = running
  if (steps < outlines.length)
    return plan.steps
      .slice(0, steps)
      .flatMap(step => step.actions.map(({ command }) => command))
      .filter(command => isSocketLbCommand(command) && isChange(command))
  return socketLbCommands(running)
}

/** What is off in the entry of the address that was asked for; `contents` undefined: nobody answers for the load balancer. */
function balancerEvidence(asked: Asked, contents: MapContents | undefined): Evidence | undefined {
  const { wanted, lab } = asked
  const target = targetOf(asked)
  if (contents === undefined) {
    const { words, mend } = troubleOf(lab.name, 'ended')
    return wanted === undefined
      ? undefined
      : finding(`no program is asked when ${asked.from} connects to ${target}: ${words}`, mend)
  }
  const found = servedAddress(contents, keyOf(asked))
  const words = found === undefined ? missing(asked) : difference(asked, found)
  return words === undefined ? undefined : finding(words, mending(asked), shownEntry(asked, contents))
}

function missing({ wanted, ...asked }: Asked): string | undefined {
  return wanted === undefined ? undefined : `the socket load balancer has no entry for ${targetOf(asked)}`
}

/** In what an entry differs from what the lab has told; undefined: in nothing. */
function difference(asked: Asked, found: ServedAddress): string | undefined {
  const { wanted, from, node } = asked
  const entry = `the entry for ${targetOf(asked)}`
  if (wanted === undefined) return `${entry} is none that the lab has made`
  if (found.nodeOnly && from !== node && !wanted.nodeOnly)
    return `${entry} is for ${node} itself only, not for ${from}`
  const extra = found.endpoints.find(
    endpoint => endpoint !== undefined && !wanted.endpoints.includes(endpoint),
  )
  if (extra !== undefined) return `${entry} leads to ${endpointWords(asked, wanted, extra)}`
  const hole = found.endpoints.indexOf(undefined)
  if (hole !== -1)
    return `${entry} leads to endpoint number ${hole}, of which the map of endpoints has nothing`
  const left = wanted.endpoints.find(endpoint => !found.endpoints.includes(endpoint))
  if (left === undefined) return undefined
  return found.endpoints.length === 0
    ? `${entry} has no endpoint, so connections are refused`
    : `${entry} does not lead to ${withOwner(asked, left)}`
}

function endpointWords({ lab }: Asked, wanted: ServedAddress, endpoint: string): string {
  const { address } = splitHostPort(endpoint)
  if (machineAt(lab, address) === undefined) return `${endpoint}, an address that nobody in the lab has`
  const near = wanted.endpoints.find(each => each !== undefined && splitHostPort(each).address === address)
  const instead = near === undefined ? 'no endpoint' : `not the endpoint's port, ${splitHostPort(near).port}`
  return `${withOwner({ lab }, endpoint)}, ${instead}`
}

function withOwner({ lab }: Pick<Asked, 'lab'>, endpoint = ''): string {
  const name = machineAt(lab, splitHostPort(endpoint).address)?.name
  return name === undefined ? endpoint : `${endpoint} in ${name}`
}

/** What makes the entry as it should be; an entry that the lab has not made goes by a name that only who has made it knows. */
function mending({ command, lab, node }: Asked): string | undefined {
  if (command === undefined) return undefined
  const whose = proxyNodes(lab).length > 1 ? ['--node', node] : []
  return shellLine([...command.argv, '--lab', lab.name, ...whose])
}

/** Whether the kernel's number of the network namespace that asks is known. */
async function isServed(
  { sandbox }: Source,
  { from, node }: Asked,
  { networks }: MapContents,
): Promise<boolean> {
  const [cookie] = await netnsCookies(sandbox, [from])
  return cookie !== undefined && networks.has(networkEntry({ cookie, node, own: from === node }).key)
}

function unserved({ from, lab }: Asked, shown: readonly string[]): Evidence {
  const words = `the socket load balancer does not know the network namespace of ${from}, and lets its connections through as they are`
  return finding(words, `netlab sync ${lab.name}`, shown)
}

/** The first endpoint that does not answer, else the first one. */
async function silentEndpoint({ sandbox, signal }: Source, { wanted, from }: Asked) {
  const endpoints = (wanted?.endpoints ?? []).filter(endpoint => endpoint !== undefined)
  let silent = endpoints[0] ?? ''
  for (const endpoint of endpoints.slice(0, mostEndpoints)) {
    const { failure } = await ask(sandbox, endpoint, from, fitting(patience), { signal })
    if (failure === undefined) continue
    silent = endpoint
    break
  }
  const { address, port = 80 } = splitHostPort(silent)
  return { url: silent, address, port }
}

function targetOf({ address, port }: Pick<Asked, 'address' | 'port'>): string {
  return joinHostPort(address, port)
}

function keyOf({ node, address, port, protocol }: Asked): string {
  return serviceKey({ node, address, port, protocol })
}

function shownEntry(asked: Asked, contents: MapContents): readonly string[] {
  const key = keyOf(asked)
  const line = contents.services.has(key) ? servedWords(contents, key) : `(nothing for ${targetOf(asked)})`
  return [`$ netlab socket-lb list --lab ${asked.lab.name}`, line]
}
