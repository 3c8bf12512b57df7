import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pMap from 'p-map'
import { beforeAll, describe, expect, it } from 'vitest'
import { cgroupParents } from '../../src/sandbox/cgroup.ts'
import { cgroupPlaces } from '../../src/sandbox/cgroup-places.ts'
import { openSession, Session, users } from '../labs/cli.ts'
import { differences } from '../labs/differences.ts'
import { comparable, type MachineState, machineState } from '../labs/machine-state.ts'
import { processesOf } from '../labs/processes.ts'
import { randomFrom, seed } from './random-moments.ts'

const text = `name: victim
title: A lab with a bit of everything
sysctls: {net.ipv4.ip_forward: 1}
bridge: {name: br1, address: 10.0.0.1/24, hairpin: true}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
  b: {address: 10.0.0.12/24, serve: 8080, labels: {app: web}}
  c: {address: 10.0.0.13/24, command: [sleep, "600"]}
outside: {client: 192.0.2.10/24}
services: [{name: web, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}]
steps:
  - {title: A wait, run: [sleep 0.1, "sh -c 'sleep 300 > /dev/null 2>&1 &'", sleep 0.1]}
  - {title: Ask, check: [{curl: "10.96.0.1:80", from: [host, a, b, client]}]}
`
const rounds = 30
const atOnce = 2
const random = randomFrom(seed)

let before: MachineState
/** Milliseconds that as many ups as are struck at once take here and now, with their down. */
let whole: number

beforeAll(async () => {
  before = await machineState()
  const start = performance.now()
  await Promise.all(Array.from({ length: atOnce }, goUp))
  whole = performance.now() - start
})

async function goUp(): Promise<void> {
  const session = new Session()
  expect(await session.netlab('up', session.file('victim.yaml', text))).toMatchObject({ code: 0 })
  await session.end()
}

/** The process that holds the sandbox, as soon as it is known. */
async function holderOf(session: Session, upEnded: () => boolean): Promise<number | undefined> {
  while (!upEnded()) {
    try {
      const { holder } = JSON.parse(readFileSync(join(session.stateDir, 'victim/state.json'), 'utf8'))
      if (holder !== undefined) return holder.pid
    } catch {
      // Not there yet.
    }
    await sleep(1)
  }
  return undefined
}

/** Where labs have cgroups, and which of them a process has made. */
const [own, mounts] = ['cgroup', 'mountinfo'].map(file => readFileSync(`/proc/self/${file}`, 'utf8'))
const parents = new Set([
  ...cgroupParents().map(({ folder }) => folder),
  ...cgroupPlaces(own!, mounts!).unified,
])
const cgroupsOf = (pid: number | undefined) =>
  [...parents].flatMap(parent =>
    readdirSync(parent).filter(name => name.startsWith('netlab-') && name.includes(`-${pid}-`)),
  )

async function sweep(session: Session, starter: number | undefined): Promise<void> {
  const down = await session.netlab('down', '--all')
  expect(down).toMatchObject({ code: 0, stderr: '' })
  expect({ left: session.leftFiles(), processes: processesOf(session.stateDir) }).toEqual({
    left: [],
    processes: [],
  })
  expect(cgroupsOf(starter)).toEqual([])
}

describe(`at ${rounds} random moments of up (NETLAB_TEST_SEED=${seed})`, () => {
  it.each(['the CLI', 'the holder of the sandbox'])(
    'kill -9 of %s leaves what down --all removes whole',
    async who => {
      const reached = new Set<string>()
      const strike = async (moment: number, round: number) => {
        const session = openSession(users[round % users.length])
        let ended = false
        const up = session.start(['up', session.file('victim.yaml', text)])
        const finished = up.finally(() => {
          ended = true
        })
        const holder = who === 'the CLI' ? undefined : await holderOf(session, () => ended)
        await sleep(who === 'the CLI' ? moment : moment * 0.7)
        const victim = who === 'the CLI' ? up.pid : holder
        try {
          if (victim !== undefined && !ended) process.kill(victim, 'SIGKILL')
        } catch {
          reached.add('too late')
        }
        const result = await finished
        reached.add(stageOf(result.stderr))
        if (who !== 'the CLI') {
          expect([0, 1, 3]).toContain(result.exitCode)
          expect(result.stderr).not.toMatch(/this is a bug in netlab|^\s+at .*\.js/m)
        }
        await sweep(session, up.pid)
        await session.end()
      }
      const moments = Array.from({ length: rounds }, () => random() * whole)
      await pMap(moments, strike, { concurrency: atOnce })
      // Moments that all fell on one stage would prove little.
      expect(reached.size).toBeGreaterThan(3)
      expect(differences(comparable(await machineState(), before), before)).toEqual([])
    },
  )
})

/** How far an up came: the steps that its progress calls done. */
function stageOf(stderr: string): string {
  return `${stderr.split('\n').filter(line => line.startsWith('ok')).length} steps`
}
