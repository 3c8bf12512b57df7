import { twoPodsOneService } from './lab-files.mjs'
import { interleaved, ratio, timed } from './measure.mjs'

/** A trace of one request, beside the request itself as people make it: both start netlab, enter the lab and end. */
export async function trace(netlab, quick) {
  netlab.run('up', netlab.write('service.yaml', twoPodsOneService), '--quiet')
  const url = '10.100.0.1'
  const [{ lab }] = JSON.parse(netlab.run('list', '--json'))
  const [traced, asked] = await interleaved(quick ? 1 : 15, [
    () => timed(() => netlab.run('trace', lab, 'host', url)),
    () => timed(() => netlab.run('exec', lab, '--', 'curl', '-s', url)),
  ])
  netlab.downAll()
  const names = ['trace', 'exec curl']
  return [ratio('a trace of one request beside netlab exec -- curl', [traced, asked], 2.2, names)]
}
