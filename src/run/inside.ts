import { existsSync } from 'node:fs'
import type { Writable } from 'node:stream'
import type { Place } from '../command/command.ts'
import { pauseName } from '../command/pause.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Condition } from '../model/condition.ts'
import type { Lab } from '../model/lab.ts'
import { placesOf } from '../model/places.ts'
import { joinLab } from '../sandbox/enter.ts'
import { runBeside } from '../sandbox/inside-lab.ts'
import { kubeletPods } from '../sandbox/kubelet-control.ts'
import { enterArgv, insideEnv, type Sandbox } from '../sandbox/sandbox.ts'
import { ShownTerminal, type WindowSize } from '../sandbox/shown-terminal.ts'
import { runForPerson } from '../sandbox/terminal.ts'
import { tellInside } from './known-inside.ts'
import type { LabState } from './lab-folder.ts'
import { mustBeContainer } from './pods.ts'

interface OpenLab {
  sandbox: Sandbox
  lab: Lab
  /** How it stands, and since when it is there; left out in a lesson, which is still making it. */
  condition?: Condition
  state?: Pick<LabState, 'since'>
}

/** Where in a lab: a place, or one container of a pod with a pause process, or `pause` itself. */
export interface Inside {
  place: Place
  container?: string | undefined
  /** What stands at the end of a shell's prompt, behind the place; the shell expands it each time. */
  promptEnd?: string
}

/** Runs a command inside a lab for the person at the terminal and returns its exit code. Throws NetlabError for an unknown place. */
export async function runInside(open: OpenLab, argv: readonly string[], inside: Inside): Promise<number> {
  const enter = await entrance(open, inside)
  return runForPerson(argv, { enter, env: personsEnv(), interactive: false })
}

/** The same from a shell of that lab. */
export function runFromInside(lab: Lab, argv: readonly string[], place: Place): Promise<number> {
  mustBePlace(lab, place)
  return runBeside(argv, place)
}

/** Who listens to a shell: what it must find in its environment for that, and what is made of all that it prints. */
export interface ListensToShell {
  env: Readonly<Record<string, string>>
  through: (chunk: Buffer) => Buffer
}

/** Opens a shell inside a lab, with a prompt that names the lab and the place, and returns the shell's exit code. */
export async function openShell(open: OpenLab, inside: Inside, ear?: ListensToShell): Promise<number> {
  const enter = await entrance(open, inside)
  await tell(open)
  const { argv, env } = shellIn(open.lab, inside)
  const all = { ...personsEnv(), ...env, ...ear?.env }
  return runForPerson(argv, { enter, env: all, interactive: true, through: ear?.through })
}

/** The same shell on a terminal that is shown elsewhere, by an emulator of xterm. Throws NetlabError for an unknown place. */
export async function showShell(
  open: OpenLab,
  inside: Inside,
  window: { size: WindowSize; to: Writable },
): Promise<ShownTerminal> {
  const enter = await entrance(open, inside)
  await tell(open)
  const { argv, env } = shellIn(open.lab, inside)
  return new ShownTerminal(argv, { enter, env: { ...insideEnv, ...env, TERM: 'xterm-256color' } }, window)
}

/** So that `netlab status` knows the lab in there. */
function tell({ sandbox, lab, condition, state }: OpenLab): Promise<void> {
  const since = state?.since ?? new Date().toISOString()
  return tellInside(sandbox, { lab, ...(condition === undefined ? {} : { condition }), since })
}

function shellIn(lab: Lab, { place, container, promptEnd = '' }: Inside) {
  const bash = ['/bin/bash', '/usr/bin/bash'].find(path => existsSync(path))
  const argv = bash === undefined ? ['sh', '-i'] : [bash, '--noprofile', '--norc', '-i']
  const where = container === undefined ? place : `${place}/${container}`
  return { argv, env: { PS1: `[${lab.name} ${where}${promptEnd}]# `, HISTFILE: '', NETLAB_LAB: lab.name } }
}

/** Makes of an argv the one that runs it there. Throws NetlabError where there is no such place, or its container does not run. */
async function entrance(
  { sandbox, lab }: OpenLab,
  { place, container }: Inside,
): Promise<(argv: readonly string[]) => readonly string[]> {
  mustBePlace(lab, place)
  await joinLab(sandbox)
  if (container === undefined) return argv => enterArgv(sandbox, argv, place)
  const pid = await containerPid(sandbox, lab, place, container)
  const all = ['--mount', '--net', '--ipc', '--uts', '--pid']
  return argv => enterArgv(sandbox, ['nsenter', '--target', `${pid}`, ...all, '--', ...argv])
}

async function containerPid(sandbox: Sandbox, lab: Lab, place: Place, container: string): Promise<number> {
  const pod = lab.pods.find(({ name }) => name === place)
  if (pod?.pause === undefined)
    throw new NetlabError({
      what: `${place} has no containers with namespaces of their own: its programs run in its network namespace as they are`,
      fix: `leave -c out, or write "pause: true" into a pod of the lab file`,
      exitCode: exitCode.wrongInput,
    })
  if (container !== pauseName) mustBeContainer(pod, container)
  const state = (await kubeletPods(sandbox))?.find(each => each.pod === place)
  const pid =
    container === pauseName ? state?.pause.pid : state?.containers.find(({ name }) => name === container)?.pid
  if (pid !== undefined) return pid
  throw new NetlabError({
    what: `container ${container} of ${place} does not run at the moment`,
    fix: `netlab status ${lab.name} shows why, netlab logs ${lab.name} ${place} what it printed`,
  })
}

/** All that a command finds in its environment: of the caller's, only which terminal it is. */
function personsEnv(): Record<string, string> {
  const { TERM } = process.env
  return { ...insideEnv, ...(TERM === undefined ? {} : { TERM }) }
}

function mustBePlace(lab: Lab, place: Place): void {
  const known = placesOf(lab)
  if (known.includes(place)) return
  const fix = `there are: ${known.join(', ')}`
  throw new NetlabError({
    what: `${lab.name} has no pod or machine named ${place}`,
    fix,
    exitCode: exitCode.wrongInput,
  })
}
