import { setTimeout as sleep } from 'node:timers/promises'
import pMap from 'p-map'
import { beforeAll, describe, expect, it } from 'vitest'
import { bin, openSession, Session, users } from '../labs/cli.ts'
import { differences } from '../labs/differences.ts'
import { comparable, type MachineState, machineState } from '../labs/machine-state.ts'
import { processesOf } from '../labs/processes.ts'
import { randomFrom, seed } from './random-moments.ts'

const text = `name: struck
title: A lab that every verb is tried on
sysctls: {net.ipv4.ip_forward: 1, net.bridge.bridge-nf-call-iptables: 1}
bridge: {name: br1, address: 10.0.0.1/24, hairpin: true}
pods:
  a: {address: 10.0.0.11/24, serve: 8080, labels: {app: web}}
  b: {address: 10.0.0.12/24, serve: 8080, labels: {app: web}}
outside: {client: 192.0.2.10/24}
services: [{name: web, clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}]
`
const more = text.replace(
  'outside:',
  '  c: {address: 10.0.0.13/24, serve: 8080, labels: {app: web}}\noutside:',
)

/** A verb, and whether it is tried where the lab is up already. */
const verbs: readonly (readonly [argv: string, onLab: boolean])[] = [
  ['up struck.yaml', false],
  ['walk struck.yaml --yes --keep', false],
  ['verify -n 20', true],
  ['sync', true],
  ['apply --file more.yaml', true],
  ['pod kill a', true],
  ['exec --in a -- sh -c echo', true],
  ['trace b 10.96.0.1', true],
  ['watch -c 3 --interval 0.2', true],
  ['status', true],
  ['list', true],
  ['down', true],
]
const cases = verbs.map(([argv, onLab], at) => ({
  argv: argv.split(' '),
  onLab,
  user: users[at % users.length],
}))
const bug = /this is a bug|^\s+at .*\.js|^node:/m
const patience = 60_000
/** More at once would only wait for the processors. */
const concurrency = 4
const random = randomFrom(seed)

let before: MachineState
/** Milliseconds that an up takes here, and now. */
let whole: number

function withFiles(session: Session): Session {
  session.file('struck.yaml', text)
  session.file('more.yaml', more)
  return session
}

beforeAll(async () => {
  before = await machineState()
  const session = withFiles(new Session(users[0]))
  const start = performance.now()
  expect(await session.netlab('up', 'struck.yaml')).toMatchObject({ code: 0 })
  whole = performance.now() - start
  await session.end()
})

async function nothingIsLeft(session: Session): Promise<void> {
  const { code, stderr } = await session.netlabWith({ patience }, 'down', '--all')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  await expect
    .poll(() => ({ left: session.leftFiles(), processes: processesOf(session.stateDir) }), {
      timeout: 20_000,
    })
    .toEqual({ left: [], processes: [] })
}

/** Starts each verb, a few at once, and strikes it at a random moment; then it has ended, and nothing of its lab is left. */
async function strike(how: (session: Session, pid: number, ended: Promise<unknown>) => Promise<void>) {
  const ends = await pMap(
    cases,
    async ({ argv, onLab, user }) => {
      const session = withFiles(openSession(user))
      if (onLab) expect(await session.netlab('up', 'struck.yaml', '--quiet')).toMatchObject({ code: 0 })
      const running = session.start(argv, { patience })
      const ended = running.then(() => true)
      const early = await Promise.race([ended, sleep(random() * whole * (onLab ? 0.5 : 1)).then(() => false)])
      if (!early) await how(session, running.pid!, ended)
      const { stderr, timedOut } = await running
      expect({ argv, stderr, timedOut }).toEqual({
        argv,
        stderr: expect.not.stringMatching(bug),
        timedOut: false,
      })
      await nothingIsLeft(session)
      return early
    },
    { concurrency },
  )
  // Moments that all came too late would prove nothing.
  expect(ends).toContain(false)
  expect(differences(comparable(await machineState(), before), before)).toEqual([])
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended by itself.
  }
}

describe(`every verb (NETLAB_TEST_SEED=${seed})`, () => {
  it('that is killed at a random moment leaves what down --all removes', () =>
    strike(async (_, pid) => signal(pid, 'SIGKILL')))

  it('that is stopped at a random moment hinders no down, and says nothing odd when it goes on', () =>
    strike(async (session, pid) => {
      signal(pid, 'SIGSTOP')
      const { code, stderr } = await session.netlabWith({ patience }, 'down', '--all')
      signal(pid, 'SIGCONT')
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    }))

  // What a slow disk does to a program, as far as others can do it: it stands still, again and again, between two lines of its own.
  it('that hardly gets on ends as it should', () =>
    strike(async (_, pid, ended) => {
      let over = false
      void ended.then(() => {
        over = true
      })
      while (!over) {
        signal(pid, 'SIGSTOP')
        await sleep(random() * 30)
        signal(pid, 'SIGCONT')
        await sleep(10)
      }
    }))

  it('whose state folder is full says so, or does without, and down goes on', async () => {
    await pMap(
      cases,
      async ({ argv, onLab, user }) => {
        const session = withFiles(openSession(user))
        const script = `netlab() { "$NODE" "$BIN" "$@"; }
          mount -t tmpfs -o size=1m,mode=700 none "$NETLAB_STATE_DIR" || exit 99
          ${onLab ? 'netlab up struck.yaml --quiet || exit 98' : ''}
          head -c 2m /dev/zero > "$NETLAB_STATE_DIR/full" 2> /dev/null
          netlab "$@"; echo "ended with $?"
          netlab down --all --quiet; echo "down with $?"
          ls -A "$NETLAB_STATE_DIR"`
        const root = process.getuid?.() === 0 && user !== 'an ordinary user'
        const unshare = ['unshare', ...(root ? [] : ['--user', '--map-root-user']), '--mount']
        const env = { NODE: process.execPath, BIN: bin }
        const ended = await session.startProgram([...unshare, 'sh', '-c', script, 'sh', ...argv], {
          env,
          patience,
        })
        expect({ argv, ...ended }).toMatchObject({ exitCode: 0, stderr: expect.not.stringMatching(bug) })
        expect({ argv, stdout: ended.stdout }).toEqual({
          argv,
          stdout: expect.stringMatching(/ended with [013]\ndown with 0\nfull\n$/),
        })
        await expect.poll(() => processesOf(session.stateDir), { timeout: 20_000 }).toEqual([])
      },
      { concurrency },
    )
    expect(differences(comparable(await machineState(), before), before)).toEqual([])
  })
})
