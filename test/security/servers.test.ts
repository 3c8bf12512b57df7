import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { openSession, users } from '../labs/cli.ts'

const lab = (steps = '[]') => `name: served
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: {address: 10.0.0.11/24, serve: 8080}}
steps: ${steps}
`

describe.each(users)('the server of the pods in a lab of %s', user => {
  it('that is stopped keeps sync no longer than its time, and leaves the lab free', async () => {
    const session = openSession(user)
    expect(await session.netlab('up', session.file('lab.yaml', lab()))).toMatchObject({ code: 0 })
    const stop = ['sh', '-c', 'pkill -STOP -f [p]od-server.js']
    expect(await session.netlab('exec', '--', ...stop)).toMatchObject({ code: 0 })
    expect(await session.netlab('sync')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("the pods' server does not answer"),
    })
    expect(
      await session.netlab('exec', '--', ...stop.map(word => word.replace('STOP', 'CONT'))),
    ).toMatchObject({ code: 0 })
    expect(await session.netlab('sync')).toMatchObject({ code: 0 })
    expect(await session.netlab('down')).toMatchObject({ code: 0 })
  })

  it('that is killed before it was needed is told of, and nothing hangs or is left', async () => {
    const session = openSession(user)
    const kill = "sh -c 'until pkill -KILL -f [p]od-server.js; do sleep 0.01; done'"
    const steps = `[{title: Kill, run: [${JSON.stringify(kill)}]}, {title: Serve, build: servers}]`
    const { code, stderr } = await session.netlab('up', session.file('lab.yaml', lab(steps)))
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/the server (was )?ended before it listened/),
    })
    expect(session.leftFiles()).toEqual([])
  })
})

it.runIf(process.getuid?.() === 0)('where koffi cannot be loaded up says so and ends', async () => {
  const session = openSession()
  // In a mount namespace of its own its binaries are covered.
  const script = `mount -t tmpfs none "$KOFFI/koffi" && mount -t tmpfs none "$KOFFI/@koromix" && exec "$0" "$@"`
  const [bin = ''] = session.command([])
  const KOFFI = bin.replace(/dist\/bin\.js$/, 'node_modules')
  const { exitCode, stderr } = await execa(
    'unshare',
    ['--mount', 'sh', '-c', script, process.execPath, bin, 'up', session.file('lab.yaml', lab())],
    { reject: false, extendEnv: false, env: { ...session.environment(), KOFFI }, timeout: 60_000 },
  )
  expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: expect.stringContaining('koffi') })
  expect(session.leftFiles()).toEqual([])
})
