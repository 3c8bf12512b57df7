import { expect, test } from 'vitest'
import { chartModes } from '../../src/chart/modes.ts'

const saved = `-N KUBE-SERVICES -c 7 420
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "chart/nginx-00001 cluster IP" -m tcp --dport 80 -c 1 60 -j KUBE-SVC-AAAAAAAAAAAAAAAA
-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -c 320 19200 -j KUBE-SVC-BBBBBBBBBBBBBBBB
`

test.each(['iptables-nft', 'iptables-legacy'])("%s counts packets at an address's own rule", name => {
  const { counter } = chartModes.find(mode => mode.name === name)!
  expect(counter?.read(saved, '10.96.0.1')).toBe(1)
  expect(counter?.read(saved, '10.96.0.10')).toBe(320)
  expect(counter?.read(saved, '10.96.0.2')).toBeUndefined()
})
