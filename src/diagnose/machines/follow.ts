import { host } from '../../command/command.ts'
import type { Lab } from '../../model/lab.ts'
import { onNetworks } from '../../model/places.ts'
import type { Evidence } from '../evidence.ts'
import { finding, nothingFound } from '../evidence.ts'
import { type Source, tryAgain } from '../gather.ts'
import type { Question } from '../question.ts'
import { wantedFailure } from '../wanted-failure.ts'
import { hanging } from './hanging.ts'
import { Journey } from './journey.ts'
import { readMachines } from './surroundings.ts'

/** Whether a question is one from a node, its pods or a machine on networks, where each has rules and routes of its own. */
export function isAmongMachines(lab: Lab, { from }: Question): boolean {
  return (
    lab.pods.some(({ name, node }) => name === from && node !== host) ||
    onNetworks(lab).some(({ name }) => name === from)
  )
}

/**
 * Follows a request over machines on networks, there and back, and tells of the first hop that is off. Each hop is where the kernel of
 * the one before says that the packet goes.
 */
export async function followMachines(source: Source, question: Question): Promise<Evidence | undefined> {
  const { from, url, address } = question
  if (address === undefined)
    return finding(`${url} names nobody whom the lab knows: see /etc/hosts in ${from}`, undefined)
  if (question.wantsFailure) {
    const wanted = wantedFailure(question, question.seen ?? (await tryAgain(source, question)), () => [])
    if (wanted !== undefined) return wanted
  }
  const surroundings = await readMachines(source, question)
  if (surroundings === undefined) return undefined
  const journey = new Journey(surroundings, question)
  return (
    (await journey.followed()) ??
    (question.seen === undefined ? await hanging(source, surroundings, question, journey) : undefined) ??
    nothingFound(
      `every hop from ${from} to ${url} and back looks right; this is the way that the kernels say`,
      ...journey.shown,
    )
  )
}
