import type { Batch } from './batch.ts'
import { type Command, host } from './command.ts'
import { parseIp } from './ip-argv.ts'

/** Neighbours in a list, from one index to before another. */
export interface Stretch {
  from: number
  end: number
}

/**
 * The stretches of neighbouring batches of `ip`, each in a place of its own, that concern nothing outside of their places: they can be
 * carried out in any order, and beside each other.
 */
export function independentStretches(batches: readonly Batch[], least: number): readonly Stretch[] {
  const stretches: Stretch[] = []
  let places = new Set<string>()
  let from = 0
  for (let at = 0; at <= batches.length; at += 1) {
    const batch = batches[at]
    const stays = batch !== undefined && staysWithin(batch)
    if (stays && !places.has(batch.in)) {
      places.add(batch.in)
      continue
    }
    if (at - from >= least) stretches.push({ from, end: at })
    places = new Set(stays ? [batch.in] : [])
    from = stays ? at : at + 1
  }
  return stretches
}

function staysWithin({ kind, in: place, commands }: Batch): boolean {
  return kind === 'ip' && place !== host && commands.every(concernsOnlyItsPlace)
}

/** Addresses, routes and neighbours are a namespace's own; a link may have its other end elsewhere, which hears when it goes down. */
function concernsOnlyItsPlace({ argv }: Command): boolean {
  const { object, verb, words } = parseIp(argv)!
  if (object === 'link') return verb === 'set' && !words.includes('netns') && !words.includes('down')
  return object === 'address' || object === 'route' || object === 'neigh'
}
