import { asJson, asYaml } from './as-kubectl.mjs'
import { clusterDump } from './cluster-dump.mjs'
import { atMost, median, ratio } from './measure.mjs'

/** What any program in Node has to do at the least. */
const onlyParse = "JSON.parse(require('node:fs').readFileSync(process.argv[1], 'utf8'))"

/** `netlab rules -f` of the dump of a large cluster, Node's start included: as JSON, as YAML, and beside Node that only parses the JSON, in turn. */
export async function dump(netlab, quick) {
  const count = quick ? 50 : 5000
  const list = clusterDump(count)
  const json = netlab.write('dump.json', asJson(list))
  const yaml = netlab.write('dump.yaml', asYaml(list))
  const runs = Array.from({ length: quick ? 1 : 5 }, () => ({
    JSON: netlab.usage('rules', '-f', json),
    YAML: netlab.usage('rules', '-f', yaml),
    parse: netlab.nodeUsage('-e', onlyParse, json),
  }))
  const all = (format, what) => runs.map(run => run[format][what])
  return ['JSON', 'YAML'].flatMap(format => {
    const what = `rules of a dump of ${count} services as ${format}`
    const seconds = { 'from start to end': median(all(format, 'seconds')) }
    const times = [all(format, 'cpu'), all('parse', 'cpu')]
    return [
      atMost(`${what}: processor time`, median(all(format, 'cpu')), 3, 's', { seconds }),
      ratio('the same beside Node that only parses the JSON', times, 4, [format, 'JSON.parse']),
      atMost(`${what}: memory (peak RSS)`, median(all(format, 'megabytes')), 400, 'MB'),
    ]
  })
}
