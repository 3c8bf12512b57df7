import { expect, it } from 'vitest'
import { openSession } from '../../labs/cli.ts'
import { key, Terminal } from '../lesson-terminal.ts'

/** A lesson that asks once of its own checks, and has a step that it asks nothing about. */
const asking = `name: asking
title: A lesson that asks
bridge: {name: br1, address: 10.0.0.1/24}
pods:
  a: {address: 10.0.0.11/24, serve: 8080}
  b: {address: 10.0.0.12/24}
steps:
  - title: Nobody listens
    why: Pod b has no server.
    check: [{curl: "10.0.0.12:8080", from: a, expect: refused}]
`

/** The same, and its author says why. */
const explained = `${asking}    because: Its kernel says so at once.
`

/** Goes on up to the question. */
async function untilAsked(terminal: Terminal): Promise<string> {
  for (const step of ['1/', '2/', '3/']) {
    await terminal.until(`── ${step}`)
    await terminal.press('Enter run', key.enter)
    await terminal.press('Enter go on', key.enter)
  }
  await terminal.press('Enter try', key.enter)
  await terminal.until('? curl 10.0.0.12:8080 from a: what will come of it?')
  const asked = await terminal.until('1 to 4 answers · Enter skip')
  return /(\d) {2}it is refused at once/.exec(asked)?.[1] ?? ''
}

it('asks what will come before the checks, and says afterwards whether it came so, and why', async () => {
  const session = openSession()
  const terminal = new Terminal(session, ['walk', session.file('asking.yaml', asking), '--down'])
  const right = await untilAsked(terminal)
  terminal.type(right)
  await terminal.until('you say   it is refused at once')
  await terminal.until('observed  was refused')
  await terminal.until('? Rightly foretold.')
  await terminal.until('nothing listens')
  await terminal.press('Enter finish', 'r')
  await terminal.press('Enter try', key.enter)
  await terminal.until('it is refused at once (your answer before)')
  await terminal.until('Enter skip')
  terminal.type(right === '1' ? '2' : '1')
  await terminal.until('? It came otherwise.')
  await terminal.until('it came   was refused')
  await terminal.press('Enter finish', key.enter)
  await terminal.until('You foretold one thing, and it came so.')
  expect(await terminal.ended()).toEqual({ code: 0, restored: true })
})

it('tells which route has decided whom the server sees', async () => {
  const session = openSession()
  const seen = asking
    .replace('{address: 10.0.0.12/24}', '{address: 10.0.0.12/24, serve: 8080}')
    .replace('from: a, expect: refused', 'from: host, expect: {backend: b, client: 10.0.0.1}')
  const terminal = new Terminal(session, ['walk', session.file('seen.yaml', seen), '--down'])
  for (const step of ['1/', '2/', '3/']) {
    await terminal.until(`── ${step}`)
    await terminal.press('Enter run', key.enter)
    await terminal.press('Enter go on', key.enter)
  }
  await terminal.press('Enter try', key.enter)
  await terminal.until('? curl 10.0.0.12:8080 from host: what will come of it?')
  await terminal.until('answers · Enter skip')
  terminal.type(key.enter)
  await terminal.until('of host the route decides:')
  await terminal.press('Enter finish', key.enter)
  expect(await terminal.ended()).toEqual({ code: 0, restored: true })
})

it('takes Enter for no answer, and asks nothing with --no-quiz', async () => {
  const session = openSession()
  const file = session.file('asking.yaml', asking)
  const terminal = new Terminal(session, ['walk', file, '--down'])
  await untilAsked(terminal)
  terminal.type(key.enter)
  await terminal.until('    you skip it')
  await terminal.until('? You skipped it.')
  expect(await terminal.press('Enter finish', key.enter)).not.toContain('You foretold')
  expect(await terminal.ended()).toEqual({ code: 0, restored: true })
  expect(terminal.text).not.toContain('that you foretold')

  const quiet = new Terminal(session, ['walk', file, '--down', '--no-quiz'])
  for (const move of [...Array.from({ length: 3 }, () => ['Enter run', 'Enter go on']).flat(), 'Enter try'])
    await quiet.press(move, key.enter)
  expect(await quiet.press('Enter finish', key.enter)).not.toContain('what will come of it')
  expect(await quiet.ended()).toEqual({ code: 0, restored: true })
  expect(quiet.text).not.toContain('oretold')
})

it('tells what the author says of the checks as the reason, or by itself where nothing was answered', async () => {
  const session = openSession()
  const file = session.file('explained.yaml', explained)
  const terminal = new Terminal(session, ['walk', file, '--down'])
  terminal.type(await untilAsked(terminal))
  await terminal.until('? Rightly foretold.')
  expect(await terminal.press('Enter finish', 'r')).toMatch(/^ {4}because +Its kernel says so at once\.$/m)
  await terminal.press('Enter try', key.enter)
  await terminal.until('Enter skip')
  terminal.type(key.enter)
  await terminal.until('? You skipped it.')
  expect(await terminal.press('Enter finish', key.enter)).toMatch(/\n\nIts kernel says so at once\.$/m)
  expect(await terminal.ended()).toEqual({ code: 0, restored: true })

  const { stdout } = await session.netlab('walk', file, '--yes')
  expect(stdout).toMatch(/observed {2}was refused\n\nIts kernel says so at once\.\n/)
})

it('is left with q, once its step is through', async () => {
  const session = openSession()
  const terminal = new Terminal(session, ['walk', session.file('asking.yaml', asking), '--down'])
  await untilAsked(terminal)
  terminal.type('q')
  await terminal.until('observed  was refused')
  await terminal.until('asking is down')
  expect(await terminal.ended()).toEqual({ code: 0, restored: true })
})

it('asks nobody without a terminal', async () => {
  const session = openSession()
  const { code, stdout } = await session.netlab('walk', session.file('asking.yaml', asking), '--yes')
  expect(code).toBe(0)
  expect(stdout).toContain('observed  was refused')
  expect(stdout).not.toContain('what will come of it')
  expect(stdout).not.toContain('oretold')
})
