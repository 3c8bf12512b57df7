/** A client's ports: the first that is free is taken. */
export type Ports = readonly [first: number, last: number]

/** No place is given such a port by itself (ip-sysctl, ip_local_port_range: from 32768 on), and none is a node port (from 30000 on). */
const range = { first: 1024, end: 30_000 }
/** So many ports are tried where the first are taken. */
const choice = 100
const firsts = range.end - range.first - choice
/** Seconds after which the kernel has forgotten a question that nobody answered (nf_conntrack_tcp_timeout_syn_sent: 120), and some more. */
const forgotten = 125

let next = 0

/**
 * Ports for so many requests, each with a first one of its own. A question that nobody answers is remembered for two minutes, and whoever
 * comes from the same port to the same address gets lost with it, whatever rules there are by then; the kernel gives to connections to one
 * place ports close to each other. So netlab asks from ports that nobody is given by chance, and each time from later ones: by the
 * clock, so that another process of netlab, too, comes back to a port only when what was asked from there is forgotten. `now` in milliseconds.
 */
export function portsForEach(requests: number, now = Date.now()): Ports[] {
  const first = takePlaces(requests, now)
  return Array.from({ length: requests }, (_, at) => portsFrom(first + at))
}

/** Ports for one request, as portsForEach has them. */
export function portsAside(): Ports {
  return portsFrom(takePlaces(1, Date.now()))
}

function takePlaces(wanted: number, now: number): number {
  const first = Math.max(next, Math.floor((now / 1000) * (firsts / forgotten)))
  next = first + wanted
  return first
}

function portsFrom(place: number): Ports {
  const port = range.first + (place % firsts)
  return [port, port + choice - 1]
}
