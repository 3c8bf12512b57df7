import { expect, test } from 'vitest'
import type { Check } from '../../src/model/lab.ts'
import { labAsBuilt } from '../../src/plan/lab-in-condition.ts'
import { loadLab } from '../../src/read/load-lab.ts'
import { findLab, shippedLabs } from '../../src/read/load-shipped.ts'
import { questionOf } from '../../src/trace/request-of-check.ts'

const lab = loadLab(findLab('kube-dns'))
const client = lab.pods.find(({ nameservers }) => nameservers.length > 0)!
const common = { from: client.name, within: 5, once: false }
const command = (line: string): Check => ({ ...common, kind: 'command', argv: line.split(' '), exit: 0 })

test('a curl is asked for as it stands', () => {
  const check: Check = { ...common, kind: 'curl', url: 'http://web/a', expect: [] }
  expect(questionOf(check, lab.pods)).toEqual({ from: client.name, url: 'http://web/a' })
})

test.each([
  [
    'dig +short +time=1 +tries=1 @10.244.0.11 web.default.svc.cluster.local',
    'udp://10.244.0.11:53/web.default.svc.cluster.local',
  ],
  ['dig +short web', `udp://${client.nameservers[0]}:53/web`],
  ['dig @fd00::a web', 'udp://[fd00::a]:53/web'],
  ['ping -c 1 -W 0.5 10.0.0.11', 'ping://10.0.0.11'],
  ['ping -c1 -n fd00::11', 'ping://fd00::11'],
])('%s', (line, url) => {
  expect(questionOf(command(line), lab.pods)).toEqual({ from: client.name, url })
})

test.each([
  'dig +short +tcp @10.244.0.11 web',
  'dig +short -b 0.0.0.0#4053 web',
  'ping -M do -s 1472 10.0.0.11',
  'sh -c ping',
  'ip route get 10.0.0.1',
])('%s is asked in a way that a trace does not have', line => {
  expect(questionOf(command(line), lab.pods)).toBeUndefined()
})

test('nobody is asked by dig where nobody is named, and the place has no name server', () => {
  expect(questionOf(command('dig web'))).toBeUndefined()
})

test('of what the labs that ship ask by curl, dig and ping, a trace cannot ask these alone', () => {
  const lines = shippedLabs().flatMap(name => {
    const { lab, outlines } = labAsBuilt(loadLab(findLab(name)))
    const untraced = outlines.flatMap(({ checks }) => checks.filter(check => !questionOf(check, lab.pods)))
    return untraced.map(check => (check.kind === 'curl' ? `curl ${check.url}` : check.argv.join(' ')))
  })
  const asking = lines.filter(line => /^(?:curl|dig|ping) /.test(line))
  expect([...new Set(asking)].sort()).toEqual([
    'curl --silent --output /dev/null --write-out %{remote_ip} http://10.96.0.10',
    'curl --silent --show-error --max-time 20 10.244.219.84:80',
    'curl -sS --http1.0 --ignore-content-length --local-port 40000 10.100.0.1',
    'dig +short +tcp +time=1 +tries=1 web.default.svc.cluster.local',
    'dig +short +tcp +time=1 +tries=2 @10.96.0.10 kubernetes.default.svc.cluster.local',
    'dig +short +time=1 +tries=1 -b 0.0.0.0#4053 web.default.svc.cluster.local',
  ])
})
