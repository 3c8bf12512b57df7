import { twoPodsOneService } from './lab-files.mjs'
import { atMost, interleaved, median, timed } from './measure.mjs'

/** Requests to a cluster IP per second, beside ab. Its own start is in neither figure: ab leaves it out of what it prints. */
export async function verify(netlab, quick) {
  const requests = quick ? 200 : 10_000
  const what = `time of ${requests} requests to a cluster IP: verify's beside ab -c 1`
  netlab.run('up', netlab.write('service.yaml', twoPodsOneService), '--quiet')
  const url = 'http://10.100.0.1/'
  const ab = () => {
    const output = netlab.run('exec', 'one-service', '--', 'ab', '-q', '-c', '1', '-n', `${requests}`, url)
    return Number(/^Time taken for tests:\s+([\d.]+)/m.exec(output)?.[1])
  }
  const ask = count => () =>
    timed(() => netlab.run('verify', 'one-service', '--quiet', '--requests', `${count}`, '--from', 'host'))
  try {
    ab()
  } catch {
    netlab.downAll()
    return [{ what, skipped: 'no ab: apt-get install apache2-utils' }]
  }
  const runs = await interleaved(quick ? 1 : 7, [ask(requests), ask(1), ab])
  netlab.downAll()
  const [all, start, other] = runs.map(median)
  const seconds = { 'verify, whole': all, 'its start': start, ab: other }
  return [atMost(what, (all - start) / other, 1, '×', { seconds })]
}
