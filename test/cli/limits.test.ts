import { expect, test } from 'vitest'
import { openSession } from '../labs/cli.ts'

const greedy = `name: greedy
title: A lab that wants more
bridge: {name: br1, address: 10.0.0.1/24}
pods: {a: 10.0.0.11/24}
limits: {processes: 20000, memory: 16G, files: 64M}
`

test('a lab that asks for more than the defaults comes up with the words that its refusal says, not without', async () => {
  const session = openSession()
  session.file('lab.yaml', greedy)
  const refused = await session.netlab('up', './lab.yaml', '--limit', 'memory=10G', '--quiet')
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toContain(
    'greedy asks for more of this machine than a lab gets by default: processes 20000 (8192 by default)',
  )
  const [, line = ''] = /fix: netlab (.*)/.exec(refused.stderr) ?? []
  expect(line).toBe('up ./lab.yaml --limit memory=10G --quiet --limit processes=20000')
  expect(session.leftFiles()).toEqual([])
  expect(await session.netlab(...line.split(' '))).toMatchObject({ code: 0, stderr: '' })
})

test('each limit is told that a lab asks more of, and a lesson needs the words too', async () => {
  const session = openSession()
  const { code, stderr } = await session.netlab('walk', session.file('lab.yaml', greedy), '--yes')
  expect(code).toBe(2)
  expect(stderr).toContain('processes 20000 (8192 by default), memory 16G (8G by default)')
  expect(stderr).toContain('--yes --limit processes=20000 --limit memory=16G')
})

test('validate and plan take the same lab as it is: they start nothing', async () => {
  const session = openSession()
  const file = session.file('lab.yaml', greedy)
  expect(await session.netlab('validate', file)).toMatchObject({ code: 0 })
  expect(await session.netlab('plan', file)).toMatchObject({ code: 0 })
})

test('a limit that is none is a wrong command line', async () => {
  const session = openSession()
  const { code, stderr } = await session.netlab('up', 'two-pods', '--limit', 'memory=16')
  expect(code).toBe(2)
  expect(stderr).toContain(
    'memory: "16" is not a size: a whole number with K, M, G or T: write, for example, memory=16G.',
  )
})

test('a running lab keeps the limits that it came up with when its file says others', async () => {
  const session = openSession()
  const file = session.file('lab.yaml', greedy.replace(/limits.*\n/, ''))
  expect(await session.netlab('up', file, '--limit', 'files=1G')).toMatchObject({ code: 0 })
  session.file('lab.yaml', greedy)
  const { code, stdout } = await session.netlab('apply')
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing') })
})
