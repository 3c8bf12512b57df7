import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { NodeView } from '../../../src/dataplane/dataplane.ts'
import { compileServices } from '../../../src/dataplane/ebpf/compile.ts'
import { networkEntry } from '../../../src/dataplane/socket-maps.ts'
import { mapOperations, ruleSetContents } from '../../../src/dataplane/socket-services.ts'
import { defaultProxySettings } from '../../../src/read/proxy-settings.ts'
import { LabFolder } from '../../../src/run/lab-folder.ts'
import { isLoaded } from '../../../src/sandbox/bpf/bpf-call.ts'
import {
  hasSocketLb,
  mustBeFreed,
  netnsCookies,
  orderSocketLb,
  readSocketLb,
  socketLbLack,
  startSocketLb,
} from '../../../src/sandbox/bpf/socket-lb-control.ts'
import { loadedObjects } from '../../../src/sandbox/bpf/socket-lb-order.ts'
import { socketCgroup } from '../../../src/sandbox/cgroup.ts'
import { complainersTo, kill, lives } from '../../../src/sandbox/proc.ts'
import { falseAlarmRate, pValue } from '../../../src/verify/statistics.ts'
import { service, slice } from '../../dataplane/iptables/fixtures.ts'
import { openSession, type Session } from '../../labs/cli.ts'

const echo = `require('dgram').createSocket('udp4').bind(53).on('message', function (_, { port, address }) { this.send(process.argv[1], port, address) })`

/** Endpoints of TCP (a, b) and of UDP (u, v), a client (c), and a machine that is none of the cluster's. */
const lab = `name: sockets
bridge: {name: br1, addresses: [10.0.0.1/24, "fd00::1/64"]}
pods:
  a: {addresses: [10.0.0.11/24, "fd00::11/64"], serve: 8080}
  b: {addresses: [10.0.0.21/24, "fd00::21/64"], serve: 8080}
  u: {address: 10.0.0.41/24, command: [node, -e, ${JSON.stringify(echo)}, u]}
  v: {address: 10.0.0.51/24, command: [node, -e, ${JSON.stringify(echo)}, v]}
  c: {addresses: [10.0.0.31/24, "fd00::31/64"]}
outside: {far: 192.0.2.10/24}
`

/** Asks over TCP, one connection after the other; prints who answered, and which peer the socket said that it had. */
const ask = `
const { request } = require('node:http')
const [host, port, times] = process.argv.slice(1)
const once = () => new Promise(resolve => {
  let peer = ''
  const asked = request({ host, port, agent: false, timeout: 5000 }, answer => {
    answer.resume().on('end', () => resolve([answer.headers['x-pod'], peer]))
  })
  asked.on('socket', socket => socket.on('connect', () => { peer = socket.remoteAddress + ' ' + socket.remotePort }))
  asked.on('error', error => resolve([error.code, peer]))
  asked.end()
})
;(async () => {
  const came = []
  for (let at = 0; at < Number(times); at += 1) came.push(await once())
  console.log(JSON.stringify(came))
})()
`

/** The same over UDP, each time from a socket of its own that sends three times; "connected" sockets name their peer once. */
const askUdp = `
const { createSocket } = require('node:dgram')
const [host, port, times, connected] = process.argv.slice(1)
const once = () => new Promise(resolve => {
  const socket = createSocket('udp4'), came = []
  const end = word => { came.push(word); socket.close(); resolve(came) }
  const sent = error => { if (error) end(error.code) }
  const send = () => connected ? socket.send('?', sent) : socket.send('?', port, host, sent)
  socket.on('message', (text, { address, port }) => {
    came.push(text + ' ' + address + ' ' + port)
    if (came.length === 3) { socket.close(); resolve(came) } else send()
  })
  socket.on('error', error => end(error.code))
  if (connected) socket.connect(Number(port), host, error => error ? end(error.code) : send())
  else send()
})
;(async () => {
  const came = []
  for (let at = 0; at < Number(times); at += 1) came.push(await once())
  console.log(JSON.stringify(came))
})()
`

/** Sockets of UDP that ask the service and then the pod itself; prints whom each said, or heard, that it asks. */
const askBoth = `
const { createSocket } = require('node:dgram')
const { once } = require('node:events')
const [service, pod, port] = process.argv.slice(1)
;(async () => {
  const connected = createSocket('udp4')
  const peers = []
  for (const host of [service, pod]) {
    connected.connect(Number(port), host)
    await once(connected, 'connect')
    peers.push(connected.remoteAddress().address)
    connected.disconnect()
  }
  connected.close()
  const free = createSocket('udp4')
  for (const host of [service, pod]) {
    free.send('?', port, host)
    const [, { address }] = await once(free, 'message')
    peers.push(address)
  }
  free.close()
  console.log(JSON.stringify(peers))
})()
`

/** A socket that is connected to the service, and many others that come and go; prints whom the first one says that it asks. */
const askForLong = `
const { createSocket } = require('node:dgram')
const { once } = require('node:events')
const [service, port, times] = process.argv.slice(1)
const open = async () => {
  const socket = createSocket('udp4')
  socket.connect(Number(port), service)
  await once(socket, 'connect')
  return socket
}
;(async () => {
  const first = await open()
  for (let at = 0; at < Number(times); at += 1) (await open()).close()
  console.log(JSON.stringify(first.remoteAddress().address))
  first.close()
})()
`

const canLoad = socketLbLack() === undefined

/** A running lab with its load balancer. */
async function openLab() {
  const session = openSession()
  const up = await session.netlab('up', session.file('lab.yaml', lab))
  expect(up, up.stderr).toMatchObject({ code: 0 })
  const folder = new LabFolder('sockets', session.stateDir)
  const sandbox = folder.read()!.sandbox!
  await startSocketLb(sandbox, folder.path)
  const places = ['host', 'a', 'b', 'u', 'v', 'c']
  const cookies = await netnsCookies(sandbox, places)
  const networks = places.map((place, at) =>
    networkEntry({ cookie: cookies[at]!, node: 'host', own: place === 'host' }),
  )
  await orderSocketLb(folder.path, [
    { map: 'networks', write: networks.map(({ key, value }) => [key, value]) },
  ])
  return { session, folder: folder.path, sandbox }
}

/** Has the maps hold these services, as of a node with the address 10.0.0.1. */
async function serve(folder: string, services: NodeView['services'], slices: NodeView['slices']) {
  const node = { name: 'host', addresses: ['10.0.0.1', 'fd00::1'] }
  const ruleSets = (['ipv4', 'ipv6'] as const).map(family =>
    compileServices({ services, slices, settings: defaultProxySettings, node, family }),
  )
  const after = ruleSetContents(ruleSets)
  await orderSocketLb(folder, mapOperations(await readSocketLb(folder), after))
  const now = await readSocketLb(folder)
  expect({ ...now, networks: new Map() }).toEqual(after)
}

async function run(session: Session, place: string, script: string, ...args: (string | number)[]) {
  const argv = ['exec', '--in', place, '--', 'node', '-e', script, ...args.map(String)]
  const { stdout, stderr } = await session.netlab(...argv)
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

const counts = (pods: readonly string[], names: readonly string[]) =>
  names.map(name => pods.filter(pod => pod === name).length)

const here = (address: string) => ({ addresses: [address], nodeName: 'host' })
const udp = [{ name: '', protocol: 'UDP' as const, port: 53, targetPort: 53 }]
const udpSlice = (...addresses: string[]) =>
  slice(addresses, { service: 'dns', ports: [{ name: '', protocol: 'UDP', port: 53 }] })
const dns = service({ name: 'dns', clusterIPs: ['10.96.0.10'], ports: udp })

describe.runIf(canLoad)('a socket load balancer', () => {
  it('sends each connection to one of the endpoints, of either family, without any rule', async () => {
    const { session, folder } = await openLab()
    const both = service({ clusterIPs: ['10.96.0.1', 'fd00:96::1'] })
    const slices = [
      slice([here('10.0.0.11'), here('10.0.0.21')]),
      slice([here('fd00::11'), here('fd00::21')], { addressType: 'IPv6' }),
    ]
    await serve(folder, [both], slices)
    // Pods have no route to these addresses but the default one, and the sandbox none at all: nothing is sent there.
    for (const address of ['10.96.0.1', 'fd00:96::1']) {
      const came: [string, string][] = await run(session, 'c', ask, address, 80, 400)
      expect([...new Set(came.map(([, peer]) => peer))]).toEqual([`${address} 80`])
      const shares = counts(
        came.map(([pod]) => pod),
        ['a', 'b'],
      )
      expect(shares[0]! + shares[1]!).toBe(400)
      expect(pValue(shares, [0.5, 0.5])).toBeGreaterThan(falseAlarmRate)
    }
    // A socket of IPv6 that asks for an address of IPv4.
    expect(await run(session, 'c', ask, '::ffff:10.96.0.1', 80, 1)).toEqual([
      [expect.stringMatching(/^[ab]$/), '::ffff:10.96.0.1 80'],
    ])
    // A pod reaches itself, which hairpin is for elsewhere.
    const own: [string, string][] = await run(session, 'a', ask, '10.96.0.1', 80, 40)
    expect(
      counts(
        own.map(([pod]) => pod),
        ['a', 'b'],
      ).every(count => count > 0),
    ).toBe(true)
    expect((await session.netlab('exec', '--', 'conntrack', '-L')).stdout).not.toContain('10.96.0.1')
    expect((await session.netlab('exec', '--', 'nft', 'list', 'ruleset')).stdout).not.toContain('10.96.0.1')
  })

  it('leaves alone whoever is none of the cluster', async () => {
    const { session, folder } = await openLab()
    // The host has it as an address of its own, where nobody listens.
    const at = service({ type: 'LoadBalancer', loadBalancerIPs: ['192.0.2.1'] })
    await serve(folder, [at], [slice([here('10.0.0.11')])])
    expect(await run(session, 'c', ask, '192.0.2.1', 80, 1)).toEqual([['a', '192.0.2.1 80']])
    expect(await run(session, 'far', ask, '192.0.2.1', 80, 1)).toEqual([['ECONNREFUSED', '']])
  })

  it('refuses where no endpoint may serve, at once, over TCP and UDP', async () => {
    const { session, folder } = await openLab()
    await serve(folder, [service(), dns], [])
    expect(await run(session, 'c', ask, '10.96.0.1', 80, 1)).toEqual([['ECONNREFUSED', '']])
    expect(await run(session, 'c', askUdp, '10.96.0.10', 53, 1)).toEqual([['ECONNREFUSED']])
    expect(await run(session, 'c', askUdp, '10.96.0.10', 53, 1, 'connected')).toEqual([['ECONNREFUSED']])
    await serve(folder, [service()], [slice([here('10.0.0.11')])])
    expect(await run(session, 'c', ask, '10.96.0.1', 80, 1)).toEqual([['a', '10.96.0.1 80']])
  })

  it('lets answers over UDP come from the service, and a socket keep to its endpoint', async () => {
    const { session, folder } = await openLab()
    await serve(folder, [dns], [udpSlice('10.0.0.41', '10.0.0.51')])
    for (const connected of [[], ['connected']]) {
      const came: string[][] = await run(session, 'c', askUdp, '10.96.0.10', 53, 200, ...connected)
      expect(came.every(answers => answers.length === 3 && new Set(answers).size === 1)).toBe(true)
      const first = came.map(([answer = '']) => answer)
      expect(first.every(answer => / 10\.96\.0\.10 53$/.test(answer))).toBe(true)
      const shares = counts(
        first.map(answer => answer.slice(0, 1)),
        ['u', 'v'],
      )
      expect(pValue(shares, [0.5, 0.5])).toBeGreaterThan(falseAlarmRate)
    }
  })

  it('tells a socket that asks an endpoint itself so, also where it came there by the service before', async () => {
    const { session, folder } = await openLab()
    await serve(folder, [dns], [udpSlice('10.0.0.41')])
    const both = ['10.96.0.10', '10.0.0.41']
    expect(await run(session, 'c', askBoth, ...both, 53)).toEqual([...both, ...both])
  })

  it('knows what a socket has asked for as long as it is open, however many others have come and gone', async () => {
    const { session, folder } = await openLab()
    await serve(folder, [dns], [udpSlice('10.0.0.41')])
    expect(await run(session, 'c', askForLong, '10.96.0.10', 53, 40_000)).toBe('10.96.0.10')
  })

  it('lets a client stay where it was, as long as that is an endpoint', async () => {
    const { session, folder } = await openLab()
    const sticky = service({ sessionAffinity: 'ClientIP' })
    await serve(folder, [sticky], [slice([here('10.0.0.11'), here('10.0.0.21')])])
    const came: [string, string][] = await run(session, 'c', ask, '10.96.0.1', 80, 60)
    const first = came[0]![0]
    expect(new Set(came.map(([pod]) => pod)).size).toBe(1)
    const [other, address] = first === 'a' ? ['b', '10.0.0.21'] : ['a', '10.0.0.11']
    await serve(folder, [sticky], [slice([here(address!)])])
    expect(await run(session, 'c', ask, '10.96.0.1', 80, 3)).toEqual(Array(3).fill([other, '10.96.0.1 80']))
    await serve(folder, [sticky], [slice([here('10.0.0.11'), here('10.0.0.21')])])
    const after: [string, string][] = await run(session, 'c', ask, '10.96.0.1', 80, 60)
    expect(new Set(after.map(([pod]) => pod))).toEqual(new Set([other]))
  })

  it("serves node ports on the node's addresses to the node and its pods, on 127.0.0.1 to the node alone", async () => {
    const { session, folder } = await openLab()
    const ports = [{ name: '', protocol: 'TCP' as const, port: 80, targetPort: 8080, nodePort: 30_080 }]
    const clusterIPs = ['10.96.0.1', 'fd00:96::1']
    const exposed = service({ type: 'NodePort', ports, clusterIPs, externalTrafficPolicy: 'Local' })
    const elsewhere = (address: string) => [{ addresses: [address], nodeName: 'elsewhere' }]
    const slices = [slice(elsewhere('10.0.0.11')), slice(elsewhere('fd00::11'), { addressType: 'IPv6' })]
    await serve(folder, [exposed], slices)
    expect(await run(session, 'host', ask, '::1', 30_080, 1)).toEqual([['a', '::1 30080']])
    expect(await run(session, 'c', ask, '::1', 30_080, 1)).toEqual([['ECONNREFUSED', '']])
    expect(await run(session, 'c', ask, '10.0.0.1', 30_080, 1)).toEqual([['a', '10.0.0.1 30080']])
    expect(await run(session, 'host', ask, '10.0.0.1', 30_080, 1)).toEqual([['a', '10.0.0.1 30080']])
    expect(await run(session, 'host', ask, '127.0.0.1', 30_080, 1)).toEqual([['a', '127.0.0.1 30080']])
    expect(await run(session, 'c', ask, '127.0.0.1', 30_080, 1)).toEqual([['ECONNREFUSED', '']])
    // No rule stands beside it: nobody listens there for whoever comes in by a link.
    expect(await run(session, 'far', ask, '192.0.2.1', 30_080, 1)).toEqual([['ECONNREFUSED', '']])
  })

  it("runs outside of the lab, takes orders of root only, and meets no socket but the lab's", async () => {
    const { folder, sandbox } = await openLab()
    await serve(folder, [service()], [slice([here('10.0.0.11')])])
    expect(statSync(join(folder, 'socket-lb')).mode & 0o777).toBe(0o600)
    const cgroup = socketCgroup(sandbox.cgroups)!
    expect(execFileSync('cat', [join(cgroup, 'cgroup.procs')], { encoding: 'utf8' })).toContain(
      `${sandbox.init.pid}`,
    )
    const helpers = complainersTo(folder).filter(each => each.pid !== sandbox.holder.pid)
    expect(helpers.length).toBeGreaterThan(0)
    for (const { pid } of helpers) {
      const status = execFileSync('cat', [`/proc/${pid}/status`, `/proc/${pid}/cgroup`], { encoding: 'utf8' })
      // bpf, net_admin, dac_read_search.
      expect(status).toMatch(/CapEff:\s0*8000001004\n/)
      expect(status).not.toContain('netlab-')
    }
  })
})

describe.runIf(canLoad)('a socket load balancer that cannot do what it is told', () => {
  it('says so, and goes on', async () => {
    const { folder } = await openLab()
    const noSuchMap = [{ map: 'nothing', delete: ['00'] }] as never
    await expect(orderSocketLb(folder, noSuchMap)).rejects.toMatchObject({
      message: expect.stringContaining('could not do what it was told'),
      details: 'the programs have no map nothing',
    })
    expect(await hasSocketLb(folder)).toBe(true)
    expect((await readSocketLb(folder)).networks.size).toBe(6)
  })
})

/** The processes that complain to a lab's folder, but for its holder. */
const helper = (folder: string, holder: number) => complainersTo(folder).filter(({ pid }) => pid !== holder)

describe.runIf(canLoad)('of socket load balancers a lab has one', () => {
  it('that several who miss it start together', async () => {
    const { session, folder, sandbox } = await openLab()
    const [first] = helper(folder, sandbox.holder.pid)
    kill(first!)
    await expect.poll(() => hasSocketLb(folder), { timeout: 60_000 }).toBe(false)
    const before = loadedObjects(folder)
    await Promise.all([1, 2, 3].map(() => startSocketLb(sandbox, folder)))
    const after = helper(folder, sandbox.holder.pid)
    expect(after).toHaveLength(1)
    // What the first one had may have gone meanwhile; nothing of the second one is forgotten.
    const objects = loadedObjects(folder).filter(({ id }) => !before.some(each => each.id === id))
    expect(objects).toHaveLength(before.length)
    expect(objects.every(isLoaded)).toBe(true)
    expect(await session.netlab('down')).toMatchObject({ code: 0 })
    expect([...before, ...objects].filter(isLoaded)).toEqual([])
  })

  it('and no second one beside one that was stopped', async () => {
    const { folder, sandbox } = await openLab()
    const [only] = helper(folder, sandbox.holder.pid)
    process.kill(only!.pid, 'SIGSTOP')
    await startSocketLb(sandbox, folder)
    expect(helper(folder, sandbox.holder.pid)).toEqual([only])
    process.kill(only!.pid, 'SIGCONT')
    expect((await readSocketLb(folder)).networks.size).toBe(6)
  })
})

describe.runIf(canLoad)('of a socket load balancer nothing is left', () => {
  it('when the lab is taken down', async () => {
    const { session, folder, sandbox } = await openLab()
    const objects = loadedObjects(folder)
    expect(objects.map(({ kind }) => kind).sort()).toEqual([
      ...Array(6).fill('map'),
      ...Array(9).fill('program'),
    ])
    expect(objects.every(isLoaded)).toBe(true)
    expect(await session.netlab('down')).toMatchObject({ code: 0 })
    expect(objects.filter(isLoaded)).toEqual([])
    expect(existsSync(socketCgroup(sandbox.cgroups)!)).toBe(false)
  })

  it("when the lab's process 1 is killed: the load balancer ends by itself", async () => {
    const { folder, sandbox } = await openLab()
    const objects = loadedObjects(folder)
    const [process] = helper(folder, sandbox.holder.pid)
    kill(sandbox.init)
    await expect.poll(() => lives(process!), { timeout: 60_000 }).toBe(false)
    await expect.poll(() => objects.filter(isLoaded), { timeout: 60_000 }).toEqual([])
  })

  it('when the machine has started anew, and the numbers are those of other programs', async () => {
    const { session, folder } = await openLab()
    const objects = loadedObjects(folder)
    const file = join(folder, 'socket-lb.json')
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), boot: 'an earlier one' }))
    expect(objects.every(isLoaded)).toBe(true)
    await mustBeFreed(folder)
    expect(await session.netlab('down')).toMatchObject({ code: 0 })
    await expect.poll(() => objects.filter(isLoaded), { timeout: 60_000 }).toEqual([])
  })

  it('when it is killed itself: sockets are as they were', async () => {
    const { session, folder, sandbox } = await openLab()
    await serve(folder, [service()], [])
    expect(await run(session, 'c', ask, '10.96.0.1', 80, 1)).toEqual([['ECONNREFUSED', '']])
    const objects = loadedObjects(folder)
    for (const process of helper(folder, sandbox.holder.pid)) kill(process)
    await expect.poll(() => objects.filter(isLoaded), { timeout: 60_000 }).toEqual([])
    await expect(readSocketLb(folder)).rejects.toThrow('does not answer')
    expect(await session.netlab('down')).toMatchObject({ code: 0 })
  })
})
