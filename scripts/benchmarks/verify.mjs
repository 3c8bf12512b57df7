import { twoPodsOneService } from './lab-files.mjs'
import { interleaved, median, timed } from './measure.mjs'

/** Requests to a cluster IP per second: all of `verify`, its start and its checks included, beside what ab says of itself. */
export async function verify(netlab, quick) {
  const requests = quick ? 200 : 10_000
  const what = `seconds for ${requests} requests to a cluster IP: verify beside ab -c 1`
  netlab.run('up', netlab.write('service.yaml', twoPodsOneService), '--quiet')
  const ab = () => {
    const output = netlab.run(
      'exec',
      'one-service',
      '--',
      'ab',
      '-q',
      '-c',
      '1',
      '-n',
      `${requests}`,
      'http://10.100.0.1/',
    )
    return Number(/^Time taken for tests:\s+([\d.]+)/m.exec(output)?.[1])
  }
  const ask = () =>
    netlab.run('verify', 'one-service', '--quiet', '--requests', `${requests}`, '--from', 'host')
  try {
    ab()
  } catch {
    netlab.downAll()
    return [{ what, skipped: 'no ab: apt-get install apache2-utils' }]
  }
  const [own, other] = await interleaved(quick ? 1 : 5, [() => timed(ask), ab])
  netlab.downAll()
  const perSecond = { verify: requests / median(own), 'ab -c 1': requests / median(other) }
  const value = median(own) / median(other)
  return [
    {
      what,
      value,
      unit: '×',
      bound: 1,
      holds: value <= 1,
      seconds: { verify: median(own), ab: median(other) },
      perSecond,
    },
  ]
}
