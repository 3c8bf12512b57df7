/** A bridge takes 1,023 ports. */
const mostOnBridge = 900

/** A lab of so many pods, on as many bridges as they need; `serve` gives each a server. */
export function labOfPods(pods, serve = true) {
  const bridges = Math.ceil(pods / mostOnBridge)
  const perBridge = Math.ceil(pods / bridges)
  const lines = Array.from({ length: pods }, (_, index) => {
    const place = index % perBridge
    const address = `10.${Math.floor(index / perBridge)}.${1 + Math.floor(place / 200)}.${1 + (place % 200)}`
    return `  pod-${index}: {address: ${address}/16${serve ? ', serve: 8080' : ''}}`
  })
  const switches = Array.from(
    { length: bridges },
    (_, index) => `{name: br${index}, address: 10.${index}.0.1/16}`,
  )
  return [
    `name: pods-${pods}`,
    `title: ${pods} pods`,
    `bridges: [${switches.join(', ')}]`,
    'pods:',
    ...lines,
    '',
  ].join('\n')
}

/** A lab of so many nodes with as many serving pods each, and flannel's tunnel between them. */
export function labOfNodes(nodes, podsOnEach) {
  const lines = Array.from({ length: nodes }, (_, index) => {
    const number = index + 1
    const pods = Array.from(
      { length: podsOnEach },
      (_, pod) => `pod-${number}-${pod}: {address: 172.7.${number}.${pod + 2}/24, serve: 8080}`,
    )
    return `  node-${number}:
    interfaces: {eth0: {network: lan, address: 10.4.7.${10 + number}/24}}
    sysctls: {net.ipv4.ip_forward: 1}
    pods: {${pods.join(', ')}}`
  })
  return [
    'name: nodes',
    'networks: {lan: {}}',
    'overlay: {network: 172.7.0.0/16, backend: vxlan}',
    'nodes:',
    ...lines,
    '',
  ].join('\n')
}

export const twoPodsOneService = `name: one-service
title: A service with two endpoints
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
  b: {address: 10.0.0.21/24, serve: 8080, labels: {app: web}}
outside: {client: 192.0.2.10/24}
services:
  - name: web
    clusterIP: 10.100.0.1
    selector: {app: web}
    ports: [{port: 80, targetPort: 8080}]
`
