import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { orderSocketLb, readSocketLb, socketLbLack } from '../../../src/sandbox/bpf/socket-lb-control.ts'
import { processesOf } from '../../labs/processes.ts'
import { type Break, BrokenLab } from '../machines/broken-lab.ts'

const set = 'netlab socket-lb set default'
const asMade = {
  web: `${set}/web --at 10.100.0.1:80 --to 10.0.0.12:8080 --to 10.0.0.13:8080 --lab healthy-ebpf`,
  solo: `${set}/solo --at 10.100.0.2:80 --to 10.0.0.11:8080 --lab healthy-ebpf`,
}

// Only real root of a machine may load programs.
describe.runIf(socketLbLack() === undefined)('on one node', () => {
  const lab = new BrokenLab(new URL('healthy-ebpf.yaml', import.meta.url), ['a', 'host', 'client'], ['host'])

  const breaks: Break[] = [
    [
      'netlab socket-lb delete default/web --at 10.100.0.1:80',
      'the socket load balancer has no entry for 10.100.0.1:80',
      asMade.web,
    ],
    [
      `${set}/web --at 10.100.0.1:80 --to 10.0.0.99:8080`,
      'the entry for 10.100.0.1:80 leads to 10.0.0.99:8080, an address that nobody in the lab has',
      asMade.web,
    ],
    [
      `${set}/solo --at 10.100.0.2:80 --to 10.0.0.11:9999`,
      "the entry for 10.100.0.2:80 leads to 10.0.0.11:9999 in a, not the endpoint's port, 8080",
      asMade.solo,
    ],
    [
      `${set}/solo --at 10.100.0.2:80 --to 10.0.0.12:8080`,
      'the entry for 10.100.0.2:80 leads to 10.0.0.12:8080 in b, no endpoint',
      asMade.solo,
    ],
    [
      `${set}/web --at 10.100.0.1:80`,
      'the entry for 10.100.0.1:80 has no endpoint, so connections are refused',
      asMade.web,
    ],
    [
      `${set}/web --at-node 10.100.0.1:80 --to 10.0.0.12:8080 --to 10.0.0.13:8080`,
      'the entry for 10.100.0.1:80 is for host itself only, not for a',
      asMade.web,
    ],
    [
      'iptables -t nat -F KUBE-NODEPORTS',
      'no rule translates 192.0.2.1:30080, because of a rule that KUBE-NODEPORTS lacks',
      'iptables -t nat -A KUBE-NODEPORTS -m comment --comment default/door -m tcp -p tcp --dport 30080 -j KUBE-EXT-I7HRAOREBTDJDQB4',
    ],
    // The entry leads to a pod that is dead, until a sync takes it out.
    ['netlab pod kill a', 'nothing listens on port 8080 in a', 'netlab pod start a --lab healthy-ebpf'],
  ]

  it.each(breaks)('%s', async (...one) => lab.isExplained(one))

  it('an endpoint without its entry', async () => {
    const { endpoints } = await readSocketLb(lab.folder)
    const solo = [...endpoints.keys()].filter(key => endpoints.get(key)?.includes('ffff0a00000b'))
    await orderSocketLb(lab.folder, [{ map: 'endpoints', delete: solo }])
    await lab.isExplainedNow(
      'the entry for 10.100.0.2:80 leads to endpoint number 0, of which the map of endpoints has nothing',
      asMade.solo,
    )
  })

  it('a network namespace that is not known', async () => {
    const { networks } = await readSocketLb(lab.folder)
    await orderSocketLb(lab.folder, [{ map: 'networks', delete: [...networks.keys()] }])
    await lab.isExplainedNow(
      'the socket load balancer does not know the network namespace of a, and lets its connections through as they are',
      'netlab sync healthy-ebpf',
    )
  })

  const signal = (name: NodeJS.Signals) => {
    const [helper, ...others] = processesOf(dirname(lab.folder)).filter(({ command }) =>
      command.includes('socket-lb.js'),
    )
    expect(others).toEqual([])
    process.kill(helper!.pid, name)
  }

  it('a load balancer that was stopped, which nobody can ask what it holds', async () => {
    const { networks } = await readSocketLb(lab.folder)
    await orderSocketLb(lab.folder, [{ map: 'networks', delete: [...networks.keys()] }])
    signal('SIGSTOP')
    await lab.isExplainedNow(
      "the lab's socket load balancer is stopped: connections find the pods that services had, and nothing new comes to the kernel",
      'netlab sync healthy-ebpf',
    )
  })

  it('a load balancer that was killed', async () => {
    signal('SIGKILL')
    await lab.isExplainedNow(
      "no program is asked when a connects to 10.100.0.1:80: the lab's socket load balancer has ended",
      'netlab sync healthy-ebpf',
    )
  })
})
