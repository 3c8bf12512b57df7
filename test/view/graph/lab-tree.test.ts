import { expect, test } from 'vitest'
import type { Graph } from '../../../src/graph/graph.ts'
import { graphOf } from '../../../src/graph/lab-graph.ts'
import { labAsBuilt } from '../../../src/plan/lab-in-condition.ts'
import { loadLab } from '../../../src/read/load-lab.ts'
import { findLab } from '../../../src/read/load-shipped.ts'
import { renderLabTree } from '../../../src/view/graph/lab-tree.ts'
import { labOf } from '../../plan/lab-text.ts'
import { plain } from '../fixtures.ts'

const shipped = (lab: string): Graph => graphOf(labAsBuilt(loadLab(findLab(lab))))

test('tells a lab of one host by its bridge, wires, routes and services', () => {
  expect(renderLabTree(plain(80), shipped('clusterip'))).toMatchInlineSnapshot(`
    "clusterip: From one DNAT rule to a load-balanced ClusterIP

    host
    ├─ br1 10.0.0.1/24
    │  ├─ veth_011 ── eth0 netns_011 10.0.0.11/24 :8080
    │  └─ veth_021 ── eth0 netns_021 10.0.0.21/24 :8080
    ├─ out_client 192.0.2.1/24 ── eth0 client 192.0.2.10/24
    │  └─ route default via 192.0.2.1
    └─ route default via 192.0.2.10

    default/http-server 10.100.100.100:8080
    ├─ netns_011 10.0.0.11:8080
    └─ netns_021 10.0.0.21:8080
    "
  `)
  expect(renderLabTree(plain(40), shipped('clusterip'))).toMatchInlineSnapshot(`
    "clusterip: From one DNAT rule to a
      load-balanced ClusterIP

    host
    ├─ br1 10.0.0.1/24
    │  ├─ veth_011 ── eth0 netns_011
    │  │    10.0.0.11/24 :8080
    │  └─ veth_021 ── eth0 netns_021
    │       10.0.0.21/24 :8080
    ├─ out_client 192.0.2.1/24 ── eth0
    │  │ client 192.0.2.10/24
    │  └─ route default via 192.0.2.1
    └─ route default via 192.0.2.10

    default/http-server 10.100.100.100:8080
    ├─ netns_011 10.0.0.11:8080
    └─ netns_021 10.0.0.21:8080
    "
  `)
})

test('tells networks and tunnels first, then each node', () => {
  expect(renderLabTree(plain(80), shipped('flannel-vxlan'))).toMatchInlineSnapshot(`
    "flannel-vxlan: Pods of two nodes, and the tunnel between them

    lan (a network)
    ├─ hdss7-21 eth0 10.4.7.21/24
    └─ hdss7-22 eth0 10.4.7.22/24

    VXLAN 1 (a tunnel) over lan
    ├─ hdss7-21 flannel.1 172.7.21.0/32
    └─ hdss7-22 flannel.1 172.7.22.0/32

    hdss7-21
    ├─ docker0 172.7.21.1/24
    │  ├─ veth_nginx-21 ── eth0 nginx-21 172.7.21.2/24 :80
    │  └─ veth_busybox-21 ── eth0 busybox-21 172.7.21.3/24
    └─ route 172.7.22.0/24 via 172.7.22.0 dev flannel.1

    hdss7-22
    ├─ docker0 172.7.22.1/24
    │  └─ veth_nginx-22 ── eth0 nginx-22 172.7.22.2/24 :80
    └─ route 172.7.21.0/24 via 172.7.21.0 dev flannel.1
    "
  `)
})

test('tells the routes of pods that have no bridge', () => {
  expect(renderLabTree(plain(80), shipped('calico-ptp'))).toMatchInlineSnapshot(`
    "calico-ptp: Pods without a bridge, as Calico wires them

    lan (a network)
    ├─ master eth0 192.168.2.10/22
    ├─ worker eth0 192.168.2.11/22
    └─ router eth0 192.168.1.1/22

    master
    ├─ cali9bef2516196 ── eth0 controllers 10.244.219.83/32 :80
    │  ├─ route 169.254.1.1 dev eth0
    │  └─ route default via 169.254.1.1
    ├─ cali9d477edda73 ── eth0 coredns 10.244.219.84/32 :80
    │  ├─ route 169.254.1.1 dev eth0
    │  └─ route default via 169.254.1.1
    ├─ route default via 192.168.1.1
    ├─ route 10.244.219.83 dev cali9bef2516196
    ├─ route 10.244.219.84 dev cali9d477edda73
    ├─ route 10.244.167.128/26 via 192.168.2.11
    └─ route blackhole 10.244.219.64/26

    worker
    ├─ cali3f2a9c0d1e7 ── eth0 nginx 10.244.167.174/32 :80
    │  ├─ route 169.254.1.1 dev eth0
    │  └─ route default via 169.254.1.1
    ├─ route default via 192.168.1.1
    ├─ route 10.244.167.174 dev cali3f2a9c0d1e7
    └─ route 10.244.219.64/26 via 192.168.2.10
    "
  `)
})

test('counts what there is very much of', () => {
  const pods = Array.from(
    { length: 12 },
    (_, at) => `  web-${at}: {address: 10.0.0.${at + 11}/24, serve: 80, labels: {app: web}}`,
  )
  const services = Array.from(
    { length: 10 },
    (_, at) =>
      `  - {name: web-${at}, clusterIP: 10.96.0.${at + 1}, selector: {app: web}, ports: [{port: 80}]}`,
  )
  const text = `name: many\ntitle: Many\nbridge: {name: br1, address: 10.0.0.1/24}\noutside: {c: 192.0.2.10/24}\npods:\n${pods.join('\n')}\nservices:\n${services.join('\n')}\n`
  const shown = renderLabTree(plain(80), graphOf(labAsBuilt(labOf(text))))
  expect(shown.match(/.*more.*/g)).toMatchInlineSnapshot(`
    [
      "│  └─ and 5 more pods",
      "└─ and 5 more pods",
      "└─ and 5 more pods",
      "└─ and 5 more pods",
      "└─ and 5 more pods",
      "└─ and 5 more pods",
      "└─ and 5 more pods",
      "and 4 more service ports with the same pods",
    ]
  `)
  expect(shown.split('\n').length).toBeLessThan(80)
})

test('marks what is off, at the place where it is', () => {
  const graph = shipped('two-pods')
  const marked: Graph = {
    ...graph,
    running: true,
    places: graph.places.map(place =>
      place.name === 'a'
        ? { ...place, marks: [{ kind: 'not ready', words: 'not ready: it was killed' }] }
        : place.name === 'host'
          ? { ...place, marks: [{ kind: 'changed', words: 'nat POSTROUTING lacks 1 rule' }] }
          : place,
    ),
    links: graph.links.map(link =>
      link.near.place === 'b' ? { ...link, marks: [{ kind: 'down', words: 'veth_b is down' }] } : link,
    ),
  }
  expect(renderLabTree(plain(40), marked)).toMatchInlineSnapshot(`
    "two-pods: Two pods on a bridge

    host
    ├─ br1 10.0.0.1/24
    │  ├─ veth_a ── eth0 a 10.0.0.11/24
    │  │  │ :8080
    │  │  └─ ✘ not ready: it was killed
    │  └─ veth_b ── eth0 b 10.0.0.21/24
    │     │ :8080
    │     └─ ✘ veth_b is down
    └─ ✘
         by hand: nat POSTROUTING lacks 1 rule
    "
  `)
})
