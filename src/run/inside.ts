import { existsSync } from 'node:fs'
import type { Place } from '../command/command.ts'
import { exitCode, NetlabError } from '../errors.ts'
import type { Lab } from '../model/lab.ts'
import { placesOf } from '../model/places.ts'
import { joinLab } from '../sandbox/enter.ts'
import { enterArgv, insideEnv, type Sandbox } from '../sandbox/sandbox.ts'
import { runForPerson } from '../sandbox/terminal.ts'

interface OpenLab {
  sandbox: Sandbox
  lab: Lab
}

/** Runs a command inside a lab for the person at the terminal and returns its exit code. Throws NetlabError for an unknown place. */
export async function runInside(
  { sandbox, lab }: OpenLab,
  argv: readonly string[],
  place: Place,
): Promise<number> {
  mustBePlace(lab, place)
  await joinLab(sandbox)
  const enter = (inside: readonly string[]) => enterArgv(sandbox, inside, place)
  return runForPerson(argv, { enter, env: personsEnv(), interactive: false })
}

/** Opens a shell inside a lab, with a prompt that names the lab and the place, and returns the shell's exit code. */
export async function openShell({ sandbox, lab }: OpenLab, place: Place): Promise<number> {
  mustBePlace(lab, place)
  const bash = ['/bin/bash', '/usr/bin/bash'].find(path => existsSync(path))
  const argv = bash === undefined ? ['sh', '-i'] : [bash, '--noprofile', '--norc', '-i']
  await joinLab(sandbox)
  const enter = (inside: readonly string[]) => enterArgv(sandbox, inside, place)
  const env = { ...personsEnv(), PS1: `[${lab.name} ${place}]# `, HISTFILE: '' }
  return runForPerson(argv, { enter, env, interactive: true })
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
