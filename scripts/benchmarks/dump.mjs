import { asJson, asYaml } from './as-kubectl.mjs'
import { clusterDump } from './cluster-dump.mjs'
import { atMost, median, ratio } from './measure.mjs'

/** `netlab rules -f` of the dump of a large cluster, Node's start included, as JSON and as YAML in turn. */
export async function dump(netlab, quick) {
  const count = quick ? 50 : 5000
  const list = clusterDump(count)
  const files = {
    JSON: netlab.write('dump.json', asJson(list)),
    YAML: netlab.write('dump.yaml', asYaml(list)),
  }
  const used = { JSON: [], YAML: [] }
  for (let round = 0; round < (quick ? 1 : 5); round += 1)
    for (const [format, file] of Object.entries(files)) used[format].push(netlab.usage('rules', '-f', file))
  const of = (format, what) => used[format].map(each => each[what])
  const rows = Object.keys(files).flatMap(format => {
    const what = `rules of a dump of ${count} services as ${format}`
    const seconds = { 'from start to end': median(of(format, 'seconds')) }
    return [
      atMost(`${what}: processor time`, median(of(format, 'cpu')), 3, 's', { seconds }),
      atMost(`${what}: memory (peak RSS)`, median(of(format, 'megabytes')), 400, 'MB'),
    ]
  })
  const times = [of('YAML', 'cpu'), of('JSON', 'cpu')]
  return [...rows, ratio('the same dump as YAML beside JSON: processor time', times, 1.5, ['YAML', 'JSON'])]
}
