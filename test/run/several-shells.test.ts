import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { openSession, type Session } from '../labs/cli.ts'
import { processesOf } from '../labs/processes.ts'

const pods = 40

/** A lab of so many pods, and a step of two commands in each. */
function lab(second: (pod: number) => string): string {
  const numbers = Array.from({ length: pods }, (_, at) => at)
  const run = numbers.flatMap(pod => [
    `ip -n c${pod} address add 192.0.2.1/32 dev lo`,
    `ip -n c${pod} ${second(pod)}`,
  ])
  return `name: shared
title: Commands in many pods
bridge: {name: br1, address: 10.0.0.1/24}
pods:
${numbers.map(pod => `  c${pod}: 10.0.0.${pod + 10}/24\n`).join('')}steps:
  - {title: Two addresses each, why: To see who has them., run: [${run.join(', ')}, sh -c 'echo the end']}
`
}

const fine = () => 'address add 192.0.2.2/32 dev lo'

/** How many of the step's addresses each pod has. */
async function addressesOf(session: Session): Promise<number[]> {
  const script =
    'for n in $(seq 0 $(($1 - 1))); do ip -n c$n -o address show dev lo | grep -c 192.0.2; done; :'
  const { stdout } = await session.netlab('exec', 'shared', '--', 'sh', '-c', script, 'sh', `${pods}`)
  return stdout.trim().split('\n').map(Number)
}

/** The lines that an `up` prints. */
async function eventsOf(session: Session, text: string, ...flags: string[]) {
  const file = session.file('shared.yaml', text)
  const { stdout, stderr, code } = await session.netlab('up', file, '--json-events', ...flags)
  const lines = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
  return { lines, stderr, code }
}

test('commands in many pods all run, and are told in order with what the last one printed', async () => {
  const session = openSession()
  const { lines, code, stderr } = await eventsOf(session, lab(fine))
  expect({ code, stderr }).toMatchObject({ code: 0 })
  expect(await addressesOf(session)).toEqual(Array(pods).fill(2))
  const own = lines.slice(lines.findLastIndex(({ event }) => event === 'step-started'))
  const started = own.filter(({ event }) => event === 'commands-started')
  expect(started.map(({ first }) => first)).toEqual(Array.from({ length: pods + 1 }, (_, at) => 2 * at))
  expect(own.find(({ event }) => event === 'commands-ran')).toMatchObject({ output: 'the end\n' })
})

test('of several commands that fail in many pods the first is told, and how many have not run', async () => {
  const session = openSession()
  const wrong = [11, 12, 13]
  const text = lab(pod => (wrong.includes(pod) ? 'link set dev nosuch up' : fine()))
  const { lines, code, stderr } = await eventsOf(session, text, '--keep')
  expect(code).toBe(1)
  expect(stderr).toContain('ip -n c11 link set dev nosuch up')
  expect(stderr).toContain('To see who has them.')
  const failed = lines.find(({ event }) => event === 'command-failed')!
  expect(failed).toMatchObject({ exitCode: 1, stderr: 'Cannot find device "nosuch"' })

  const addresses = await addressesOf(session)
  expect(addresses.slice(0, 12)).toEqual([...Array(11).fill(2), 1])
  const begun = addresses.map((count, pod) => (wrong.includes(pod) && count > 0 ? 2 : count))
  expect(2 * pods + 1 - (failed.left as number)).toBe(begun.reduce((sum, count) => sum + count, 0))
  // Each shell has a few more, and no pod is left half done.
  expect(addresses.slice(12 + 3 * availableParallelism())).toEqual(
    Array(pods - 12 - 3 * availableParallelism()).fill(0),
  )
  expect(addresses.filter((_, pod) => !wrong.includes(pod)).every(count => count !== 1)).toBe(true)

  const { code: down } = await session.netlab('down', 'shared')
  expect({ down, left: session.leftFiles(), processes: processesOf(session.stateDir) }).toEqual({
    down: 0,
    left: [],
    processes: [],
  })
})

test('an interrupt while several shells work leaves nothing', async () => {
  const session = openSession()
  const running = session.start(['up', session.file('shared.yaml', lab(fine)), '--json-events'])
  let heard = ''
  running.stdout.on('data', chunk => {
    heard += chunk
    if (heard.includes('"line":"ip -n c9 address add 192.0.2.1/32 dev lo"')) running.kill('SIGINT')
  })
  const { stdout, exitCode } = await running
  expect(exitCode).toBe(130)
  const last = JSON.parse(stdout.trim().split('\n').at(-1)!)
  expect(last).toMatchObject({ event: 'lab-down', because: 'interrupted' })
  expect({ left: session.leftFiles(), processes: processesOf(session.stateDir) }).toEqual({
    left: [],
    processes: [],
  })
})
