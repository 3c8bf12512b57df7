import { fileURLToPath } from 'node:url'
import { atMost, median } from './measure.mjs'

const sources = [
  'dataplane/iptables/compile.ts',
  'dataplane/iptables/restore-text.ts',
  'read/proxy-settings.ts',
]

/** kube-proxy's rules for many services: compiled and printed, by a process that has done nothing before. */
export async function rules(netlab, quick) {
  const count = quick ? 100 : 10_000
  const bundle = await netlab.bundle(...sources)
  const script = fileURLToPath(new URL('make-rules.mjs', import.meta.url))
  const runs = Array.from({ length: quick ? 1 : 7 }, () =>
    JSON.parse(netlab.start(process.execPath, [script, bundle, `${count}`])),
  )
  const what = `rules of ${count} services with 2 endpoints each`
  return [
    atMost(`${what}: processor time`, median(runs.map(({ cpu }) => cpu)), 0.5, 's'),
    atMost(`${what}: memory (peak RSS)`, median(runs.map(({ megabytes }) => megabytes)), 300, 'MB'),
  ]
}
