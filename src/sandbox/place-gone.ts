import { existsSync } from 'node:fs'
import { host, namespacesFolder, type Place } from '../command/command.ts'
import { NetlabError } from '../errors.ts'

/** Whether a place has its network namespace still; to be asked in the lab. */
export function hasNetwork(place: Place): boolean {
  return place === host || existsSync(`${namespacesFolder}/${place}`)
}

/** iproute2's words where it is to run a command in a namespace that is not there. */
export function goneWords(place: Place): string {
  return `Cannot open network namespace "${place}"`
}

/** Nothing can be asked in places without a network namespace, as after `ip netns delete`. */
export function placesGone(places: readonly Place[], why: string, details = ''): NetlabError {
  return new NetlabError({
    what: `${places.join(', ')} ${places.length === 1 ? 'has' : 'have'} no network namespace any more`,
    why,
    details,
    fix: 'netlab exec -- ip netns list shows those that are left; netlab down and netlab up make the lab anew',
  })
}

/** Throws NetlabError where a command ended because its place has lost its network namespace. */
export function mustHaveHadNetwork(
  place: Place,
  { exitCode, stderr }: { exitCode: number; stderr: string },
  why: string,
): void {
  const isGone =
    stderr.startsWith(goneWords(place)) || stderr.includes(`${namespacesFolder}/${place}: No such`)
  if (exitCode !== 0 && isGone) throw placesGone([place], why, stderr.trim())
}
