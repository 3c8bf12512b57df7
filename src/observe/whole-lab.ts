import { host, type Place } from '../command/command.ts'
import { familiesOf, onNetworks, placesOf, proxyNodes } from '../model/places.ts'
import type { DrawnFacts } from './facts.ts'
import { drawnFacts, drawnReadings, readingScript, sectionsOf } from './readings.ts'
import { type ObservedLab, runTool } from './tool.ts'

/** Places that one entry into the sandbox asks: what it prints must be kept in memory. */
const perScript = 200

/** What the kernel says in all places of a running lab; those are left out that are not there. Throws where the lab has ended. */
export async function readWholeLab({
  sandbox,
  running: { lab, outlines },
  signal,
}: ObservedLab): Promise<ReadonlyMap<Place, DrawnFacts>> {
  const families = familiesOf(lab)
  const withRules = new Set([host, ...onNetworks(lab).map(({ name }) => name)])
  const mode = outlines.at(-1)?.mode ?? lab.proxy.mode
  const withNft = new Set(mode === 'nftables' ? proxyNodes(lab) : [])
  const places = placesOf(lab)
  const found = new Map<Place, DrawnFacts>()
  for (let at = 0; at < places.length; at += perScript) {
    const some = places.slice(at, at + perScript)
    const readings = some.flatMap(place =>
      drawnReadings(place, families, { iptables: withRules.has(place), nft: withNft.has(place) }),
    )
    const { stdout } = await runTool(sandbox, ['sh', '-s'], {
      input: `${readingScript(readings)}true\n`,
      why: 'reading links, routes and rules of all places',
      ...(signal === undefined ? {} : { signal }),
    })
    const texts = sectionsOf(stdout)
    for (const place of some) {
      const facts = drawnFacts(place, texts)
      if (facts !== undefined) found.set(place, facts)
    }
  }
  return found
}
