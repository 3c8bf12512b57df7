import { setTimeout as sleep } from 'node:timers/promises'
import pMap from 'p-map'
import { beforeAll, describe, expect, it } from 'vitest'
import { openSession, type Session } from '../labs/cli.ts'
import { differences } from '../labs/differences.ts'
import { comparable, type MachineState, machineState } from '../labs/machine-state.ts'
import { processesOf } from '../labs/processes.ts'
import { randomFrom, seed } from './random-moments.ts'

const lab = (steps: string) => `name: slow
title: A lab that takes its time
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080}
steps: ${steps}
`
let before: MachineState
beforeAll(async () => {
  before = await machineState()
})

const nothingLeft = (session: Session) =>
  expect({ left: session.leftFiles(), processes: processesOf(session.stateDir) }).toEqual({
    left: [],
    processes: [],
  })

/** Milliseconds; far less than the sleeping command takes, and enough for a busy machine. */
const soon = 8000

describe('an interrupt while a long command runs', () => {
  const steps = {
    'on the host': '[{title: Long, run: [ip link set br1 up, sleep 30, ip link set br1 up]}]',
    'in a pod': '[{title: Long, run: [{run: sleep 30, in: a}]}]',
    'in a check': '[{title: Long, check: [{command: sleep 30}]}]',
  }
  it.each(
    Object.entries(steps).flatMap(([where, text]) =>
      (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map(signal => [signal, where, text] as const),
    ),
  )('by %s %s takes all down at once and exits with 130', async (signal, _, text) => {
    const session = openSession()
    const up = session.start(['up', session.file('slow.yaml', lab(text))])
    await expect
      .poll(() => processesOf(session.stateDir).some(({ command }) => command === 'sleep 30'), {
        timeout: 20_000,
      })
      .toBe(true)
    const start = performance.now()
    up.kill(signal)
    // An impatient person: the second one changes nothing.
    await sleep(5)
    up.kill('SIGINT')
    const { exitCode, stderr } = await up
    expect(performance.now() - start).toBeLessThan(soon)
    expect({ exitCode, stderr }).toEqual({
      exitCode: 130,
      stderr: expect.stringContaining('interrupted; slow is taken down and nothing is left'),
    })
    nothingLeft(session)
  })
})

it.each(['up', 'walk'])(
  'once %s has said that a lab is up no signal ends it otherwise than with 0',
  async verb => {
    for (let round = 0; round < 2; round += 1) {
      const session = openSession()
      const file = session.file('quick.yaml', lab('[{title: Quick}]').replace('name: slow', 'name: quick'))
      const netlab = session.start(verb === 'up' ? ['up', file] : ['walk', file, '--yes', '--keep'])
      let said = ''
      let ended = false
      netlab.stdout.on('data', chunk => {
        said += chunk
      })
      void netlab.then(() => {
        ended = true
      })
      await expect.poll(() => said, { timeout: 60_000 }).toContain('quick is up')
      // Node gives signals their own effect back while it ends, whose moment nobody sees from outside.
      while (!ended) {
        netlab.kill('SIGTERM')
        await new Promise(setImmediate)
      }
      const { exitCode, signal, stderr } = await netlab
      expect({ exitCode, signal, stderr }).toMatchObject({ exitCode: 0, signal: undefined })
      expect(await session.netlab('down')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('quick is down'),
      })
      nothingLeft(session)
      await session.end()
    }
  },
)

it(`an interrupt at any moment leaves nothing (NETLAB_TEST_SEED=${seed})`, async () => {
  const random = randomFrom(seed)
  const endings = new Set<string>()
  const moments = Array.from({ length: 12 }, () => ({
    ms: random() * 1000,
    by: random() < 0.5 ? ('SIGINT' as const) : ('SIGTERM' as const),
  }))
  const interrupted = async ({ ms, by }: (typeof moments)[number]) => {
    const session = openSession()
    const up = session.start(['up', session.file('slow.yaml', lab('[{title: Wait, run: [sleep 0.2]}]'))])
    await sleep(ms)
    up.kill(by)
    const { exitCode, signal, stderr } = await up
    // Before netlab listens to signals it has done nothing; after the last step it is up.
    const ending = exitCode === undefined ? 'by the signal' : String(exitCode)
    endings.add(ending)
    expect(['by the signal', '130', '0']).toContain(ending)
    expect({ signal, stderr }).not.toMatchObject({ stderr: expect.stringMatching(/this is a bug/) })
    if (ending === '0') expect(await session.netlab('down')).toMatchObject({ code: 0 })
    nothingLeft(session)
    await session.end()
  }
  await pMap(moments, interrupted, { concurrency: 2 })
  expect([...endings]).toContain('130')
})

it('after all of this the machine is as before', async () => {
  expect(differences(comparable(await machineState(), before), before)).toEqual([])
})
