import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Where flows come from. */
type FlowPlace = 'node' | 'clients' | 'beyond'

/** TCP connections from one place to one address and port. */
export interface Attempt {
  place: FlowPlace
  /** The client's own addresses: one connection from each `times` times, one after the other. */
  from: string[]
  times: number
  to: string
  port: number
  /** Milliseconds, over the bare node and with the rules loaded. */
  patience: { bare: number; ruled: number }
}

/** What came of one connection: the answer's sender and the peer that it saw, or why there was none. */
export interface Outcome {
  from: string
  /** `ip:port`, an error's code, or `silence`. */
  answer: string
  peer?: string
}

/** A node between its clients and everything else that flows are sent to. */
export interface Topology {
  /** With prefix. */
  nodeAddresses: string[]
  nodeIP: string
  /** `ip:port` that are the node's own. */
  onNode: string[]
  /** `ip:port` behind the node: endpoints, and whoever would answer if a service's packets were not taken. */
  beyond: string[]
  /** `ip:port` that are on the clients' side: what endpoints ask for. */
  onClients: string[]
  /** Loaded before anything is sent: the machine's own firewall. */
  firewall: string[]
  /** Shell commands that load the rules. */
  load: string
  /** Real root's namespaces: the kernel gives IPVS to nobody else. */
  asRoot?: boolean
}

/** The node's address towards its pods, as a bridge has one: unlike the node's IP it shows that a source was masqueraded. */
export const gateway = '169.254.1.1'

const listen = `
const net = require('node:net')
const servers = process.argv.slice(2).map(own => new Promise(ready => {
  const [host, port] = own.split(':')
  const answer = socket => socket.on('error', () => {}).end(own + ' ' + socket.remoteAddress)
  net.createServer(answer).listen(+port, host, 1024, ready)
}))
Promise.all(servers).then(() => console.log('ready'))
`

const connect = `
const net = require('node:net')
const once = ({ to, port, patience }, from) => new Promise(resolve => {
  let text = ''
  const socket = net.connect({ host: to, port, localAddress: from })
  const end = (answer, peer) => { clearTimeout(timer); socket.destroy(); resolve({ from, answer, peer }) }
  const timer = setTimeout(() => end('silence'), patience)
  socket.on('data', chunk => { text += chunk }).on('end', () => end(...text.split(' ')))
  socket.on('error', error => end(error.code))
})
const again = async (attempt, from) => {
  const outcomes = []
  while (outcomes.length < attempt.times) outcomes.push(await once(attempt, from))
  return outcomes
}
const all = async attempt => (await Promise.all(attempt.from.map(from => again(attempt, from)))).flat()
Promise.all(JSON.parse(process.argv[2]).map(all)).then(found => console.log(JSON.stringify(found)))
`

const addressOf = (endpoint: string) => endpoint.replace(/:.*/, '')
const unique = (words: string[]) => [...new Set(words)]
const lines = (addresses: string[], line: (address: string) => string) =>
  unique(addresses).map(line).join('\n')

/**
 * Builds the topology in namespaces that end with this call, and sends the attempts twice: over the bare node, and with the
 * rules loaded. The machine's own rules, links and settings are out of reach.
 */
export async function sendPackets(
  topology: Topology,
  attempts: Attempt[],
): Promise<{ bare: Outcome[][]; ruled: Outcome[][] }> {
  const user = topology.asRoot ? [] : ['--user', '--map-root-user']
  const argv = [...user, '--net', '--mount', '--pid', '--fork', '--mount-proc']
  const running = promisify(execFile)('unshare', [...argv, '--kill-child', 'sh', '-e'], {
    // An end for what hangs, not a measure.
    timeout: 500_000,
    killSignal: 'SIGKILL',
    env: { ...process.env, XTABLES_LOCKFILE: '/dev/null' },
  })
  running.child.stdin?.end(script(topology, attempts))
  const { stdout } = await running
  const told = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Outcome[][])
  const inOrder = (told: Outcome[][][]) =>
    attempts.map(({ place }) => told[places.indexOf(place)]?.shift() ?? [])
  return { bare: inOrder(told.slice(0, places.length)), ruled: inOrder(told.slice(places.length)) }
}

const places: readonly FlowPlace[] = ['node', 'clients', 'beyond']

function script(topology: Topology, attempts: Attempt[]): string {
  const of = (place: string) => attempts.filter(attempt => attempt.place === place)
  const clients = of('clients').flatMap(attempt => attempt.from)
  const bare = (attempt: Attempt) => ({
    ...attempt,
    from: attempt.from.slice(0, 1),
    times: 1,
    patience: attempt.patience.bare,
  })
  const ruled = (attempt: Attempt) => ({ ...attempt, patience: attempt.patience.ruled })
  const enter = (place: FlowPlace) => (place === 'node' ? '' : `nsenter --net=/run/netns/${place} `)
  const send = (choose: (attempt: Attempt) => object) =>
    places
      .map(place => `${enter(place)}node /run/connect.js '${JSON.stringify(of(place).map(choose))}'`)
      .join('\n')
  return `
mount -t tmpfs tmpfs /run
cat > /run/listen.js <<'END'
${listen}
END
cat > /run/connect.js <<'END'
${connect}
END
${lines(topology.nodeAddresses, address => `ip address replace ${address} dev lo`)}
ip link set lo up
for setting in ip_forward conf/all/route_localnet; do echo 1 > /proc/sys/net/ipv4/$setting; done
${neighbour('clients', topology.nodeIP, [...clients, ...topology.onClients.map(addressOf)])}
${neighbour('beyond', gateway, topology.beyond.map(addressOf))}
ip route add default dev clients
${topology.firewall.join('\n')}
node /run/listen.js ${unique(topology.onNode).join(' ')} > /run/node.ready &
nsenter --net=/run/netns/beyond node /run/listen.js ${unique(topology.beyond).join(' ')} > /run/beyond.ready &
nsenter --net=/run/netns/clients node /run/listen.js ${unique(topology.onClients).join(' ')} > /run/clients.ready &
until [ -s /run/node.ready ] && [ -s /run/beyond.ready ] && [ -s /run/clients.ready ]; do sleep 0.01; done
${send(bare)}
${topology.load}
${send(ruled)}
`
}

/** A network namespace with addresses of its own, which has the node, at `via`, for everything else. */
function neighbour(name: string, via: string, addresses: string[]): string {
  return `
ip netns add ${name}
ip link add ${name} type veth peer name eth0 netns ${name}
ip address add ${via}/32 dev ${name}
ip link set ${name} up
ip -n ${name} link set lo up
ip -n ${name} link set eth0 up
ip -n ${name} route add default via ${via} dev eth0 onlink
${lines(addresses, address => `ip -n ${name} address add ${address}/32 dev lo`)}
${lines(addresses, address => `ip route add ${address}/32 dev ${name}`)}`
}
