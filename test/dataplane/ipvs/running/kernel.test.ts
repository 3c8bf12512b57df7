import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { ProxyMode } from '../../../../src/model/lab.ts'
import { loadLab } from '../../../../src/read/load-lab.ts'
import { openSession, Printed, type Session } from '../../../labs/cli.ts'
import { labsHaveIpvs } from '../has-ipvs.ts'

const file = fileURLToPath(new URL('changing-ipvs.yaml', import.meta.url))
const text = readFileSync(file, 'utf8')
const name = 'changing-ipvs'

/** Milliseconds: an end for what hangs. */
const long = 300_000

async function fine(session: Session, ...argv: string[]): Promise<string> {
  const { stdout, stderr, code } = await session.netlab(...argv)
  expect({ argv, code, stderr }).toMatchObject({ code: 0 })
  return stdout
}

/** A lab that is up, and what a test does to it. */
class ChangingLab {
  readonly session = openSession()

  async up(lab = text): Promise<void> {
    await fine(this.session, 'up', this.session.file(`${name}.yaml`, lab), '--quiet')
  }

  inside(...argv: string[]): Promise<string> {
    return fine(this.session, 'exec', name, '--', ...argv)
  }

  /** Changes the lab file, and applies that. */
  apply(from: string | RegExp, to: string): Promise<string> {
    this.session.file(`${name}.yaml`, text.replace(from, to))
    return fine(this.session, 'apply', name, '--quiet')
  }

  sync(): Promise<string> {
    return fine(this.session, 'sync', name)
  }

  /** Who answers so many requests of pod a, one after the other. */
  async answers(url: string, requests: number): Promise<string[]> {
    const loop = `for i in $(seq ${requests}); do curl -s -g -o /dev/null -m 20 -w '%header{x-pod}\\n' '${url}' || exit 1; done`
    const said = await fine(this.session, 'exec', name, '--in', 'a', '--', 'sh', '-c', loop)
    return said.trim().split('\n')
  }

  /** The real servers of the virtual server of `talk`: the weight of each, open connections, and those that are ending. */
  async talking(): Promise<Record<string, number[]>> {
    const listed = await this.inside('ipvsadm', '-L', '-n', '-t', '10.100.0.3:7')
    const lines = listed.matchAll(/-> (\S+):7007 +Masq +(\d+) +(\d+) +(\d+)/g)
    return Object.fromEntries(
      [...lines].map(([, address = '', ...numbers]) => [address, numbers.map(Number)]),
    )
  }

  /** Runs a program of node in a pod, which prints what the caller waits for. */
  start(pod: string, program: string): Printed {
    return new Printed(
      this.session.start(['exec', name, '--in', pod, '--', process.execPath, '-e', program], {
        patience: long,
      }),
    )
  }

  /** Whether the kernel has what each mode makes. */
  async has(): Promise<Made> {
    const reads = [
      'ipvsadm -S -n',
      'ipset list -n',
      'ip -o link show type dummy',
      'nft list tables',
      'iptables-save -t nat',
    ]
    const said = await this.inside('sh', '-ec', reads.join('; echo ==; '))
    const [servers, sets, device, tables = '', rules = ''] = said.split(/^==$/m).map(part => part.trim())
    return {
      ...{ servers: servers !== '', sets: sets !== '', device: device !== '' },
      table: tables.includes('kube-proxy'),
      chains: /^:KUBE-SVC-/m.test(rules),
      chainsOfIpvs: /^:KUBE-LOAD-BALANCER /m.test(rules),
    }
  }
}

/** What a mode makes: virtual servers, sets and kube-ipvs0; nftables' table; iptables' chains. */
type Made = Record<'servers' | 'sets' | 'device' | 'table' | 'chains' | 'chainsOfIpvs', boolean>

const nothing = {
  ...{ servers: false, sets: false, device: false },
  ...{ table: false, chains: false, chainsOfIpvs: false },
}
const made: Readonly<Record<'ipvs' | 'nftables' | 'iptables', Made>> = {
  ipvs: { ...nothing, servers: true, sets: true, device: true, chainsOfIpvs: true },
  nftables: { ...nothing, table: true },
  iptables: { ...nothing, chains: true },
}

/** The change of the lab file that has kube-proxy in that mode. */
function inMode(mode: ProxyMode): [from: RegExp, to: string] {
  return [/mode: ipvs(.*), ipvs: \{scheduler: rr\}/, `mode: ${mode}$1`]
}

const client = `const socket = require('node:net').connect(7, '10.100.0.3', () => console.log('connected'))
let sent = 0
socket.on('data', data => console.log('heard ' + data)).on('close', () => process.exit())
setInterval(() => require('node:fs').existsSync('/tmp/end') ? socket.resetAndDestroy() : socket.write(String(sent++)), 500)`

/** Connections that netlab's own checks have made and ended, and that IPVS has not forgotten. */
const some: unknown = expect.any(Number)

describe.runIf(labsHaveIpvs)('a lab in IPVS mode', () => {
  it('keeps an open connection to an endpoint that goes, until it has ended', async () => {
    const lab = new ChangingLab()
    await lab.up()
    const talk = lab.start('a', client)
    await talk.shows('connected')
    expect(await lab.talking()).toEqual({ '10.0.0.12': [1, 1, some] })
    await lab.apply('{lane: old}, ports', '{lane: new}, ports')
    expect(await lab.talking()).toEqual({ '10.0.0.12': [0, 1, some], '10.0.0.13': [1, 0, some] })
    const heard = talk.text.length
    await expect.poll(() => talk.text.length, { timeout: long }).toBeGreaterThan(heard)
    await lab.sync()
    expect(await lab.talking()).toMatchObject({ '10.0.0.12': [0, 1, some] })
    await lab.inside('touch', '/tmp/end')
    // IPVS forgets a connection that was reset after 10 s, and one that was closed after two minutes.
    await expect
      .poll(async () => (await lab.talking())['10.0.0.12'], { timeout: long, interval: 1000 })
      .toEqual([0, 0, 0])
    expect(await lab.talking()).toHaveProperty(['10.0.0.12'])
    await lab.sync()
    expect(await lab.talking()).toEqual({ '10.0.0.13': [1, 0, some] })
  })

  it('changes its services and mode, and nothing stays behind', async () => {
    const lab = new ChangingLab()
    await lab.up()
    // A graph finds nothing that is not the lab's own.
    expect(await fine(lab.session, 'graph', name)).not.toContain('✘')
    await fine(lab.session, 'verify', name, '--requests', '20', '--from', 'a')
    expect(new Set(await lab.answers('10.100.0.2:80', 6)).size).toBe(1)

    // A service goes, its address with it.
    await lab.apply(/ {2}- name: sticky[\s\S]*?(?= {2}- \{name: talk)/, '')
    for (const argv of [
      ['ipvsadm', '-S', '-n'],
      ['ipset', 'save'],
      ['ip', 'address', 'show', 'kube-ipvs0'],
    ])
      expect(await lab.inside(...argv)).toMatch(
        /^(?![\s\S]*10\.100\.0\.2)(?![\s\S]*fd00:100::2)[\s\S]*fd00:100::1/,
      )

    // Modes come and go, and leave nothing.
    for (const mode of ['nftables', 'ipvs', 'iptables', 'ipvs'] as const) {
      await lab.apply(...inMode(mode))
      expect({ mode, has: await lab.has() }).toEqual({ mode, has: made[mode] })
    }
    await fine(lab.session, 'verify', name, '--requests', '20', '--from', 'a')
    expect(await fine(lab.session, 'graph', name)).not.toContain('✘')
    expect(await fine(lab.session, 'down', name)).toContain('nothing is left')
  })

  it.each<[string, (answers: string[]) => void]>([
    ['rr', answers => expect(answers.filter(pod => pod === 'b')).toHaveLength(6)],
    ['lc', answers => expect(new Set(answers)).toEqual(new Set(['b', 'c']))],
    ['sh', answers => expect(new Set(answers).size).toBe(1)],
    ['mh', answers => expect(answers.every(pod => pod === 'b' || pod === 'c')).toBe(true)],
  ])('chooses by %s', async (scheduler, expectAnswers) => {
    const lab = new ChangingLab()
    await lab.up(text.replace('scheduler: rr', `scheduler: ${scheduler}`))
    expect(await lab.inside('ipvsadm', '-S', '-n')).toContain(`-A -t 10.100.0.1:80 -s ${scheduler}`)
    expectAnswers(await lab.answers('10.100.0.1:80', 12))
    expectAnswers(await lab.answers('[fd00:100::1]:80', 12))
  })
})

it('its lab is one in each mode, wherever it cannot be brought up', () => {
  expect(loadLab(file).services.map(service => service.name)).toEqual(['web', 'sticky', 'talk'])
  const session = openSession()
  for (const mode of ['nftables', 'ipvs', 'iptables'] as const) {
    const changed = session.file(`${name}.yaml`, text.replace(...inMode(mode)))
    expect(loadLab(changed).proxy.mode).toBe(mode)
  }
})

it.skipIf(labsHaveIpvs)('nothing was changed: IPVS is for root of a machine (scripts/test-kernels)', () => {})
