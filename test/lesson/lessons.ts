/** A lesson of two steps after those that build its network. */
export const short = `name: short
title: A short lesson
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080}
steps:
  - title: A look around
    why: The host knows the way to the pod.
    run: [ip route show dev br1]
    check: [{curl: "10.0.0.11:8080", expect: {backend: a}}]
  - title: A mark
    why: A namespace more.
    run: [ip netns add mark]
`

/** A lesson in which a command fails, then a check. */
export const broken = `name: broken
title: A broken lesson
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24}
steps:
  - title: A wrong command
    run: [ip link set nosuch up, ip netns add never]
    check: [{command: "true"}]
  - title: A wrong check
    check: [{command: "false", within: 0.1}]
  - title: All is well
    run: [ip netns add mark]
    check: [{command: "ip netns"}]
`

/** A lesson with a command that does not end by itself. */
export const endless = `name: endless
title: A lesson that waits
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24}
steps:
  - title: Waiting
    run: [sleep 1000]
`

/** A lesson about a service: its rules stand among those that every node has. */
export const service = `name: service
title: A service
sysctls: {}
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
outside: {client: 192.0.2.10/24}
services: [{name: web, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}]
steps:
  - title: Rules
    build: [network, firewall, servers, services]
`

/** A lesson that asks of its own checks, and then two questions that its author has written. */
export const asking = `name: asking
title: A lesson that asks
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080}
  b: {address: 10.0.0.12/24}
steps:
  - title: Nobody listens
    build: [network, firewall, servers]
    why: Pod b has no server.
    check: [{curl: "10.0.0.12:8080", from: a, expect: refused}]
  - title: Who answers
    run: [ip neigh show dev br1]
    check: [{command: "true"}]
    ask: Who says which hardware address 10.0.0.11 has?
    answers: [Pod a itself, The bridge, "<b id=evil>nobody</b>"]
    because: Whoever has an address answers for it.
  - title: A route
    run: [ip route show]
    check: [{command: "true"}]
    ask: How many routes has the host?
    answers: [One, None]
    because: An address brings one for its prefix.
`
