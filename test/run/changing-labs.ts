/** Labs that are changed into each other. */

/** What all of them have in common. */
export const head = `name: web
title: A lab that is changed while it runs
sysctls: {net.ipv4.ip_forward: 1, net.bridge.bridge-nf-call-iptables: 1}
bridge: {name: br1, address: 10.0.0.1/24, hairpin: true}
outside: {client: 192.0.2.10/24}
`

/** Two pods behind one service. */
export const small = `${head}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
  b: {address: 10.0.0.12/24, serve: 8080, labels: {app: web}}
  e: {address: 10.0.0.15/24, serve: 7070}
services:
  - {name: web, clusterIP: 10.96.0.10, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`

/** One pod has gone and another has its address, one has moved, one serves more, one is new; a service has another port, and one is new. */
export const other = `${head}
pods:
  b: {address: 10.0.0.22/24, serve: 8080, labels: {app: web}}
  c: {address: 10.0.0.13/24, serve: [8080, 9090], labels: {app: web}, nameservers: [10.96.0.10]}
  d: {address: 10.0.0.11/24, command: sleep 1000, labels: {app: sleep}}
  e: {address: 10.0.0.15/24, serve: [7070, 7071]}
files: {/etc/web.conf: "hello\\n"}
services:
  - {name: web, clusterIP: 10.96.0.10, selector: {app: web}, ports: [{port: 81, targetPort: 8080}]}
  - {name: api, clusterIP: 10.96.0.11, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`

/** A program of a pod, run by the Node that runs the tests. */
export function nodeCommand(script: string): string {
  return JSON.stringify([process.execPath, '-e', script])
}

/** Echoes over TCP on port 7, each line with the pod's name before it. */
export function echo(pod: string): string {
  return nodeCommand(
    `require('node:net').createServer(s => s.on('error', () => {}).on('data', d => s.write('${pod} ' + d))).listen(7)`,
  )
}

/** Answers UDP packets on port 53 with the pod's name. */
export function udpAnswer(pod: string): string {
  return nodeCommand(
    `const s = require('node:dgram').createSocket('udp4'); s.on('message', (_, c) => s.send('${pod}', c.port, c.address)); s.bind(53)`,
  )
}
