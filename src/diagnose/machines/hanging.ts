import { stuckEnd, stuckReading } from '../../observe/stuck.ts'
import type { Evidence } from '../evidence.ts'
import { finding } from '../evidence.ts'
import { readAll, type Source } from '../gather.ts'
import type { Question } from '../question.ts'
import type { Journey } from './journey.ts'
import { lostInSilence, narrowFor } from './sizes.ts'
import { isOwn, type Surroundings } from './surroundings.ts'

/**
 * Whether a request whose every hop is right hangs all the same, since its full packets, or those of its answer, are too large for a link:
 * the connection comes about, small packets arrive, and the kernel sends the others again and again.
 */
export async function hanging(
  source: Source,
  { machines }: Surroundings,
  { from, url, address = '', port }: Question,
  journey: Journey,
): Promise<Evidence | undefined> {
  const { end } = journey
  if (end === undefined) return undefined
  const ends = [
    { place: from, filter: ['dst', address, 'dport', '=', `:${port}`] },
    { place: end.place, filter: ['sport', '=', `:${end.packet.port ?? port}`] },
  ]
  const reading = stuckReading(from, url, ends)
  const found = stuckEnd((await readAll(source, [reading])).get(reading.key) ?? '')
  if (found === undefined) return undefined
  const { place: sender } = ends[found.end]!
  const direction = found.end === 0 ? 'there' : 'back'
  const crossed = journey.crossed.filter(each => each.direction === direction)
  const shown = [`$ ip netns exec ${sender} ss -ti`, found.stuck.text]
  let bytes = found.stuck.size
  for (let at = 0; ; ) {
    const narrow = narrowFor(crossed, bytes, at)
    if (narrow === undefined) return undefined
    if (narrow.kind === 'silent') return lostInSilence(narrow, machines, shown)
    const { crossed: hop, mtu } = narrow
    // With a translated sender the message meets conntrack, of which nothing can be told here.
    const facts = machines.get(sender)
    const isPlain = facts !== undefined && isOwn(facts, hop.packet.source)
    const lost = isPlain ? await journey.told(hop) : undefined
    if (lost !== undefined)
      return finding(
        `packets of ${bytes} bytes from ${sender} are too large for ${hop.device} of ${hop.place}, which takes ${mtu}, and ${sender} never hears of that: ${lost.headline}`,
        lost.mend,
        shown,
        lost.lines,
      )
    // The sender has heard of it, and sends smaller ones from then on.
    bytes = mtu
    at = narrow.index + 1
  }
}
