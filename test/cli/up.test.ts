import { describe, expect, it } from 'vitest'
import { shellWord } from '../../src/command/command-line.ts'
import { bin, openSession } from '../labs/cli.ts'
import { processesOf } from '../labs/processes.ts'

const lab = (rest: string) => `name: broken
title: A lab whose last step fails
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080}
${rest}`

/** Lab text, and what is told of it: the command that failed, as it can be pasted, and what it printed. */
const broken: Record<string, { text: string; command: string; stderr: RegExp; exit: RegExp }> = {
  'in the middle of an ip batch': {
    text: lab(`steps:
  - title: Wrong
    why: Because it is.
    run: [ip link add name v0 type veth peer name v1, ip link set dev nosuch up, ip link set dev v0 up]
`),
    command: 'ip link set dev nosuch up',
    stderr: /Cannot find device "nosuch"/,
    exit: /1/,
  },
  'in an ip batch of a pod': {
    text: lab(`steps:
  - title: Wrong
    why: Because it is.
    run: [ip netns exec a ip link set dev lo up, ip -n a route add default via 10.9.9.9]
`),
    command: 'ip -n a route add default via 10.9.9.9',
    stderr: /Nexthop has invalid gateway/,
    exit: /[12]/,
  },
  'in the middle of an iptables-restore': {
    text: lab(`steps:
  - title: Wrong
    why: Because it is.
    run: [iptables -t nat -N A, iptables -t nat -A A -j NOSUCH, iptables -N B]
`),
    command: 'iptables -t nat -A A -j NOSUCH',
    stderr: /NOSUCH/,
    exit: /2/,
  },
  'in the second table of an iptables-restore': {
    text: lab(`steps:
  - title: Wrong
    why: Because it is.
    run: [iptables -t nat -N A, iptables -N B, iptables -A B -s 10.0.0.1 -j C]
`),
    command: 'iptables -A B -s 10.0.0.1 -j C',
    stderr: /C/,
    exit: /2/,
  },
  'among settings': {
    text: lab(`steps:
  - title: Wrong
    why: Because it is.
    run: [sysctl -w net.ipv4.ip_forward=1, sysctl -w net.ipv4.no_such_key=1]
`),
    command: 'sysctl -w net.ipv4.no_such_key=1',
    stderr: /no_such_key/,
    exit: /\d+/,
  },
  'as a plain command': {
    text: lab(`steps:
  - title: Wrong
    why: Because it is.
    run: [ip link, "sh -c 'echo it is broken >&2; exit 7'", ip link]
`),
    command: "sh -c 'echo it is broken >&2; exit 7'",
    stderr: /it is broken/,
    exit: /7/,
  },
  'because there is no such program': {
    text: lab(`steps:
  - title: Wrong
    why: Because it is.
    run: [/nosuch/program --now]
`),
    command: '/nosuch/program --now',
    stderr: /not found/,
    exit: /127/,
  },
}

describe.each(Object.entries(broken))('a command that fails %s', (_, { text, command, stderr, exit }) => {
  it.each([[], ['--no-batch']])(
    'is told alone, with its step, why and stderr; all is taken down %s',
    async (...flags) => {
      const session = openSession()
      const ended = await session.netlab('up', session.file('broken.yaml', text), ...flags)
      expect(ended.code).toBe(1)
      expect(ended.stdout).toBe('')
      const typed = ended.stderr.split('\n').filter(line => /^\s*\$ /.test(line))
      expect(typed.map(line => line.trim())).toEqual([`$ ${command}`])
      expect(ended.stderr).toMatch(/step \d of \d failed: Wrong/)
      expect(ended.stderr).toContain('Because it is.')
      expect(ended.stderr).toMatch(new RegExp(`exit code ${exit.source}:`))
      expect(ended.stderr.slice(ended.stderr.indexOf('exit code'))).toMatch(stderr)
      expect(ended.stderr).not.toMatch(/netlab-batch-done|Command failed -:|\bat file:/)
      expect({ left: session.leftFiles(), processes: processesOf(session.stateDir) }).toEqual({
        left: [],
        processes: [],
      })
    },
  )
})

describe("a pod's program that cannot run", () => {
  it.each([
    [
      'because there is none',
      '{address: 10.0.0.12/24, command: /nosuch/program --now}',
      /ip netns exec b \/nosuch\/program --now/,
      /No such file|not found/,
    ],
    [
      'because it ends at once',
      `{address: 10.0.0.12/24, command: "sh -c 'echo sorry; exit 3'"}`,
      /sh -c 'echo sorry; exit 3'/,
      /exit code 3:\s+sorry/,
    ],
  ])('%s is told with what it printed', async (_, pod, command, printed) => {
    const session = openSession()
    const { code, stderr } = await session.netlab('up', session.file('broken.yaml', lab(`  b: ${pod}\n`)))
    expect(code).toBe(1)
    expect(stderr).toMatch(/failed: .*servers/)
    expect(stderr).toMatch(command)
    expect(stderr).toMatch(printed)
    expect({ left: session.leftFiles(), processes: processesOf(session.stateDir) }).toEqual({
      left: [],
      processes: [],
    })
  })
})

it('a program that this machine lacks is named before anything starts', async () => {
  const session = openSession()
  const text = lab(`steps:
  - {title: Look, run: [nosuchprogram --now]}
`)
  const ended = await session.netlab('up', session.file('broken.yaml', text))
  expect(ended).toMatchObject({ code: 3, stdout: '' })
  expect(ended.stderr).toContain('this machine lacks nosuchprogram')
  expect(ended.stderr).toContain('step "Look"')
  expect({ left: session.leftFiles(), processes: processesOf(session.stateDir) }).toEqual({
    left: [],
    processes: [],
  })
})

it('with --keep a lab that failed stays as it is, and down removes it', async () => {
  const session = openSession()
  const file = session.file('broken.yaml', broken['as a plain command']!.text)
  const ended = await session.netlab('up', file, '--keep')
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('is kept as it stands') })
  expect(JSON.parse((await session.netlab('list', '--json')).stdout)).toMatchObject([
    { lab: 'broken', state: 'failed' },
  ])
  expect(await session.netlab('exec', '--', 'ip', 'link', 'show', 'br1')).toMatchObject({ code: 0 })
  expect(await session.netlab('down')).toMatchObject({ code: 0 })
  expect({ left: session.leftFiles(), processes: processesOf(session.stateDir) }).toEqual({
    left: [],
    processes: [],
  })
})

it('a check that fails ends up with exit code 1, what was expected and what came', async () => {
  const session = openSession()
  const text = lab(
    'steps: [{title: Wrong, check: [{curl: "10.0.0.11:8080", expect: {body: nobody}, within: 1}]}]',
  )
  const ended = await session.netlab('up', session.file('broken.yaml', text))
  expect(ended.code).toBe(1)
  expect(ended.stderr).toMatch(
    /curl 10\.0\.0\.11:8080[\s\S]*expected[\s\S]*nobody[\s\S]*observed +a answered/,
  )
  expect(processesOf(session.stateDir)).toEqual([])
})

describe('nothing is started, and the exit code is 2,', () => {
  it.each([
    ['for a lab file with a mistake', ['up', 'wrong.yaml'], /wrong\.yaml:\d+:\d+/],
    ['for a lab file that is not there', ['up', './nowhere.yaml'], /nowhere\.yaml/],
    ['for a lab that does not ship', ['up', 'clusterpi'], /there is no lab "clusterpi"[\s\S]*clusterip/],
    ['for an unknown verb', ['upp'], /unknown command 'upp'/],
    ['for an unknown option', ['up', 'two-pods', '--fast'], /unknown option '--fast'/],
    ['for a verb without its argument', ['plan'], /missing required argument/],
    ['for no lab', ['up'], /\n {4}two-pods +Two pods on a bridge\n[\s\S]*netlab up clusterip/],
    ['for no lab but options', ['up', '--json'], /\n {4}two-pods +Two pods on a bridge\n/],
    ['for no lesson', ['walk'], /\n {4}two-pods +Two pods on a bridge\n[\s\S]*netlab walk clusterip/],
    ['for a name that is none', ['up', 'two-pods', '--name', '../../x'], /A name has lower case letters/],
    ['for a place that is not there', ['exec', '--in', 'nowhere', '--', 'true'], /no lab is running/],
    ['for a format that is none', ['plan', 'two-pods', '--format', 'xml'], /text, sh, json/],
  ])('%s', async (_, argv, message) => {
    const session = openSession()
    session.file('wrong.yaml', 'name: wrong\ntitle: x\npods: {a: 10.0.0.300/24}\n')
    const ended = await session.netlab(...argv)
    expect(ended).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
    expect(ended.stderr).not.toMatch(/^\s+at .*\.js/m)
    expect({ left: session.leftFiles(), processes: processesOf(session.stateDir) }).toEqual({
      left: [],
      processes: [],
    })
  })
})

describe('a tool that is missing', () => {
  it.each([
    ['ip', /this machine lacks ip\n[\s\S]*apt-get install .*iproute2/],
    ['unshare', /the sandbox could not be opened[\s\S]*unshare: Permission denied/],
    ['nsenter', /nsenter could not be started/],
    ['curl', /this machine lacks curl\n[\s\S]*apt-get install .*curl/],
  ])('%s is named, with what to do, and the exit code is 3', async (tool, message) => {
    const session = openSession()
    // In a namespace of its own the tool is hidden by a file that cannot be run.
    const hide = 'mount --bind /dev/null "$(readlink -f "$(command -v "$1")")" && shift && exec "$@"'
    const argv = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', hide, 'sh', tool]
    const ended = await session.startProgram([
      ...argv,
      process.execPath,
      bin,
      'up',
      session.file('lab.yaml', lab('')),
    ])
    expect(ended).toMatchObject({ exitCode: 3, stdout: '' })
    expect(ended.stderr).toMatch(message)
    expect(ended.stderr).toContain('netlab doctor')
    expect({ left: session.leftFiles(), processes: processesOf(session.stateDir) }).toEqual({
      left: [],
      processes: [],
    })
  })
})

it("a server whose port is taken is told with the server's command", async () => {
  const session = openSession()
  const listen = `require('net').createServer().listen(8080)`
  const taken = `${process.execPath} -e "${listen}" > /dev/null 2>&1 & until ss -ltn | grep -q 8080; do sleep 0.05; done`
  const text = lab(`steps:
  - {title: Net, build: network}
  - {title: Somebody else, run: [{run: ${JSON.stringify(`sh -c ${shellWord(taken)}`)}, in: a}]}
  - {title: The server, build: servers}
`)
  const ended = await session.netlab('up', session.file('broken.yaml', text))
  expect(ended.code).toBe(1)
  expect(ended.stderr).toMatch(/failed: The server/)
  expect(ended.stderr).toMatch(
    /\$ ip netns exec a netlab serve 8080 --name a &\n +exit code 1:\n +.*EADDRINUSE/,
  )
  expect({ left: session.leftFiles(), processes: processesOf(session.stateDir) }).toEqual({
    left: [],
    processes: [],
  })
})
