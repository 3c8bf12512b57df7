import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Session } from '../labs/cli.ts'

const text = `name: cast
title: Everything that a pod can be
sysctls: {net.ipv4.ip_forward: 1, net.bridge.bridge-nf-call-iptables: 1}
bridge: {name: br1, address: 10.0.0.1/24, hairpin: true}
pods:
  web: {address: 10.0.0.11/24, serve: [8080, 8081], labels: {app: web}, nameservers: [192.0.2.53]}
  crowd:
    address: 10.0.0.12/24
    containers:
      app: {serve: 8080}
      loud: {command: [sh, -c, "printf '\\\\033[1mstarted\\\\r\\\\n'; while ! curl -s localhost:8080; do sleep 0.1; done; echo oops >&2; exec sleep 600"]}
  talker: {address: 10.0.0.13/24, command: [sh, -c, "hostname; exec sleep 600"]}
outside: {client: 192.0.2.10/24}
services:
  - {name: web, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
  - {name: db, namespace: prod, clusterIP: 10.96.0.2, endpoints: [], ports: [{port: 5432}]}
steps: [{title: Ready}]
`
let session: Session
const netlab = (...argv: string[]) => session.netlab(...argv)
const json = async (...argv: string[]) => JSON.parse((await netlab(...argv, '--json')).stdout)

beforeAll(async () => {
  session = new Session()
  expect(await netlab('up', session.file('cast.yaml', text))).toMatchObject({ code: 0 })
})
afterAll(() => session.end())

describe('exec', () => {
  it.each([
    ['0 of a command that does well', ['true'], 0],
    ['of a command that does not', ['sh', '-c', 'exit 7'], 7],
    ['127 for a command that is not there', ['nosuchcommand'], 127],
    ['143 for one that a signal ended', ['sh', '-c', 'kill -TERM $$'], 143],
  ])('ends with the exit code %s', async (_, argv, code) => {
    expect(await netlab('exec', '--', ...argv)).toMatchObject({ code, stdout: '' })
  })

  it('runs on the host, in a pod, in a machine outside, with or without the name of the lab', async () => {
    const address = async (...argv: string[]) =>
      (await netlab('exec', ...argv, '--', 'ip', '-4', '-o', 'address', 'show')).stdout.match(
        /inet (?!127)(\S+)/,
      )?.[1]
    expect(await address()).toBe('10.0.0.1/24')
    expect(await address('--in', 'web')).toBe('10.0.0.11/24')
    expect(await address('cast', '--in', 'client')).toBe('192.0.2.10/24')
  })

  it('gives words and input to the command as they are', async () => {
    const words = ['a b', '$HOME', "it's", '*', '--in', '']
    const { stdout } = await session.netlabWith(
      { input: 'read me' },
      'exec',
      '--in',
      'web',
      '--',
      'sh',
      '-c',
      'printf "<%s>" "$@"; cat',
      '-',
      ...words,
    )
    expect(stdout).toBe(`${words.map(word => `<${word}>`).join('')}read me`)
  })

  it('has no variable of the caller in its environment', async () => {
    const env = { SECRET: 'hush', LANG: 'de_DE', TERM: 'vt100' }
    const { stdout } = await session.netlabWith({ env }, 'exec', '--', 'env')
    const names = stdout.split('\n').map(line => line.split('=')[0])
    expect(names.sort()).toEqual(['', 'HOME', 'LC_ALL', 'PATH', 'TERM'])
    expect(stdout).toMatch(/^HOME=\/tmp$/m)
  })

  it('opens /dev/stdout and /dev/stderr, keeps them apart, or in order where they are one file', async () => {
    const script = 'for n in 1 2 3; do echo out $n > /dev/stdout; echo err $n > /dev/stderr; done'
    const { stdout, stderr } = await netlab('exec', '--', 'sh', '-c', script)
    expect([stdout, stderr]).toEqual(['out 1\nout 2\nout 3\n', 'err 1\nerr 2\nerr 3\n'])
    const line = ['sh', '-c', '"$@" 2>&1', 'sh', process.execPath]
    const both = await session.startProgram([...line, ...session.command(['exec', '--', 'sh', '-c', script])])
    expect(both.stdout).toBe('out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n')
  })

  it('prints all that was printed before its end, and waits for nothing in the background', async () => {
    const script = 'sleep 1000 & seq 200000'
    expect((await netlab('exec', '--', 'sh', '-c', script)).stdout).toMatch(/\n199999\n200000\n$/)
  })

  it('ends quietly with a reader that has seen enough, and says where nothing can be written', async () => {
    const shell = (line: string, ...argv: string[]) =>
      session.startProgram([
        'bash',
        '-c',
        line,
        process.execPath,
        ...session.command(['exec', '--', ...argv]),
      ])
    expect(await shell('set -o pipefail; "$0" "$@" | head -1', 'yes')).toMatchObject({
      stdout: 'y\n',
      stderr: '',
      exitCode: 141,
    })
    const full = await shell('"$0" "$@" > /dev/full', 'echo', 'lost')
    expect(full).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^error: the output could not be written[\s\S]*ENOSPC/),
    })
    expect(full.stderr.match(/ENOSPC/g)).toHaveLength(1)
  })

  it.each([
    [
      ['exec', '--in', 'nobody', '--', 'true'],
      /no pod or machine named nobody[\s\S]*host, web, crowd, talker, client/,
    ],
    [['exec', 'nolab', '--', 'true'], /no lab named nolab is running[\s\S]*cast/],
    [['exec'], /there is no command to run/],
    [['exec', 'a', 'b', '--', 'true'], /one lab/],
  ])('%j is refused with what to write', async (argv, message) => {
    expect(await netlab(...argv)).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) })
  })
})

describe('shell', () => {
  /** What a person at a terminal sees. */
  const typed = async (argv: readonly string[], lines: string) => {
    const command = [process.execPath, ...session.command(argv)].map(word => `'${word}'`).join(' ')
    const { stdout } = await session.startProgram(['script', '-qec', command, '/dev/null'], { input: lines })
    return stdout.replaceAll('\r', '')
  }

  it('has a prompt that names lab and place, and ends with the last exit code', async () => {
    const seen = await typed(['shell'], 'ip netns list; echo here: $((6 * 7)); exit 5\n')
    expect(seen).toContain('[cast host]# ')
    expect(seen).toContain('here: 42')
    expect(seen).toMatch(/^web/m)
  })

  it('knows the lab, and runs in its other places what is told to be pasted', async () => {
    const lines = [
      'netlab status',
      'netlab exec --in web -- ip -4 -o address show dev eth0',
      'netlab exec cast -- ip -4 -o address show dev br1',
      'netlab exec cast --in nowhere -- true',
      'exit',
    ]
    const seen = await typed(['shell', 'talker'], `${lines.join('\n')}\n`)
    expect(seen).toContain('cast is up, for')
    expect(seen).toMatch(/\n +talker +10\.0\.0\.13 /)
    expect(seen).toContain('10.96.0.1')
    expect(seen).toContain('inet 10.0.0.11/24')
    expect(seen).toContain('inet 10.0.0.1/24')
    expect(seen).toContain('cast has no pod or machine named nowhere')
    const { stdout } = await netlab('exec', '--', 'cat', '/run/netlab/lab/lab.json')
    expect(JSON.parse(stdout)).toMatchObject({ lab: { name: 'cast' } })
    expect(stdout).not.toContain(session.folder)
  })

  it('says of other verbs where they are to be typed', async () => {
    const seen = await typed(['shell'], 'netlab verify; netlab down; netlab status other; exit\n')
    expect(seen.match(/this is inside the lab cast/g)).toHaveLength(3)
    expect(seen).toContain('in another terminal, or after exit: netlab verify cast')
    const whole = await typed(
      ['shell'],
      'netlab task check cast; netlab task hint; netlab pod kill web; exit\n',
    )
    const lines = whole.replaceAll(/\s+/g, ' ')
    expect(lines).toContain('or after exit: netlab task check cast; in here')
    expect(lines).toContain('or after exit: netlab task hint cast; in here')
    expect(lines).toContain('or after exit: netlab pod kill web; in here')
  })

  it('opens in a pod', async () => {
    expect(await typed(['shell', 'web'], 'ip -4 -o address show dev eth0; exit\n')).toMatch(
      /\[cast web\]# [\s\S]*10\.0\.0\.11\/24/,
    )
  })
})

describe('list and status', () => {
  it('list has the promised keys', async () => {
    const [lab, ...more] = await json('list')
    expect(more).toEqual([])
    expect(Object.keys(lab)).toEqual(['lab', 'state', 'pid', 'pods', 'since'])
    expect(lab).toMatchObject({ lab: 'cast', state: 'up', pods: 3, pid: expect.any(Number) })
    expect(Math.abs(Date.parse(lab.since) - Date.now())).toBeLessThan(600_000)
  })

  it('the pid is that of the first process of the sandbox', async () => {
    const [{ pid }] = await json('list')
    const { stdout } = await netlab('exec', '--', 'sh', '-c', 'readlink /proc/1/ns/net')
    const { stdout: outside } = await session.startProgram(['readlink', `/proc/${pid}/ns/net`])
    expect(stdout).toBe(outside)
  })

  it('status has pods, machines outside, services and steps', async () => {
    const status = await json('status')
    expect(Object.keys(status)).toEqual(
      expect.arrayContaining(['lab', 'state', 'pid', 'pods', 'since', 'outside', 'services', 'steps']),
    )
    expect(status.services).toMatchObject([
      { service: 'default/web', clusterIP: '10.96.0.1', port: 80, endpoints: [{ pod: 'web' }] },
      { service: 'prod/db', endpoints: [] },
    ])
    const { stdout, code } = await netlab('status')
    expect(code).toBe(0)
    for (const word of ['cast is up', 'web', '10.0.0.12', 'client', 'default/web', 'no endpoints', 'Ready'])
      expect(stdout).toContain(word)
  })

  it('verify has the promised keys', async () => {
    const { stdout, code } = await netlab('verify', '--json', '--requests', '100', '--from', 'host', 'web')
    const report = JSON.parse(stdout)
    expect(code).toBe(0)
    expect(Object.keys(report)).toEqual(['lab', 'ok', 'checks', 'services'])
    expect(Object.keys(report.checks[0])).toEqual(['step', 'from', 'target', 'expected', 'observed', 'ok'])
    expect(Object.keys(report.services[0])).toEqual(
      expect.arrayContaining([
        'service',
        'port',
        'clusterIP',
        'from',
        'requests',
        'failed',
        'backends',
        'expectedShare',
        'pValue',
        'ok',
      ]),
    )
    expect(
      report.services.filter(({ service }: { service: string }) => service === 'default/web'),
    ).toMatchObject([
      { from: 'host', requests: 100, failed: 0, backends: { web: 100 }, expectedShare: { web: 1 }, ok: true },
      { from: 'web', requests: 100, failed: 0, backends: { web: 100 }, ok: true },
    ])
  })
})

describe('logs', () => {
  it('are what a program printed, of each container under its name', async () => {
    expect(await netlab('logs', 'talker')).toEqual({ code: 0, stdout: 'cast\n', stderr: '' })
    const { stdout } = await netlab('logs', 'cast', 'crowd')
    // To a file or a pipe to the byte.
    expect(stdout.replace('\u001b[1mstarted\r\n', 'started\n')).toMatch(
      /^==> app <==\n(?:\S+Z \S+ GET \/\n)+==> loud <==\nstarted\nyou are talking to crowd .*\noops\n$/,
    )
    expect(stdout).toContain('\u001b[1mstarted\r\n')
  })

  it("are of netlab's own server who asked for what, and when, and nothing of it acts on a terminal", async () => {
    const asked = ['10.0.0.11:8080/shop?bytes=80', '10.0.0.11:8081/%1b[2J', '10.0.0.11:8080/\u00e9']
    for (const url of asked) await netlab('exec', '--in', 'talker', '--', 'curl', '-sS', '-g', url)
    const lines = async () => (await netlab('logs', 'web')).stdout
    await expect.poll(lines, { timeout: 10_000 }).toContain('%c3%a9')
    expect(await lines()).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z 10\.0\.0\.13 GET \/shop\?bytes=80\n\S+ 10\.0\.0\.13 GET \/%1b\[2J\n\S+ 10\.0\.0\.13 GET \/%c3%a9\n$/m,
    )
  })

  it('of a pod that is not there are refused', async () => {
    expect(await netlab('logs', 'nobody')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/web, crowd, talker/),
    })
  })
})

describe('a pod', () => {
  const curl = async (from: string, ...argv: string[]) =>
    (await netlab('exec', '--in', from, '--', 'curl', '-sS', '--max-time', '5', ...argv)).stdout

  it('is told its name, its address and the client as it sees it', async () => {
    expect(await curl('crowd', '10.0.0.11:8081')).toBe(
      'you are talking to web (10.0.0.11), you are 10.0.0.12\n',
    )
  })

  it('answers in JSON where that is asked for', async () => {
    expect(JSON.parse(await curl('crowd', '-H', 'Accept: application/json', '10.0.0.11:8080'))).toEqual({
      pod: 'web',
      address: '10.0.0.11',
      port: 8080,
      client: '10.0.0.12',
    })
  })

  it.each(['web', 'web.default', 'web.default.svc', 'web.default.svc.cluster.local'])(
    'finds the service %s by name',
    async name => {
      expect(await curl('talker', `http://${name}`)).toMatch(/^you are talking to web/)
    },
  )

  it('has a hosts file and a resolv.conf of its own', async () => {
    const { stdout: hosts } = await netlab('exec', '--in', 'talker', '--', 'cat', '/etc/hosts')
    expect(hosts.split('\n')).toEqual([
      '127.0.0.1\tlocalhost',
      '10.0.0.12\tcrowd',
      '10.0.0.13\ttalker',
      '192.0.2.10\tclient',
      '10.96.0.1\tweb web.default web.default.svc web.default.svc.cluster.local',
      '10.96.0.2\tdb.prod db.prod.svc db.prod.svc.cluster.local',
      '',
    ])
    expect(await netlab('exec', '--in', 'web', '--', 'cat', '/etc/resolv.conf')).toMatchObject({
      stdout: 'nameserver 192.0.2.53\n',
    })
  })

  it('has containers that reach each other over localhost', async () => {
    expect(await curl('crowd', 'localhost:8080')).toBe(
      'you are talking to crowd (127.0.0.1), you are 127.0.0.1\n',
    )
  })
})

it('orphans are reaped: nobody stays a zombie', async () => {
  const orphans = 'for n in 1 2 3 4 5; do (sh -c "sleep 0.05 &" &) ; done; sleep 0.5; cat /proc/[0-9]*/stat'
  const { stdout } = await netlab('exec', '--', 'sh', '-c', orphans)
  expect(stdout).toMatch(/^1 \(sh\) S/m)
  expect(stdout.split('\n').filter(line => /^\d+ \(.*\) Z /.test(line))).toEqual([])
})
