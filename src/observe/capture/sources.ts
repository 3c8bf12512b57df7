import { exitCode, NetlabError } from '../../errors.ts'
import type { Lab } from '../../model/lab.ts'
import { placesOf } from '../../model/places.ts'
import type { CaptureSource } from '../../sandbox/capture/order.ts'

/** Whose links are meant by `PLACE` or `PLACE:LINK`, of which there may be several; by none: all of the lab's. Throws NetlabError for a place that is none. */
export function captureSources(lab: Lab, words: readonly string[]): CaptureSource[] {
  const places = placesOf(lab)
  if (words.length === 0) return places.map(place => ({ place, links: 'all' }))
  const wanted = new Map<string, 'all' | readonly string[]>()
  for (const word of words) {
    const [place = '', ...rest] = word.split(':')
    if (!places.includes(place))
      throw new NetlabError({
        what: `${lab.name} has no place named ${place}`,
        fix: `there are: ${places.join(', ')}`,
        exitCode: exitCode.wrongInput,
      })
    const before = wanted.get(place) ?? []
    if (rest.length === 0) wanted.set(place, 'all')
    else if (before !== 'all') wanted.set(place, [...new Set([...before, rest.join(':')])])
  }
  return [...wanted].map(([place, links]) => ({ place, links }))
}
