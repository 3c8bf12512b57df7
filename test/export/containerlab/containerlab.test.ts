import { describe, expect, it } from 'vitest'
import { containerlabTopology } from '../../../src/export/containerlab.ts'
import { labAsBuilt } from '../../../src/plan/lab-in-condition.ts'
import { loadLab } from '../../../src/read/load-lab.ts'
import { findLab, shippedLabs } from '../../../src/read/load-shipped.ts'
import { labOf } from '../../plan/lab-text.ts'
import { execWords, readClab } from './clab-file.ts'

const topologyOf = (lab: string) => containerlabTopology(labAsBuilt(loadLab(findLab(lab))), 'netlab:1')

/** Labs about what no container has. */
const others = ['cni-bridge', 'cni-ptp', 'ebpf-mode']

describe('a topology for containerlab', () => {
  it.each(shippedLabs().filter(lab => !others.includes(lab)))('of %s is what its schema demands', lab => {
    const { name, topology } = readClab(topologyOf(lab))
    expect(name).toBe(lab)
    for (const { exec = [] } of Object.values(topology.nodes))
      for (const line of exec) expect(execWords(line)).not.toContain('netns')
    const ends = (topology.links ?? []).flatMap(({ endpoints }) => endpoints)
    expect(new Set(ends).size).toBe(ends.length)
    for (const end of ends) expect(Object.keys(topology.nodes)).toContain(end.split(':')[0])
  })

  it.each(others)('is refused of %s, with why and what to do instead', lab => {
    expect(() => topologyOf(lab)).toThrow(
      expect.objectContaining({
        message: `${lab} cannot be a topology of containers`,
        why: expect.stringMatching(/./),
        fix: expect.stringContaining('netlab up'),
        exitCode: 2,
      }),
    )
  })

  it('has a container for the host, by another name than the one that means the machine itself', () => {
    const { topology } = readClab(topologyOf('two-pods'))
    expect(topology.nodes).toEqual({
      node: { kind: 'linux', exec: expect.arrayContaining(['ip link add name br1 type bridge']) },
      a: { kind: 'linux', exec: expect.arrayContaining(['ip address add 10.0.0.11/24 dev eth0']) },
      b: {
        kind: 'linux',
        exec: expect.arrayContaining(['sh -c "netlab serve 8080 --name b > /dev/null 2>&1 &"']),
      },
    })
    expect(topology.links).toEqual([
      { endpoints: ['node:veth_a', 'a:eth0'], mtu: 1500 },
      { endpoints: ['node:veth_b', 'b:eth0'], mtu: 1500 },
    ])
  })

  it('finds another name for what has one that means something else there, and one that nobody has', () => {
    const lab = labOf(`
name: names
title: Names
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  node: {address: 10.0.0.11/24}
  macvlan: {address: 10.0.0.12/24}
`)
    const { topology } = readClab(containerlabTopology(labAsBuilt(lab), 'netlab:1'))
    expect(Object.keys(topology.nodes)).toEqual(['node-1', 'node', 'macvlan-1'])
    expect(topology.links?.map(({ endpoints }) => endpoints[1])).toEqual(['node:eth0', 'macvlan-1:eth0'])
  })

  it('keeps what a template, a variable, a comment and YAML would make something of', () => {
    const words = [
      'echo',
      '$HOME ${' + 'USER} $$ {{ .Name }} {{{',
      'a: b # c',
      'it\'s "so" \\ `x`',
      'ä',
      '- x',
    ]
    const lab = labOf(`
name: words
title: "evil {{ $HOME }}\\nname: other"
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: {address: 10.0.0.11/24}}
steps:
  - title: "a\\n    - reboot"
    run: [{run: ${JSON.stringify(words.map(word => `'${word.replaceAll("'", "'\\''")}'`).join(' '))}, in: a}]
`)
    const { name, topology } = readClab(containerlabTopology(labAsBuilt(lab), "im'age: x"))
    expect(name).toBe('words')
    expect(topology.kinds.linux.image).toBe("im'age: x")
    expect(execWords(topology.nodes.a?.exec?.at(-1) ?? '')).toEqual(words)
  })

  it('has what a task breaks, and then its solution, since nobody there gives hints', () => {
    const lab = labOf(`
name: tasks
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: {address: 10.0.0.11/24, serve: 80}}
steps:
  - title: Mend it
    task: The host is to reach a.
    goal: [{curl: 10.0.0.11, expect: {backend: a}}]
    start: [{run: ip link set eth0 down, in: a}]
    hints: [Ask a for its links.]
    solution: [{run: ip link set eth0 up, in: a}]
`)
    const { topology } = readClab(containerlabTopology(labAsBuilt(lab), 'netlab:1'))
    expect(topology.nodes.a?.exec?.slice(-2)).toEqual(['ip link set eth0 down', 'ip link set eth0 up'])
  })

  it('says in a comment what a container cannot do, where it would have been done', () => {
    const text = topologyOf('kube-dns')
    expect(text).toMatch(
      /^ {8}# not here, since a container knows no namespaces but its own: sh -c 'kill -KILL \$\$\(ip netns pids coredns-1\)'$/m,
    )
  })

  it('writes the files that a lab has for all into each container, and those of one into that one', () => {
    const { topology } = readClab(topologyOf('flannel-host-gw'))
    const wrote = (node: string) => topology.nodes[node]?.exec?.filter(line => line.includes('subnet.env'))
    expect(wrote('hdss7-21')).toEqual([expect.stringContaining('FLANNEL_SUBNET=172.7.21.1/24')])
    expect(wrote('nginx-21')).toEqual([])
  })

  it('gives an end of a link the size that it has, and the link the larger one', () => {
    const { topology } = readClab(topologyOf('flannel-mtu'))
    expect(topology.links?.every(({ mtu }) => mtu <= 1500)).toBe(true)
    const lines = Object.values(topology.nodes).flatMap(({ exec = [] }) => exec)
    expect(lines).toContainEqual(expect.stringMatching(/^ip link set dev \S+ mtu \d+$/))
  })
})
